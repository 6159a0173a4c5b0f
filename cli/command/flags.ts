import { parseArgs } from 'node:util';
import { CommandError, exitCodes } from './exit-codes.ts';

/** One flag of a command: its help, the manual and completion are made of what it says here. */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** May be given several times. */
  readonly multiple?: boolean;
  readonly default?: string;
  /** What its value is called in help: `FILE`. */
  readonly value?: string;
  /** The command does not run without it. */
  readonly isRequired?: boolean;
  /** What it is for. Without a default: help adds that. */
  readonly says: string;
}

/** By their long names, in the order in which help lists them. */
export type Flags = Readonly<Record<string, Flag>>;

type ReadFlags<Options extends Flags> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: boolean; strict: true }>
>;

/** Reads a command's words; a wrong one is told with the way to the command's help. */
export function readFlags<const Options extends Flags>(
  command: string,
  words: readonly string[],
  options: Options,
  /** How many words may stand beside the flags, and what they are called; one in brackets may be left out. */
  positionals: readonly string[] = [],
): ReadFlags<Options> {
  const parsed = (() => {
    try {
      return parseArgs({ args: [...words], options, allowPositionals: positionals.length > 0, strict: true });
    } catch (error) {
      const [message = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
      throw usageError(command, message);
    }
  })();
  const atLeast = positionals.filter((name) => !name.startsWith('[')).length;
  if (parsed.positionals.length < atLeast || parsed.positionals.length > positionals.length) {
    const names = positionals.map((name) => name.replaceAll(/[[\]]/g, ''));
    const wanted =
      positionals.length === 0 ? 'flags only' : `${atLeast === 0 ? 'at most ' : ''}one ${names.join(' and one ')}`;
    const got = parsed.positionals.length === 0 ? 'none' : parsed.positionals.map((word) => `"${word}"`).join(' ');
    throw usageError(command, `it takes ${wanted}, and got ${got}`);
  }
  return parsed;
}

export function usageError(command: string, message: string): CommandError {
  return new CommandError(exitCodes.usage, `${message}\nRun "gatehouse ${command} --help" for what it takes.`);
}

/** A flag that must be there. */
export function required(command: string, flag: string, value: string | undefined, meaning: string): string {
  if (value !== undefined && value !== '') return value;
  throw usageError(command, `--${flag} is missing: give it ${meaning}`);
}

/** A flag that takes a whole number of at least 1. */
export function positiveNumber(command: string, flag: string, value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && Number.isSafeInteger(number) && number >= 1) return number;
  throw usageError(command, `--${flag} takes a whole number of at least 1, not "${value}"`);
}
