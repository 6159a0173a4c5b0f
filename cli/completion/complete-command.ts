import type { Command, CommandContext } from '../command/command.ts';
import { exitCodes } from '../command/exit-codes.ts';
import { insertion, readBashLine } from './bash-line.ts';
import { type Candidate, type Completed, completed } from './candidates.ts';
import { liveValues } from './live-values.ts';

/**
 * What the scripts of `gatehouse completion` call at each press of the key. Prints what is offered, `words`, `files` or
 * `folders`, and the words, one a line. What goes wrong offers nothing: a complaint would stand in the middle of the line.
 */
export function completeCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'complete',
    isHidden: true,
    summary: 'offer what completes a command line',
    about: 'Called by the scripts of "gatehouse completion".',
    positionals: ['SHELL', 'WORDS'],
    flags: {},
    exits: { 0: 'offered' },

    async run([shell, ...words], context) {
      try {
        const lines =
          shell === 'bash'
            ? await forBash(words, commands(), context)
            : await forOthers(shell, words, commands(), context);
        for (const line of lines) context.print(line);
      } catch {
        context.print('words');
      }
      return exitCodes.done;
    },
  };
}

/** @param words the line as far as the cursor, and COMP_WORDBREAKS. */
async function forBash(
  [line = '', breaks = '']: readonly string[],
  commands: readonly Command[],
  context: CommandContext,
): Promise<string[]> {
  const { before, current, raw, open } = readBashLine(line);
  const { offer, prefix } = completed(before.slice(1), current, commands);
  const { of, candidates } = await taken({ offer, prefix }, context);
  const fitting = candidates.filter(({ value }) => `${prefix}${value}`.startsWith(current));
  return [of, ...fitting.flatMap(({ value }) => insertion(value, { raw, open }, prefix, breaks) ?? [])];
}

/** zsh and fish choose and quote by themselves. @param words `--`, the words before the cursor's, and that one. */
async function forOthers(
  shell: string | undefined,
  words: readonly string[],
  commands: readonly Command[],
  context: CommandContext,
): Promise<string[]> {
  const line = words[0] === '--' ? words.slice(1) : words;
  const { offer, prefix } = completed(line.slice(0, -1), line.at(-1) ?? '', commands);
  const { of, candidates } = await taken({ offer, prefix }, context);
  const before = shell === 'fish' ? prefix : '';
  return [of, ...candidates.filter(isShowable).map(({ value, says }) => `${before}${value}\t${says}`)];
}

async function taken(
  { offer }: Completed,
  context: CommandContext,
): Promise<{ readonly of: 'words' | 'files' | 'folders'; readonly candidates: readonly Candidate[] }> {
  if (offer.of === 'live') return { of: 'words', candidates: await liveValues(offer, context) };
  return { of: offer.of, candidates: offer.of === 'words' ? offer.candidates : [] };
}

/** A line holds one word. */
function isShowable({ value }: Candidate): boolean {
  return !/\p{Cc}/u.test(value);
}
