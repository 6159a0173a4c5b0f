import type { CallHandlers, Settings } from '../../preload/contract.ts';
import { withoutUndefined } from '../hosts/without-undefined.ts';

/** What the page may change by itself, and what it may not. */
export function settingsCalls({
  readSettings,
  changeSettings,
}: {
  readonly readSettings: () => Settings;
  /** Writes them, has the windows follow, and tells the page. */
  readonly changeSettings: (change: Partial<Settings>) => Settings;
}): CallHandlers<'settings'> {
  return {
    'settings.read': () => readSettings(),
    'settings.write': ({ kubeconfigFiles, ...others }) => {
      const known = readSettings().kubeconfigFiles;
      // The page may drop a kubeconfig; which file is read next is chosen in the system's dialog only.
      const kept = kubeconfigFiles && { kubeconfigFiles: known.filter((file) => kubeconfigFiles.includes(file)) };
      return changeSettings({ ...withoutUndefined(others), ...kept });
    },
  };
}
