import { isAbsolute, resolve } from 'node:path';
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseAllDocuments,
  Scalar,
  visit,
} from 'yaml';
import { nearMiss } from '../../model/near-miss.ts';
import { visible } from '../../model/visible-text.ts';
import { PATH_KINDS, programOf, valueTrouble } from '../command/flag-value.ts';
import type { Flag, Flags } from '../command/flags.ts';
import type { Said, SettingProblem } from './said.ts';

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
  const origin = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { from: 'file', file, line: Math.max(line, 1), column: Math.max(col, 1) } as const;
  };
  const problem = (offset: number, message: string, name: string | null = null): SettingProblem => ({
    name,
    origin: origin(offset),
    message: visible(message),
  });
  const documents = documentsOf(text, lines);
  if (documents === null) return { said: [], problems: [problem(0, 'it is nested too deeply for a config file')] };
  const whole = documents.flatMap((document) => documentTroubles(document, text));
  const [document, second] = documents;
  if (second !== undefined)
    whole.push([second.range[0], 'a config file is one document: take out what stands from here on']);
  if (whole.length > 0) return { said: [], problems: whole.map(([offset, message]) => problem(offset, message)) };
  const contents = document?.contents ?? null;
  if (contents === null || (isScalar(contents) && contents.source === '')) return { said: [], problems: [] };
  if (!isMap(contents)) {
    return {
      said: [],
      problems: [
        problem(
          contents.range[0],
          'a config file is a map from the names of flags to values, such as "listen: 127.0.0.1:7443"',
        ),
      ],
    };
  }
  const said: Said[] = [];
  const problems: SettingProblem[] = [];
  const firstOf = new Map<string, number>();
  for (const { key, value } of contents.items) {
    const at = key.range?.[0] ?? 0;
    const name = isScalar(key) ? String(key.value) : '';
    const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) {
      problems.push(problem(at, unknownKey(name, flags), nearMiss(name, Object.keys(flags))));
      continue;
    }
    const first = firstOf.get(name);
    firstOf.set(name, at);
    if (first !== undefined) {
      problems.push(
        problem(at, `"${name}" stands twice, first in line ${origin(first).line}: leave one of them`, name),
      );
      continue;
    }
    const read = valuesOf(value, flag, folder);
    if ('values' in read) said.push({ name, values: read.values, origin: origin(at) });
    else problems.push(problem(read.at ?? at, `${name} ${read.trouble}`, name));
  }
  return { said, problems };
}

function documentsOf(text: string, lineCounter: LineCounter): readonly Document.Parsed[] | null {
  try {
    // The failsafe schema leaves every scalar a text: what it may mean is said below, and nowhere else. Keys that stand
    // twice are told below, with both places.
    const options = { version: '1.2', schema: 'failsafe', uniqueKeys: false, prettyErrors: false } as const;
    const parsed = parseAllDocuments(text, { ...options, resolveKnownTags: false, lineCounter });
    return Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  } catch (error) {
    // The composer calls itself for each level.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

type Trouble = [offset: number, message: string];

/** What makes a whole document unreadable. */
function documentTroubles(document: Document.Parsed, text: string): Trouble[] {
  const control = /[^\P{Cc}\t\n\r]/u.exec(text);
  if (control !== null) return [[control.index, 'a control character stands here: take it out']];
  const errors = [...document.errors, ...document.warnings];
  if (errors.length > 0) {
    return errors.map(({ pos, code, message }) => [
      pos[0],
      YAML_ERRORS[code] ?? `it is not YAML: ${message.split('\n', 1)[0]}`,
    ]);
  }
  if (document.directives.yaml.explicit) return [[0, 'a directive stands here: take it out, it is read as YAML 1.2']];
  const found: Trouble[] = [];
  visit(document, {
    Alias: (_key, { range }) => {
      found.push([
        range?.[0] ?? 0,
        'aliases are not read: write the value out, or put quotes around a text that begins with *',
      ]);
      return visit.BREAK;
    },
    Node: (_key, node) => {
      if (!(isScalar(node) || isCollection(node)) || (!node.anchor && node.tag === undefined)) return undefined;
      found.push([node.range?.[0] ?? 0, NOT_READ]);
      return visit.BREAK;
    },
  });
  return found;
}

const NOT_READ = 'anchors and tags are not read: take it out, or put quotes around a text that begins with & or !';
const YAML_ERRORS: Readonly<Record<string, string>> = {
  TAG_RESOLVE_FAILED: NOT_READ,
  TAB_AS_INDENT: 'a tab stands where spaces belong: YAML is indented with spaces',
  BAD_ALIAS: 'aliases are not read: write the value out, or put quotes around a text that begins with *',
  MULTIPLE_ANCHORS: 'anchors are not read: take them out',
};

const SECRET = /token|password|passwd|secret|private-?key|credential/i;

function unknownKey(name: string, flags: Flags): string {
  if (name === '') return 'the name of a flag belongs here';
  const meant = nearMiss(name, Object.keys(flags));
  if (meant !== null) return `there is no flag "${name}"; did you mean "${meant}"?`;
  const secret = SECRET.test(name) ? ', and secrets do not belong here: only names of files that hold them' : '';
  return `there is no flag "${name}"${secret}; "gatehouse gateway --help" lists those there are`;
}

type Read = { readonly values: readonly string[] } | { readonly trouble: string; readonly at?: number };

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
  const program = flag.kind === 'command' ? programOf(text) : '';
  // A command line is no path that could be counted from somewhere.
  if (program.includes('/') && !isAbsolute(program))
    return `takes a program by its whole path or by a name in PATH, not "${program}"`;
  const isAmbiguous = isPlain && NOT_TEXT.test(text);
  return isAmbiguous ? `takes text, and ${text} without quotes is something else to YAML: write "${text}"` : null;
}

function quoted(text: string, isPlain: boolean): string {
  return isPlain ? text : `the text "${text}"`;
}
