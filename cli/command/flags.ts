import { parseArgs } from 'node:util';
import { nearMiss } from '../../model/near-miss.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { type ValueKind, valueTrouble } from './flag-value.ts';

/**
 * One flag of a command. Its help, the manual, completion, and for flags of the gateway the config file with its schema
 * and the environment are made of what it says here.
 */
export interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Other names that are read as this one, and that help does not show. */
  readonly also?: readonly string[];
  /** May be given several times. */
  readonly multiple?: boolean;
  readonly default?: string;
  /** What its value is called in help: `FILE`. */
  readonly value?: string;
  /** What its value is; `text` where nothing is said. */
  readonly kind?: ValueKind;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** The command does not run without it. */
  readonly isRequired?: boolean;
  /** Read, and shown nowhere: an older spelling. */
  readonly isHidden?: boolean;
  /** Of another command, whose help explains it. */
  readonly isBorrowed?: boolean;
  /** Of a command beside the gateway: the same thing as the gateway's flag of this name, so where no flag says it the environment and the config file do. */
  readonly isSetting?: boolean;
  /** What it is for. Without a default: help adds that. */
  readonly says: string;
}

/** By their long names, in the order in which help lists them. */
export type Flags = Readonly<Record<string, Flag>>;

/** Flags of another command for one that takes them too, and needs none. */
export function borrowed(flags: Flags): Flags {
  const borrow = (flag: Flag): Flag => ({ ...flag, isRequired: false, isBorrowed: true });
  return Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, borrow(flag)]));
}

/** Flags of the gateway at another command, which the environment and the config file may say there too. */
export function settings<const Gateway extends Flags>(flags: Gateway): Gateway {
  return Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, { ...flag, isSetting: true }]),
  ) as Gateway;
}

type ReadFlags<Options extends Flags> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: boolean; strict: true }>
>;

/**
 * Reads a command's words; a wrong one is told with the way to the command's help. A flag has one value, so that of two
 * that differ none is overlooked, unless it may be given several times.
 * @param positionals which words may stand beside the flags, and what they are called; one in brackets may be left out.
 * @throws {CommandError} wrong usage.
 */
export function readFlags<const Options extends Flags>(
  command: string,
  words: readonly string[],
  options: Options,
  positionals: readonly string[] = [],
): ReadFlags<Options> {
  const read = flagsIn(words, options);
  const values: Record<string, string | boolean | Array<string | boolean>> = { __proto__: null } as never;
  for (const one of read.given) {
    const { name, flag, value } = known(command, one, options, words[one.index] ?? '');
    if (flag.multiple) {
      const before = values[name];
      values[name] = [...(Array.isArray(before) ? before : []), value];
      continue;
    }
    const before = values[name];
    if (before !== undefined && before !== value) throw usageError(command, twice(one, before, value));
    values[name] = value;
  }
  for (const [name, flag] of Object.entries(options)) {
    if (flag.default !== undefined) values[name] ??= flag.default;
  }
  checkPositionals(command, read.positionals, positionals);
  return { values, positionals: [...read.positionals] } as ReadFlags<Options>;
}

/** A flag as it was typed. */
export interface GivenFlag {
  /** The long name of what is declared; what was typed, where nothing is. */
  readonly name: string;
  /** As typed: `--data`, `-n`. */
  readonly typed: string;
  /** What stands behind it; null where nothing does. */
  readonly value: string | null;
  /** The value stands behind `=`, or in the same word. */
  readonly isInline: boolean;
  /** `--no-…` of a flag that is on or off. */
  readonly isNegated: boolean;
  /** Of the word that it stands in. */
  readonly index: number;
}

/** What flags and what other words are among a command's words; nothing is refused. */
export function flagsIn(
  words: readonly string[],
  options: Flags,
): { readonly given: readonly GivenFlag[]; readonly positionals: readonly string[] } {
  const others = Object.entries(options).flatMap(([name, { also = [] }]) =>
    also.map((other) => [other, name] as const),
  );
  const names = new Map<string, string>([...Object.keys(options).map((name) => [name, name] as const), ...others]);
  const declared = Object.fromEntries(
    [...names].map(([name, meant]) => {
      const { type = 'string', short } = options[meant] ?? {};
      return [name, { type, ...(short === undefined || name !== meant ? {} : { short }) }];
    }),
  );
  const { tokens } = parseArgs({
    args: [...words],
    options: declared,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const given = tokens.flatMap((token): GivenFlag[] => {
    if (token.kind !== 'option') return [];
    const positive = token.name.startsWith('no-') ? token.name.slice('no-'.length) : '';
    const isNegated = !names.has(token.name) && options[names.get(positive) ?? '']?.type === 'boolean';
    return [
      {
        name: names.get(isNegated ? positive : token.name) ?? token.name,
        typed: token.rawName,
        value: token.value ?? null,
        isInline: token.inlineValue === true,
        isNegated,
        index: token.index,
      },
    ];
  });
  return { given, positionals: tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])) };
}

function known(
  command: string,
  given: GivenFlag,
  options: Flags,
  word: string,
): { readonly name: string; readonly flag: Flag; readonly value: string | boolean } {
  const { name, isNegated } = given;
  const flag = Object.hasOwn(options, name) ? options[name] : undefined;
  if (flag === undefined) throw usageError(command, unknownFlag(given, word, options));
  if (flag.type === 'boolean') return { name, flag, value: switched(command, given) !== isNegated };
  return { name, flag, value: text(command, given, flag) };
}

/** `--json`, and as kubectl has it `--json=false`. */
function switched(command: string, { typed, value, isInline, isNegated }: GivenFlag): boolean {
  if (!isInline) return true;
  if (!isNegated && (value === 'true' || value === 'false')) return value === 'true';
  throw usageError(command, `${typed} takes no value, and got "${value}"`);
}

function text(command: string, { name, typed, value, isInline }: GivenFlag, flag: Flag): string {
  const wanted = flag.value ?? 'VALUE';
  if (value === null) throw usageError(command, `${typed} is missing its value: ${typed} ${wanted}`);
  if (!isInline && /^-./.test(value)) {
    throw usageError(command, `${typed} takes ${wanted}, and "${value}" looks like a flag: write ${typed}="${value}"`);
  }
  const trouble = valueTrouble(flag, value);
  if (trouble !== null) throw usageError(command, `${typed.startsWith('--') ? typed : `--${name}`} ${trouble}`);
  return value;
}

function twice({ typed }: GivenFlag, before: unknown, value: unknown): string {
  const values = typeof value === 'string' ? `, as "${before}" and as "${value}"` : ', on and off';
  return `${typed} is given twice${values}: give it once`;
}

/** @param word that it stands in: `-data` is four flags of one letter, and meant as one. */
function unknownFlag({ name, typed }: GivenFlag, word: string, options: Flags): string {
  const shown = Object.keys(options).filter((long) => !options[long]?.isHidden);
  const [long = ''] = word.slice(1).split('=');
  if (typed.length === 2 && shown.includes(long)) return `there is no flag -${long}; did you mean --${long}?`;
  const meant = nearMiss(name, shown);
  return `there is no flag ${typed}${meant === null ? '' : `; did you mean --${meant}?`}`;
}

function checkPositionals(command: string, got: readonly string[], positionals: readonly string[]): void {
  const atLeast = positionals.filter((name) => !name.startsWith('[')).length;
  if (got.length >= atLeast && got.length <= positionals.length) return;
  const names = positionals.map((name) => name.replaceAll(/[[\]]/g, ''));
  const most = atLeast === 0 ? 'at most ' : '';
  const wanted = names.length === 0 ? 'flags only' : `${most}one ${names.join(' and one ')}`;
  const said = got.length === 0 ? 'none' : got.map((word) => `"${word}"`).join(' ');
  throw usageError(command, `it takes ${wanted}, and got ${said}`);
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
  const trouble = valueTrouble({ kind: 'number' }, value);
  if (trouble === null) return Number(value);
  throw usageError(command, `--${flag} ${trouble}`);
}

/** A flag that takes one of a few words. */
export function oneOf<const Word extends string>(
  command: string,
  flag: string,
  value: string,
  words: readonly Word[],
): Word {
  const word = words.find((known) => known === value);
  if (word !== undefined) return word;
  throw usageError(command, `--${flag} takes ${words.join(', ')}, not "${value}"`);
}
