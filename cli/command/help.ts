import type { Command } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import type { Flag, Flags } from './flags.ts';

/** Characters of a line of help at most: longer ones are hard to follow. */
const WIDEST = 116;
/** A terminal that is narrower breaks lines by itself. */
const NARROWEST = 60;
/** From here on a flag's name has its explanation beneath it. */
const NAMES_AT_MOST = 26;

/** How wide help is set. @param columns of the terminal; null: nobody knows. */
export function helpWidth(columns: number | null): number {
  return Math.max(NARROWEST, Math.min(columns ?? WIDEST, WIDEST));
}

/**
 * What `gatehouse COMMAND --help` prints.
 * @param columns of the terminal; null: nobody knows.
 */
export function commandHelp(command: Command, columns: number | null): string {
  const width = helpWidth(columns);
  const { about, notes, flags, exits } = command;
  const parts = [
    usageOf(command, width),
    paragraphs(about, width),
    shownFlags(flags)
      .flatMap((flag) => flagLines(flag, width))
      .join('\n'),
    ...(notes === undefined ? [] : [paragraphs(notes, width)]),
    filled(`Exit codes: ${exitsInWords(exits)}.`, width).join('\n'),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** `Usage: gatehouse approve CODE|ID [--reason TEXT]`, broken between flags. */
function usageOf({ name, positionals = [], flags }: Command, width: number): string {
  const head = `Usage: gatehouse ${name}`;
  const pieces = [...positionals, ...shownFlags(flags).map(usageOfFlag), ...borrowedInWords(flags)];
  const indent = ' '.repeat(head.length + 1);
  const lines: string[] = [];
  let line = head;
  for (const piece of pieces) {
    if (line.length + 1 + piece.length > width) {
      lines.push(line);
      line = `${indent}${piece}`;
    } else line = `${line} ${piece}`;
  }
  return [...lines, line].join('\n');
}

/** Without older spellings, and without those of another command. */
export function shownFlags(flags: Flags): Array<[name: string, flag: Flag]> {
  return Object.entries(flags).filter(([, { isHidden, isBorrowed }]) => !isHidden && !isBorrowed);
}

/** What stands for the flags of another command. */
export function borrowedInWords(flags: Flags): string[] {
  return Object.values(flags).some(({ isBorrowed }) => isBorrowed) ? ['[FLAGS OF GATEWAY]'] : [];
}

function usageOfFlag([name, { value, multiple, isRequired }]: [string, Flag]): string {
  const flag = value === undefined ? `--${name}` : `--${name} ${value}`;
  const often = multiple ? '...' : '';
  return isRequired ? `${flag}${often}` : `[${flag}]${often}`;
}

function flagLines([name, flag]: [string, Flag], width: number): string[] {
  const shown = `  ${flagInWords(name, flag)}`;
  const standard = flag.default === undefined ? '' : ` (default: ${flag.default})`;
  const says = filled(`${flag.says}${standard}`, width - NAMES_AT_MOST - 2);
  const beside = shown.length <= NAMES_AT_MOST;
  const lines = says.map((line) => `${' '.repeat(NAMES_AT_MOST + 2)}${line}`);
  if (!beside) return [shown, ...lines];
  const [first = '', ...rest] = says;
  return [`${shown.padEnd(NAMES_AT_MOST)}  ${first}`, ...rest.map((line) => `${' '.repeat(NAMES_AT_MOST + 2)}${line}`)];
}

/** `-n, --lines N` */
function flagInWords(name: string, { short, value }: Flag): string {
  return `${short === undefined ? '' : `-${short}, `}--${name}${value === undefined ? '' : ` ${value}`}`;
}

/** `0 listed, 1 failed, 2 wrong usage`. */
export function exitsInWords(exits: Command['exits']): string {
  const all = { [exitCodes.failed]: 'failed (it says why)', [exitCodes.usage]: 'wrong usage', ...exits };
  const separator = Object.values(all).some((meaning) => meaning.includes(',')) ? '; ' : ', ';
  return Object.entries(all)
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join(separator);
}

/** Paragraphs filled to the width; a line that is indented is left as it is. */
function paragraphs(text: string, width: number): string {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => (paragraph.startsWith(' ') ? paragraph : filled(paragraph, width).join('\n')))
    .join('\n\n');
}

/** The words of a text in lines of a width; a word that is wider stands alone. */
export function filled(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return line === '' ? lines : [...lines, line];
}
