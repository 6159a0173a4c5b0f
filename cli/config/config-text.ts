import { isAbsolute, resolve } from 'node:path';
import { isScalar, isSeq, LineCounter, type Node, type ParsedNode, Scalar } from 'yaml';
import { nearMiss } from '../../model/near-miss.ts';
import { visible } from '../../model/visible-text.ts';
import { commandWords } from '../command/command-words.ts';
import { PATH_KINDS, valueTrouble } from '../command/flag-value.ts';
import type { Flag, Flags } from '../command/flags.ts';
import { readConfigDocument } from './config-document.ts';
import type { Said, SettingProblem } from './said.ts';

/** What one source says of flags, and what is wrong with it. */
export interface ConfigContent {
  readonly said: readonly Said[];
  readonly problems: readonly SettingProblem[];
}

/**
 * What a config file says: a YAML 1.2 map from the names of flags to their values. Nothing is half understood: what YAML
 * 1.1 and 1.2, or two readers of either, take for different things is refused, with the way to say it clearly.
 * @param folder what relative paths start from.
 */
export function readConfigText(file: string, folder: string, text: string, flags: Flags): ConfigContent {
  const lines = new LineCounter();
  const { entries, troubles } = readConfigDocument(text, lines);
  const origin = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { from: 'file', file, line: Math.max(line, 1), column: Math.max(col, 1) } as const;
  };
  const problems = troubles.map(([at, message]): SettingProblem => ({ name: null, origin: origin(at), message }));
  const said: Said[] = [];
  const firstOf = new Map<string, number>();
  for (const { name, at, value } of entries) {
    const first = firstOf.get(name);
    const read = first === undefined ? readEntry(name, value, flags, folder) : twice(name, origin(first).line);
    if (first === undefined) firstOf.set(name, at);
    if ('values' in read) said.push({ name, values: read.values, origin: origin(at) });
    else problems.push({ name: read.meant, origin: origin(read.at ?? at), message: visible(read.trouble) });
  }
  return { said, problems };
}

type Entry = { readonly values: readonly string[] } | (Trouble & { readonly meant: string | null });

function readEntry(name: string, value: ParsedNode | null, flags: Flags, folder: string): Entry {
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (flag === undefined || flag.isHidden) {
    const shown = Object.keys(flags).filter((one) => !flags[one]?.isHidden);
    return { trouble: unknownKey(name, shown), meant: nearMiss(name, shown) };
  }
  const read = valuesOf(value, flag, folder);
  return 'values' in read ? read : { ...read, trouble: `${name} ${read.trouble}`, meant: name };
}

function twice(name: string, firstLine: number): Entry {
  return { trouble: `"${name}" stands twice, first in line ${firstLine}: leave one of them`, meant: name };
}

const SECRET = /token|password|passwd|secret|private-?key|credential/i;

function unknownKey(name: string, shown: readonly string[]): string {
  if (name === '') return 'the name of a flag belongs here';
  const meant = nearMiss(name, shown);
  if (meant !== null) return `there is no flag "${name}"; did you mean "${meant}"?`;
  const secret = SECRET.test(name) ? ', and secrets do not belong here: only names of files that hold them' : '';
  return `there is no flag "${name}"${secret}; "gatehouse gateway --help" lists those there are`;
}

interface Trouble {
  readonly trouble: string;
  /** Where, if not at the key. */
  readonly at?: number;
}

type Read = { readonly values: readonly string[] } | Trouble;

function valuesOf(node: ParsedNode | null, flag: Flag, folder: string): Read {
  if (node === null || (isScalar(node) && node.type === Scalar.PLAIN && node.source === '')) {
    return { trouble: 'has no value: give it one, or take the line out' };
  }
  if (!isSeq(node)) return one(node, flag, folder);
  if (!flag.multiple) return { trouble: 'takes one value, not a list', at: node.range[0] };
  if (node.items.length === 0)
    return { trouble: 'is an empty list: name one at least, or take the line out', at: node.range[0] };
  const read = node.items.map((item) => one(item, flag, folder));
  return (
    read.find((item) => 'trouble' in item) ?? { values: read.flatMap((item) => ('values' in item ? item.values : [])) }
  );
}

function one(node: Node | null, flag: Flag, folder: string): Read {
  const at = node?.range?.[0] ?? 0;
  if (!isScalar(node))
    return {
      trouble: `takes ${flag.multiple ? 'a value or a list of values' : 'one value'}, not what stands here`,
      at,
    };
  const text = String(node.value ?? '');
  const trouble = scalarTrouble(text, node.type === Scalar.PLAIN, flag);
  if (trouble !== null) return { trouble, at };
  return { values: [PATH_KINDS.has(flag.kind ?? 'text') ? resolve(folder, text) : text] };
}

/** Plain scalars that one reader of YAML or another takes for something else than text (YAML 1.1, types; YAML 1.2, 10.3). */
const NOT_TEXT =
  /^(?:~|null|true|false|y|n|yes|no|on|off|\.nan|[-+]?\.inf|[-+]?(?:0b[01_]+|0o[0-7_]+|0x[\da-f_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:e[-+]?\d+)?|\d[\d_]*(?::[0-5]?\d)+(?:\.\d*)?)|\d{4}-\d\d?-\d\d?.*|<<|=)$/i;

function scalarTrouble(text: string, isPlain: boolean, flag: Flag): string | null {
  if (flag.type === 'boolean') {
    return isPlain && (text === 'true' || text === 'false')
      ? null
      : `takes true or false, not ${quoted(text, isPlain)}`;
  }
  if (flag.kind === 'number') {
    const trouble = valueTrouble(flag, text);
    if (trouble !== null) return trouble;
    if (!isPlain) return `takes a whole number, without quotes: ${text}`;
    return /^0./.test(text) ? `takes a whole number without a zero in front: ${Number(text)}` : null;
  }
  if (text === '') return 'is empty: give it a value, or take the line out';
  if (/\p{Cc}/u.test(text)) return 'holds a control character';
  const trouble = valueTrouble(flag, text);
  if (trouble !== null) return trouble;
  const [program = ''] = (flag.kind === 'command' ? commandWords(text) : null) ?? [];
  // A command line is no path that could be counted from somewhere.
  if (program.includes('/') && !isAbsolute(program))
    return `takes a program by its whole path or by a name in PATH, not "${program}"`;
  const isAmbiguous = isPlain && NOT_TEXT.test(text);
  return isAmbiguous ? `takes text, and ${text} without quotes is something else to YAML: write "${text}"` : null;
}

function quoted(text: string, isPlain: boolean): string {
  return isPlain ? text : `the text "${text}"`;
}
