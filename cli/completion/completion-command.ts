import { nearMiss } from '../../model/near-miss.ts';
import type { Command } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { inWords } from '../command/flag-value.ts';
import { readFlags, usageError } from '../command/flags.ts';
import { SHELL_SCRIPTS } from './shell-scripts.ts';

const NAME = 'completion';
const SHELLS = Object.keys(SHELL_SCRIPTS);

export const completionCommand: Command = {
  name: NAME,
  summary: 'print what makes bash, zsh or fish complete gatehouse',
  about: `Prints a script for a shell that completes commands, flags and their values, files, the contexts of the kubeconfig,
and from a gateway that runs the codes of the requests that wait and the ids of the streams that are open.

  source <(gatehouse completion bash)       in ~/.bashrc
  source <(gatehouse completion zsh)        in ~/.zshrc, behind compinit
  gatehouse completion fish | source        in ~/.config/fish/completions/gatehouse.fish

The program must be found as "gatehouse" by the shell.`,
  positionals: ['SHELL'],
  completes: { choices: SHELLS },
  flags: {},
  exits: { 0: 'printed' },

  async run(words, context) {
    const [shell = ''] = readFlags(NAME, words, {}, ['SHELL']).positionals;
    const script = Object.entries(SHELL_SCRIPTS).find(([name]) => name === shell)?.[1];
    if (script === undefined) {
      const meant = nearMiss(shell, SHELLS);
      const hint = meant === null ? '' : `; did you mean "${meant}"?`;
      throw usageError(
        NAME,
        `there is completion for ${inWords(SHELLS).replace(' or ', ' and ')}, not for "${shell}"${hint}`,
      );
    }
    context.print(script.trimEnd());
    return exitCodes.done;
  },
};
