import type { CommandContext } from './command.ts';

/** Asks the person at the terminal. Where nobody is there, and for any other answer, it is a no. */
export async function saysYes(question: string, { ask }: Pick<CommandContext, 'ask'>): Promise<boolean> {
  if (ask === null) return false;
  return /^y(?:es)?$/i.test((await ask(`${question} [y/N] `)).trim());
}
