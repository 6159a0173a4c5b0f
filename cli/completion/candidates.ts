import type { Command, Completes } from '../command/command.ts';
import type { ValueKind } from '../command/flag-value.ts';
import { type Flag, flagsIn } from '../command/flags.ts';
import { namedCommand } from '../command/named-command.ts';

/** Something that may stand where the cursor is. */
export interface Candidate {
  readonly value: string;
  /** What it is, for shells that show that. */
  readonly says: string;
}

/** What may stand where the cursor is. */
export type Offer =
  | { readonly of: 'words'; readonly candidates: readonly Candidate[] }
  | { readonly of: 'files' }
  | { readonly of: 'folders' }
  | {
      readonly of: 'live';
      readonly what: 'waiting-requests' | 'open-streams' | 'contexts';
      readonly command: Command;
      readonly words: readonly string[];
    };

/** What is completed: a word, or what stands behind `--flag=` in one. */
export interface Completed {
  readonly offer: Offer;
  /** `--flag=`, or nothing. */
  readonly prefix: string;
}

const NOTHING: Offer = { of: 'words', candidates: [] };
const FILES: ReadonlySet<ValueKind> = new Set(['file', 'new-file', 'command']);
const HELP: Candidate = { value: '--help', says: 'what the command takes' };

/**
 * What may stand behind words of a command line. Pure: what a gateway or a kubeconfig knows is asked by whoever calls.
 * @param before the words before the cursor's, without the program's name.
 * @param current the word that the cursor stands in, as far as it.
 */
export function completed(before: readonly string[], current: string, commands: readonly Command[]): Completed {
  const shown = commands.filter(({ isHidden }) => !isHidden);
  const command = namedCommand(before, commands);
  if (command === null) return { offer: nextWords(before, current, shown), prefix: '' };
  const words = before.slice(command.name.split(' ').length);
  if (words.includes('--')) return { offer: besideFlags(command, words), prefix: '' };
  const waiting = flagWithoutValue(command, words);
  if (waiting !== null) return { offer: valuesOf(waiting, command, words), prefix: '' };
  const inline = /^(--([a-z][a-z-]*)=)/.exec(current);
  if (inline !== null) {
    const flag = command.flags[inline[2] ?? ''];
    return { offer: flag === undefined ? NOTHING : valuesOf(flag, command, words), prefix: inline[1] ?? '' };
  }
  if (current.startsWith('-')) return { offer: { of: 'words', candidates: flagNames(command, words) }, prefix: '' };
  return { offer: besideFlags(command, words), prefix: '' };
}

function nextWords(before: readonly string[], current: string, commands: readonly Command[]): Offer {
  const behind = before[0] === 'help' ? before.slice(1) : before;
  const next = new Map<string, string>();
  for (const { name, summary } of commands) {
    const words = name.split(' ');
    if (words.length <= behind.length || !behind.every((word, index) => words[index] === word)) continue;
    const word = words[behind.length] ?? '';
    const isWhole = words.length === behind.length + 1;
    next.set(
      word,
      isWhole ? summary : `${next.has(word) ? `${next.get(word)}, ` : ''}${words.slice(behind.length + 1).join(' ')}`,
    );
  }
  const candidates = [...next].map(([value, says]) => ({ value, says }));
  if (before.length > 0)
    return { of: 'words', candidates: next.size > 0 && current.startsWith('-') ? [HELP] : candidates };
  if (!current.startsWith('-'))
    return { of: 'words', candidates: [...candidates, { value: 'help', says: 'what a command takes' }] };
  return {
    of: 'words',
    candidates: [
      { value: '--help', says: 'all commands' },
      { value: '--version', says: 'the version' },
    ],
  };
}

/** The flag at the end of the words that still wants its value. */
function flagWithoutValue({ flags }: Command, words: readonly string[]): Flag | null {
  const last = flagsIn(words, flags).given.at(-1);
  if (last === undefined || last.value !== null || last.index !== words.length - 1) return null;
  const flag = flags[last.name];
  return flag?.type === 'string' ? flag : null;
}

function flagNames({ flags }: Command, words: readonly string[]): Candidate[] {
  const given = new Set(flagsIn(words, flags).given.map(({ name }) => name));
  const free = Object.entries(flags).filter(
    ([name, { isHidden, multiple }]) => !isHidden && (multiple || !given.has(name)),
  );
  return [...free.map(([name, { says }]) => ({ value: `--${name}`, says: firstWords(says) })), HELP];
}

function valuesOf({ type, kind = 'text', choices }: Flag, command: Command, words: readonly string[]): Offer {
  if (type === 'boolean') return ofWords(['true', 'false']);
  if (choices !== undefined) return ofWords(choices);
  if (FILES.has(kind)) return { of: 'files' };
  if (kind === 'folder') return { of: 'folders' };
  return kind === 'context' ? { of: 'live', what: 'contexts', command, words } : NOTHING;
}

function besideFlags(command: Command, words: readonly string[]): Offer {
  const { positionals = [], completes } = command;
  const stand = flagsIn(words, command.flags).positionals.length;
  return completes === undefined || stand >= positionals.length ? NOTHING : offered(completes, command, words);
}

function offered(completes: Completes, command: Command, words: readonly string[]): Offer {
  if (completes === 'files') return { of: 'files' };
  if (typeof completes === 'object') return ofWords(completes.choices);
  return { of: 'live', what: completes, command, words };
}

function ofWords(values: readonly string[]): Offer {
  return { of: 'words', candidates: values.map((value) => ({ value, says: '' })) };
}

/** As much as fits beside a word. */
function firstWords(says: string): string {
  const line = says.replaceAll(/\s+/g, ' ');
  const [first = ''] = line.split(/[;:]| \(default/);
  return first.length > 70 ? `${first.slice(0, 69)}…` : first;
}
