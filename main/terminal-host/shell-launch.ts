import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { BASH_START, FISH_START, ZSH_ENV, ZSH_PROFILE, ZSH_RC } from './prompt-hooks.ts';

/** What to start for a shell, and what to add to its environment. */
export interface ShellLaunch {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

const HOOK_FILES = {
  'bash-start.bash': BASH_START,
  [join('zsh', '.zshenv')]: ZSH_ENV,
  [join('zsh', '.zprofile')]: ZSH_PROFILE,
  [join('zsh', '.zshrc')]: ZSH_RC,
};

/** Writes the start-up files that {@link shellLaunch} refers to. */
export function writeHookFiles(folder: string): void {
  mkdirSync(join(folder, 'zsh'), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(HOOK_FILES)) {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    chmodSync(file, 0o600);
  }
}

/**
 * Starts the shell as the person knows it, with their own rc files, and with our hook after them.
 * A shell without a hook of ours runs as it is: it works, but a bypass in it is not noticed.
 * @param token what the hook's reports carry, see `proxy/recording/osc-filter.ts`.
 * @param login macOS terminals start login shells; elsewhere the environment already comes from one.
 */
export function shellLaunch(
  shell: string,
  folder: string,
  token: string,
  environment: Readonly<Record<string, string>>,
  login: boolean,
): ShellLaunch {
  const forHook = { GATEHOUSE_PROMPT_TOKEN: token, ...(login ? { GATEHOUSE_LOGIN: '1' } : {}) };
  switch (basename(shell)) {
    case 'bash':
      return { args: ['--rcfile', join(folder, 'bash-start.bash'), '-i'], environment: forHook };
    case 'zsh': {
      const own = environment['ZDOTDIR'] ?? environment['HOME'] ?? '';
      return {
        args: login ? ['-l', '-i'] : ['-i'],
        environment: { ...forHook, GATEHOUSE_USER_ZDOTDIR: own, ZDOTDIR: join(folder, 'zsh') },
      };
    }
    case 'fish':
      return { args: [...(login ? ['-l'] : []), '-i', '--init-command', FISH_START], environment: forHook };
    default:
      return { args: ['-i'], environment: {} };
  }
}
