import { isMap, isScalar, isSeq, type Node, parseDocument, type Scalar, visit } from 'yaml';
import { isCredentialName, isNoCredential } from '../values/credential-name.ts';

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
  for (const match of manifest.matchAll(/^---.*$/gm)) {
    documents.push({ text: manifest.slice(start, match.index), start });
    start = match.index + match[0].length;
  }
  documents.push({ text: manifest.slice(start), start });
  return documents.filter(({ text }) => text.trim() !== '');
}

/** Most documents hold no Secret, and YAML is read slowly. */
export function mayHoldSecret({ text }: ManifestDocument): boolean {
  return /kind/.test(text) && /Secret/.test(text) && /data|stringData/i.test(text);
}

/**
 * The values of every Secret in a document, those in a List too.
 * @returns null where the document cannot be read.
 */
export function secretValuesOf({ text, start }: ManifestDocument): ManifestValue[] | null {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  if (document.errors.length > 0) return null;
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

/** Most documents name no credential among their variables. */
export function mayHoldVariables({ text }: ManifestDocument): boolean {
  if (!/value/.test(text)) return false;
  return [...text.matchAll(/name["']?\s*:\s*["']?([\w.-]+)/g)].some(([, name = '']) => isCredentialName(name));
}

/** The values of entries (`{name, value}`, as environment variables are) whose name is that of a credential. */
export function variableValuesOf({ text, start }: ManifestDocument): ManifestValue[] {
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  const values: ManifestValue[] = [];
  visit(document, {
    Map: (_, node) => {
      const name = textOf(node.get('name', true));
      const value = node.get('value', true);
      if (!isScalar(value) || typeof value.value !== 'string' || !isCredentialName(name)) return;
      if (isNoCredential(name, value.value)) return;
      values.push(
        manifestValue(value, text, start, { field: `manifest.variable[${name}]`, object: name, base64: false }),
      );
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
  const document = parseDocument(text, { version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  if (document.errors.length > 0) return null;
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
