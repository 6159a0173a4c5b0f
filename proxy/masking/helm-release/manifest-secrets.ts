import {
  Composer,
  type CST,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  type Scalar,
  visit,
} from 'yaml';
import { isCredentialName, isNoCredential } from '../../patterns/credential-name.ts';

/** A value of a Secret in a manifest: where its text stands, and what it says. */
export interface ManifestValue {
  /** E.g. `manifest.Secret[db].data.password`. */
  readonly field: string;
  /** The name of the Secret, or of the variable. */
  readonly object: string;
  readonly start: number;
  readonly end: number;
  /** The text between the quotes, or all of it where it is no plain one-line text. */
  readonly source: string;
  readonly value: string;
  /** It is of `data`, so base64. */
  readonly base64: boolean;
  /** The source says the value letter by letter, so that another word can stand in its place. */
  readonly literal: boolean;
}

/** One document of a manifest: its text, and where it begins. */
export interface ManifestDocument {
  readonly text: string;
  readonly start: number;
}

/** The documents of a manifest, as helm splits them. */
export function documentsOf(manifest: string): ManifestDocument[] {
  const documents: ManifestDocument[] = [];
  let start = 0;
  // What stands behind the dashes belongs to the document: YAML lets one begin there.
  for (const match of manifest.matchAll(/^---/gm)) {
    documents.push({ text: manifest.slice(start, match.index), start });
    start = match.index + match[0].length;
  }
  documents.push({ text: manifest.slice(start), start });
  return documents.filter(({ text }) => text.trim() !== '');
}

/** Most documents hold no Secret, and YAML is read slowly. */
export function mayHoldSecret({ text }: ManifestDocument): boolean {
  return /(?<![A-Za-z])Secret(?:List)?(?![A-Za-z])/.test(text) && /\bdata\b|\bstringData\b/.test(text);
}

/** Characters: no object that a cluster takes is longer (etcd: 1.5 MiB), and YAML is read on the thread that serves. */
const LONGEST = 1.5 * 1024 * 1024;
/** Levels, of which the composer recurses into each. */
const DEEPEST = 500;

/** A document as YAML; null where it cannot be read, or not within bounds. The first mistake is enough. */
function readDocument(text: string): Document.Parsed | null {
  if (text.length > LONGEST) return null;
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error') return null;
      tokens.push(token);
    }
    if (parser.stack.length > DEEPEST) return null;
  }
  tokens.push(...parser.end());
  const composer = new Composer({ version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  const [document] = composer.compose(tokens, true, text.length);
  return document === undefined || document.errors.length > 0 ? null : (document as Document.Parsed);
}

/**
 * The values of every Secret in a document, those in a List too.
 * @returns null where the document cannot be read.
 */
export function secretValuesOf({ text, start }: ManifestDocument): ManifestValue[] | null {
  const document = readDocument(text);
  if (document === null) return null;
  const values: ManifestValue[] = [];
  visit(document, {
    Map: (_, node) => {
      if (textOf(node.get('kind', true)) !== 'Secret') return undefined;
      const metadata = node.get('metadata', true);
      const name = isMap(metadata) ? textOf(metadata.get('name', true)) : '';
      for (const map of ['data', 'stringData']) {
        const entries = node.get(map, true);
        if (!isMap<Node, Node>(entries)) continue;
        for (const { key, value } of entries.items) {
          const field = `manifest.Secret[${name}].${map}.${textOf(key)}`;
          for (const scalar of scalarsOf(value)) {
            values.push(manifestValue(scalar, text, start, { field, object: name, base64: map === 'data' }));
          }
        }
      }
      return undefined;
    },
  });
  return values;
}

/** As manifests are rendered: a name, and on the next line a value of one line. */
const VARIABLE = /name:[ \t]*["']?([\w.-]+)["']?[ \t]*\r?\n[ \t]*value:[ \t]*(?=\S)([^\r\n]*)/g;

/**
 * Whether a document may write the same in other ways, for which it has to be read as YAML: in braces, over several
 * lines, the value first. Line by line, because one expression for all of it takes hours for what a chart may hold.
 */
function isWrittenOddly(text: string): boolean {
  let valueBefore = false;
  for (const line of text.split('\n')) {
    if (valueBefore && /^[ \t]*name:/.test(line)) return true;
    valueBefore = line.includes('value:');
    if (valueBefore && /value:[ \t]*(?:[|>]|\r?$)/.test(line)) return true;
    const brace = line.indexOf('{');
    const name = brace === -1 ? null : /name["']?[ \t]*:/.exec(line.slice(brace));
    if (name !== null && line.includes('}', brace + name.index)) return true;
  }
  return false;
}

/**
 * The values of entries (`{name, value}`, as environment variables are) whose name is that of a credential. YAML is read
 * slowly and a chart has hundreds of documents, so what is written as usual is found without reading it.
 * @returns null where the document would have to be read and cannot be.
 */
export function variableValuesOf(document: ManifestDocument): ManifestValue[] | null {
  const { text, start } = document;
  if (!text.includes('value:')) return [];
  const isOdd = isWrittenOddly(text);
  const values: ManifestValue[] = [];
  for (const match of text.matchAll(VARIABLE)) {
    const [whole, name = '', written = ''] = match;
    if (!isCredentialName(name)) continue;
    const found = oneLine(written);
    if (found === null || isOdd) return variablesRead(document);
    if (isNoCredential(name, found.value)) continue;
    const at = start + match.index + whole.length - written.length + found.offset;
    const what = { field: `manifest.variable[${name}]`, object: name, base64: false };
    values.push({
      ...what,
      start: at,
      end: at + found.value.length,
      source: found.value,
      value: found.value,
      literal: true,
    });
  }
  const named =
    isOdd &&
    [...text.matchAll(/name["']?[ \t]*:[ \t]*["']?([\w.-]+)/g)].some(([, name = '']) => isCredentialName(name));
  return named ? variablesRead(document) : values;
}

/** A scalar that says its value letter by letter; null for one that has to be read. */
function oneLine(written: string): { readonly value: string; readonly offset: number } | null {
  const quoted = /^(?:"([^"\\]*)"|'([^']*)')\s*(?:#.*)?$/.exec(written);
  if (quoted !== null) return { value: quoted[1] ?? quoted[2] ?? '', offset: 1 };
  const plain = /^[^\s"'#&*!|>%@`{}[\],][^\s#]*$/.exec(written.trimEnd());
  return plain === null ? null : { value: plain[0], offset: 0 };
}

function variablesRead({ text, start }: ManifestDocument): ManifestValue[] | null {
  const document = readDocument(text);
  if (document === null) return null;
  const values: ManifestValue[] = [];
  visit(document, {
    Map: (_, node) => {
      const name = textOf(node.get('name', true));
      const value = node.get('value', true);
      if (!isScalar(value) || typeof value.value !== 'string' || !isCredentialName(name)) return;
      if (isNoCredential(name, value.value)) return;
      const what = { field: `manifest.variable[${name}]`, object: name, base64: false };
      values.push(manifestValue(value, text, start, what));
    },
  });
  return values;
}

function* scalarsOf(node: Node | null): Generator<Scalar> {
  if (isScalar(node)) yield node;
  else if (isSeq<Node>(node)) for (const item of node.items) yield* scalarsOf(item);
  else if (isMap<Node, Node>(node)) for (const { value } of node.items) yield* scalarsOf(value);
}

function manifestValue(
  node: Scalar,
  text: string,
  offset: number,
  what: Pick<ManifestValue, 'field' | 'object' | 'base64'>,
): ManifestValue {
  const [from = 0, to = 0] = node.range ?? [];
  const isQuoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
  const value =
    node.value === null ? '' : typeof node.value === 'string' ? node.value : (node.source ?? text.slice(from, to));
  const inner = isQuoted ? text.slice(from + 1, to - 1) : text.slice(from, to);
  if (inner === value) {
    const edge = isQuoted ? 1 : 0;
    return { ...what, start: offset + from + edge, end: offset + to - edge, source: inner, value, literal: true };
  }
  // A block's range ends behind its last line break.
  const source = text.slice(from, to).replace(/\n+$/, '');
  return { ...what, start: offset + from, end: offset + from + source.length, source, value, literal: false };
}

function textOf(node: unknown): string {
  return isScalar(node) ? String(node.value) : '';
}

/**
 * The text of a document with other values in those of its texts that `change` has something for, in the quotes that
 * they need.
 * @returns null where the document cannot be read.
 */
export function rewriteTexts(text: string, change: (value: string, source: string) => string | null): string | null {
  const document = readDocument(text);
  if (document === null) return null;
  const parts: Array<{ readonly start: number; readonly end: number; readonly text: string }> = [];
  visit(document, {
    Scalar: (_, node) => {
      const [start, end] = node.range ?? [];
      if (start === undefined || end === undefined || typeof node.value !== 'string') return;
      const source = text.slice(start, end).replace(/\n+$/, '');
      const changed = change(node.value, source);
      if (changed !== null) parts.push({ start, end: start + source.length, text: changed });
    },
  });
  let rewritten = '';
  let from = 0;
  for (const part of parts.sort((a, b) => a.start - b.start)) {
    rewritten += text.slice(from, part.start) + part.text;
    from = part.end;
  }
  return rewritten + text.slice(from);
}
