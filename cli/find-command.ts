import { nearMiss } from '../model/near-miss.ts';
import type { Command } from './command/command.ts';
import { namedCommand } from './command/named-command.ts';

/** What the words of a command line ask for. */
export type Asked =
  | { readonly for: 'overview' }
  | { readonly for: 'version' }
  | { readonly for: 'help'; readonly of: readonly Command[] }
  | { readonly for: 'run'; readonly command: Command; readonly words: readonly string[] }
  /** `of`: what to show beside the complaint. */
  | { readonly for: 'nothing'; readonly complaint: string | null; readonly of: readonly Command[] | 'overview' };

const HELP = new Set(['--help', '-h']);

/** Finds what is meant by the words of a command line, without the program's name. */
export function asked(words: readonly string[], commands: readonly Command[]): Asked {
  const [first, second] = words;
  if (first === undefined) return { for: 'nothing', complaint: null, of: 'overview' };
  if (first === '--version' || first === '-V') return { for: 'version' };
  if (HELP.has(first)) return { for: 'overview' };
  if (first === 'help') return helpOf(words.slice(1), commands);
  const command = namedCommand(words, commands);
  if (command !== null) {
    const rest = words.slice(command.name.split(' ').length);
    return asksForHelp(rest) ? { for: 'help', of: [command] } : { for: 'run', command, words: rest };
  }
  const group = groupOf(first, commands);
  if (group.length > 0 && (second === undefined || HELP.has(second) || second === 'help')) {
    return second === undefined ? { for: 'nothing', complaint: null, of: group } : { for: 'help', of: group };
  }
  return { for: 'nothing', complaint: unknownCommand(words, commands), of: [] };
}

/** `gatehouse help approve`, `gatehouse help journal`. */
function helpOf(words: readonly string[], commands: readonly Command[]): Asked {
  const [first] = words.filter((word) => !HELP.has(word));
  if (first === undefined) return { for: 'overview' };
  const command = namedCommand(words, commands);
  if (command !== null) return { for: 'help', of: [command] };
  const group = groupOf(first, commands);
  if (group.length > 0 && words.length === 1) return { for: 'help', of: group };
  return { for: 'nothing', complaint: unknownCommand(words, commands), of: [] };
}

/** What stands behind `--` is no flag. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end === -1 ? words.length : end).some((word) => HELP.has(word));
}

function groupOf(first: string, commands: readonly Command[]): Command[] {
  return commands.filter(({ name, isHidden }) => !isHidden && name.startsWith(`${first} `));
}

/** What is wrong with words that call no command, and what was probably meant. */
function unknownCommand(words: readonly string[], commands: readonly Command[]): string {
  const [first = '', second = ''] = words;
  const shown = commands.filter(({ isHidden }) => !isHidden);
  if (first.startsWith('-')) return `a command comes first, then its flags: gatehouse COMMAND ${first}\n${SEE_ALL}`;
  const group = groupOf(first, shown);
  if (group.length > 0) {
    const own = group.map(({ name }) => name.slice(first.length + 1));
    const meant = nearMiss(second, own);
    return meant === null
      ? `there is no command "${first} ${second}"; ${first} has ${inList(own)}\nRun "gatehouse ${first} --help" for what they do.`
      : `there is no command "${first} ${second}"; did you mean "gatehouse ${first} ${meant}"?`;
  }
  const meant = meantBy(first, second, shown);
  const hint = meant === null ? `\n${SEE_ALL}` : `; did you mean "gatehouse ${meant}"?`;
  return `there is no command "${first}"${hint}`;
}

const SEE_ALL = 'Run "gatehouse --help" for all commands.';

/** `verify` is `journal verify`, `jornal verfy` too, `aprove` is `approve`. */
function meantBy(first: string, second: string, commands: readonly Command[]): string | null {
  const names = commands.map(({ name }) => name);
  const inner = names.filter((name) => name.endsWith(` ${first}`));
  if (inner.length === 1) return inner[0] ?? null;
  const heads = [...new Set(names.map((name) => name.split(' ')[0] ?? ''))];
  const head = nearMiss(first, heads);
  if (head === null) return names.length === 0 ? null : nearMiss(`${first} ${second}`.trim(), names);
  const own = names.filter((name) => name.startsWith(`${head} `)).map((name) => name.slice(head.length + 1));
  const tail = own.includes(second) ? second : nearMiss(second, own);
  return tail === null ? head : `${head} ${tail}`;
}

function inList(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
