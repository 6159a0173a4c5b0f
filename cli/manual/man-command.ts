import type { Command } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { readFlags } from '../command/flags.ts';
import { manualPage } from './manual-page.ts';

/** @param commands all there are. */
export function manCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'man',
    summary: 'print the manual page',
    about: `Prints the manual page of all commands for man.

  gatehouse man | man -l -
  gatehouse man > /usr/local/share/man/man1/gatehouse.1`,
    flags: {},
    exits: { 0: 'printed' },

    async run(words, context) {
      readFlags('man', words, {});
      context.print(manualPage(commands()).trimEnd());
      return exitCodes.done;
    },
  };
}
