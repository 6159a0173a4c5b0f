import type { Command } from './command.ts';

/** The command whose name the words begin with; of `requests` and `requests watch` the longer one. */
export function namedCommand(words: readonly string[], commands: readonly Command[]): Command | null {
  const found = commands.filter(({ name }) => name.split(' ').every((word, index) => words[index] === word));
  return found.toSorted((left, right) => right.name.length - left.name.length)[0] ?? null;
}
