import { type Document, isMap, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { PolicyValue } from '../../../model/policy-upgrade.ts';
import { BUILT_IN_COMMENTS } from './built-in-parts.ts';
import { commentFingerprint } from './fingerprint.ts';
import { flowText } from './flow-text.ts';

/** What is written: as lines of their own (comments first, not indented), and as it stands between brackets. */
export interface Entry {
  readonly lines: readonly string[];
  readonly flow: string;
}

/** The place cannot be edited without losing something of it. */
export class NotEditable extends Error {
  override readonly name = 'NotEditable';
}

/** The entries of a list of rules or of a map of sets, in the text that they were read from. */
export interface Container {
  readonly text: string;
  readonly node: YAMLSeq | YAMLMap;
  /** Where the key ends that the entries stand under: comments of the first one begin after it. */
  readonly from: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** A set's entry between brackets. */
export function flowPair(name: string, value: PolicyValue): string {
  return `${name}: ${flowText(value)}`;
}

/** The text with the entry at `index` written anew; what stands around it stays, byte for byte. */
export function replaceEntry(container: Container, index: number, entry: Entry): string {
  const { text } = container;
  const span = spanOf(container, index);
  if (inFlow(container)) {
    if (ownComments(container, span).length > 0) {
      throw new NotEditable('a comment of yours stands between its brackets, and would be lost');
    }
    return text.slice(0, span.start) + entry.flow + text.slice(span.end);
  }
  const column = columnOf(text, span.start);
  const top = topOf(container, index, span.start);
  const end = lineEnd(text, span.end);
  const kept = ownComments(container, { start: top, end });
  return text.slice(0, top) + block([...kept, ...entry.lines], column, text) + text.slice(end);
}

/**
 * The text with an entry more, after the one at `index`, or as the first of an empty container.
 * @param gap how many empty lines stand between two entries.
 */
export function insertAfter(container: Container, index: number, entry: Entry, gap: 0 | 1): string {
  const { text, node } = container;
  if (node.items.length === 0) {
    const at = (node.range?.[0] ?? 0) + 1;
    if (!inFlow(container)) throw new NotEditable('it would be the first entry of its list');
    return text.slice(0, at) + entry.flow + text.slice(at);
  }
  const span = spanOf(container, index);
  if (inFlow(container)) return `${text.slice(0, span.end)}, ${entry.flow}${text.slice(span.end)}`;
  const column = columnOf(text, span.start);
  const end = lineEnd(text, span.end);
  return text.slice(0, end) + newlineOf(text).repeat(1 + gap) + block(entry.lines, column, text) + text.slice(end);
}

/** As {@link insertAfter}, before the one at `index` and the comments above it. */
export function insertBefore(container: Container, index: number, entry: Entry, gap: 0 | 1): string {
  const { text } = container;
  const span = spanOf(container, index);
  if (inFlow(container)) return `${text.slice(0, span.start)}${entry.flow}, ${text.slice(span.start)}`;
  const top = topOf(container, index, span.start);
  const written = block(entry.lines, columnOf(text, span.start), text);
  return text.slice(0, top) + written + newlineOf(text).repeat(1 + gap) + text.slice(top);
}

/** The container under a key of `spec`; null where the key is not there. */
export function containerIn(text: string, spec: YAMLMap, key: 'rules' | 'sets'): Container | null {
  const pair = spec.items.find((item) => String(item.key) === key);
  const node = pair?.value;
  if (pair === undefined || !(isSeq(node) || isMap(node))) return null;
  return { text, node, from: rangeOf(pair.key as Node).end };
}

/** `spec` itself as a container of its keys. */
export function specContainer(text: string, document: Document.Parsed, spec: YAMLMap): Container {
  const root = document.contents;
  const pair = isMap(root) ? root.items.find((item) => String(item.key) === 'spec') : undefined;
  return { text, node: spec, from: pair === undefined ? 0 : rangeOf(pair.key as Node).end };
}

function inFlow({ node }: Container): boolean {
  return node.flow === true;
}

function rangeOf(node: Node): Span {
  if (!node.range) throw new NotEditable('it has no place in the file');
  return { start: node.range[0], end: node.range[1] };
}

/** From the `-` or the key of an entry to the end of its value. */
function spanOf({ node, text }: Container, index: number): Span {
  const item = node.items[index];
  if (isSeq(node)) {
    const { start, end } = rangeOf(item as Node);
    return { start: node.flow ? start : dashOf(node, index), end: trimmed(text, start, end) };
  }
  const { key, value } = item as Pair<Node, Node | null>;
  const { start, end } = rangeOf(key);
  return { start, end: trimmed(text, start, value?.range ? value.range[1] : end) };
}

/** A block scalar's value holds the line breaks after it. */
function trimmed(text: string, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

function dashOf(node: YAMLSeq, index: number): number {
  const token = node.srcToken;
  const dashes = token?.type === 'block-seq' ? token.items : [];
  const offsets = dashes.flatMap(({ start }) => start.filter(({ type }) => type === 'seq-item-ind'));
  const offset = offsets[index]?.offset;
  if (offset === undefined || offsets.length !== node.items.length) throw new NotEditable('its dash was not found');
  return offset;
}

function columnOf(text: string, offset: number): number {
  const before = text.slice(lineStart(text, offset), offset);
  if (!/^ *$/.test(before)) throw new NotEditable('something else stands before it on its line');
  return before.length;
}

/** The start of the comment lines right above an entry, or of its own line. */
function topOf(container: Container, index: number, start: number): number {
  const { text, from } = container;
  const above = index === 0 ? from : spanOf(container, index - 1).end;
  let top = lineStart(text, start);
  while (top > 0) {
    const previous = lineStart(text, top - 1);
    // A line that begins with # may be the end of a block scalar of the entry above.
    if (previous <= above || !/^[ \t]*#/.test(text.slice(previous, top))) break;
    top = previous;
  }
  return top;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the line ends that the offset is in, before its line break. */
function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf('\n', offset);
  const end = newline === -1 ? text.length : newline;
  return text[end - 1] === '\r' ? end - 1 : end;
}

function newlineOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

function block(lines: readonly string[], column: number, text: string): string {
  const indentation = ' '.repeat(column);
  return lines.map((line) => (line === '' ? '' : indentation + line)).join(newlineOf(text));
}

/** The comments within a span that were never built in: a person's, which an upgrade keeps. */
function ownComments({ node, text }: Container, { start, end }: Span): string[] {
  const comments = new Map<number, string>();
  collectComments(node.srcToken, comments);
  // Comments above the first entry belong to what is around the container: they are whole lines.
  for (let at = start; at < rangeOf(node).start; at = lineEnd(text, at) + newlineOf(text).length) {
    const line = text.slice(at, lineEnd(text, at));
    if (line.trim().startsWith('#')) comments.set(at + line.indexOf('#'), line.trim());
  }
  return [...comments]
    .filter(
      ([offset, comment]) => offset >= start && offset < end && !BUILT_IN_COMMENTS.has(commentFingerprint(comment)),
    )
    .toSorted(([left], [right]) => left - right)
    .map(([, comment]) => comment.trim());
}

function collectComments(token: unknown, found: Map<number, string>): void {
  if (Array.isArray(token)) for (const inner of token) collectComments(inner, found);
  else if (typeof token === 'object' && token !== null) {
    const { type, offset, source } = token as { type?: unknown; offset?: unknown; source?: unknown };
    if (type === 'comment' && typeof offset === 'number' && typeof source === 'string') found.set(offset, source);
    for (const inner of Object.values(token)) collectComments(inner, found);
  }
}
