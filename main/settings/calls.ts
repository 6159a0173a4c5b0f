import { visible } from '../../model/visible-text.ts';
import type { CallHandlers, Settings } from '../../preload/contract.ts';
import { withoutUndefined } from '../hosts/without-undefined.ts';

/** Asks whether a change is wanted that says which program runs, or what is recorded. */
export type ConfirmSettings = (question: SettingQuestion) => Promise<boolean>;

/** In words of our own, but for the path of a program. */
export interface SettingQuestion {
  readonly message: string;
  readonly detail: string;
  readonly yes: string;
}

/** What the page may change by itself, and what it may not. */
export function settingsCalls({
  readSettings,
  changeSettings,
  confirm,
}: {
  readonly readSettings: () => Settings;
  /** Writes them, has the windows follow, and tells the page. */
  readonly changeSettings: (change: Partial<Settings>) => Settings;
  readonly confirm: ConfirmSettings;
}): CallHandlers<'settings'> {
  return {
    'settings.read': () => readSettings(),
    /** What the person says no to stays as it is, and with it all that was asked for in the same call. */
    'settings.write': async ({ kubeconfigFiles, ...others }) => {
      const change = withoutUndefined(others);
      for (const question of questionsOf(change, readSettings())) {
        if (!(await confirm(question))) return readSettings();
      }
      const known = readSettings().kubeconfigFiles;
      // The page may drop a kubeconfig; which file is read next is chosen in the system's dialog only.
      const kept = kubeconfigFiles && { kubeconfigFiles: known.filter((file) => kubeconfigFiles.includes(file)) };
      return changeSettings({ ...change, ...kept });
    },
  };
}

function questionsOf(change: Partial<Settings>, now: Settings): SettingQuestion[] {
  const questions: SettingQuestion[] = [];
  if (change.shell !== undefined && change.shell !== now.shell) {
    questions.push({
      message:
        change.shell === ''
          ? 'Run your login shell in new terminals?'
          : `Run "${visible(change.shell)}" in new terminals?`,
      detail: 'This program runs in each terminal that is opened from now on, with all that the terminal may do.',
      yes: 'Use this shell',
    });
  }
  if (change.recordInput !== undefined && change.recordInput !== now.recordInput) {
    questions.push(
      change.recordInput
        ? {
            message: 'Record what is typed?',
            detail: 'Recordings of new terminals then have what you type, where the terminal shows it.',
            yes: 'Record',
          }
        : {
            message: 'Stop recording what is typed?',
            detail: 'Recordings of new terminals then have only what the shell prints.',
            yes: 'Stop recording',
          },
    );
  }
  return questions;
}
