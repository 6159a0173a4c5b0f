/* Longer than 300 lines: one reader, whose steps share one place in the text. */

import type { YamlList, YamlMap, YamlNode, YamlScalar } from './yaml-tree.ts';

/** Line ends that YAML 1.1 knows beside `\n`, and characters that no document may hold. */
const ODD_CHARACTER = /[^\n\t\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\uffff]/;

const KEY = /([A-Za-z_][\w./-]*|"[^"\\\n]*"|'[^'\n]*')[ ]*:(?=[ \n]|$)/y;
const FLOW_KEY = /(?:([A-Za-z_][\w./-]*)[ ]*:(?= )|("[^"\\\n]*"|'[^'\n]*')[ ]*:)/y;
const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\.)*"/y;
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y;
/** Neither an indicator in front, nor one of a flow collection inside. */
const FLOW_PLAIN = /(?:[\w./+=$(<~^;]|-(?=[\w-]))[^,[\]{}:#\n]*/y;
const BLOCK_HEADER = /([|>])([-+]?)[ ]*(?: #.*)?$/;
/** Behind a value: nothing, or a comment. */
const NOTHING_MORE = /[ ]*(?:$|\n)|[ ]+#/y;

const DEEPEST_FLOW = 20;

interface Frame {
  readonly indent: number;
  readonly node: YamlMap | YamlList;
}

/** Where a value on the lines below may go. */
interface Slot {
  readonly frame: Frame;
  readonly fill: (node: YamlNode) => void;
}

/** What is not written as usual. */
class Odd extends Error {}

/**
 * Reads YAML as it is usually written: maps and lists in blocks, one line or one block of lines for a text, small
 * collections in braces. Reading all of YAML takes ten times as long, and a chart has hundreds of documents.
 * @returns undefined where anything is written otherwise, which says nothing about the document.
 */
export function readOrdinaryYaml(text: string): YamlNode | undefined {
  if (ODD_CHARACTER.test(text)) return undefined;
  try {
    return new OrdinaryReader(text).read();
  } catch (error) {
    if (error instanceof Odd) return undefined;
    throw error;
  }
}

class OrdinaryReader {
  readonly #text: string;
  readonly #frames: Frame[] = [];
  #root: YamlNode | undefined;
  #slot: Slot | null = null;
  /** The start of the line that comes next. */
  #next = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): YamlNode {
    while (this.#next < this.#text.length) {
      const start = this.#next;
      const end = this.#endOfLine(start);
      this.#next = end + 1;
      const at = this.#skipSpaces(start);
      if (at >= end || this.#text[at] === '#') continue;
      this.#line(start, at, end);
    }
    return this.#root ?? null;
  }

  #line(start: number, at: number, end: number): void {
    const indent = at - start;
    const isItem = this.#isItem(at, end);
    while (this.#frames.length > 0) {
      const top = this.#top();
      const isOver = top.indent > indent || (top.indent === indent && !isItem && top.node.kind === 'list');
      if (!isOver) break;
      this.#frames.pop();
      this.#slot = null;
    }
    if (isItem) this.#item(start, at, end, indent);
    else this.#entry(start, at, end, this.#mapAt(indent));
  }

  #item(start: number, at: number, end: number, indent: number): void {
    const { frame, list } = this.#listAt(indent);
    const place = list.items.push(null) - 1;
    const fill = (node: YamlNode): void => {
      list.items[place] = node;
    };
    const inner = this.#skipSpaces(at + 1);
    if (inner >= end || this.#text[inner] === '#') {
      this.#slot = { frame, fill };
      return;
    }
    if (this.#isItem(inner, end)) throw new Odd();
    KEY.lastIndex = inner;
    if (!KEY.test(this.#text)) {
      this.#slot = null;
      fill(this.#value(inner, end, indent));
      return;
    }
    const map: YamlMap = { kind: 'map', entries: [] };
    fill(map);
    const held: Frame = { indent: inner - start, node: map };
    this.#frames.push(held);
    this.#entry(start, inner, end, { frame: held, map });
  }

  #entry(start: number, at: number, end: number, { frame, map }: { frame: Frame; map: YamlMap }): void {
    KEY.lastIndex = at;
    const match = KEY.exec(this.#text);
    if (match === null || at - start !== frame.indent) throw new Odd();
    const place = map.entries.push({ key: unquoted(match[1] ?? ''), value: null }) - 1;
    const fill = (value: YamlNode): void => {
      map.entries[place] = { key: map.entries[place]?.key ?? '', value };
    };
    const value = this.#skipSpaces(KEY.lastIndex);
    if (value >= end || this.#text[value] === '#') this.#slot = { frame, fill };
    else {
      this.#slot = null;
      fill(this.#value(value, end, frame.indent));
    }
  }

  /** The map that a key at an indentation belongs to. */
  #mapAt(indent: number): { frame: Frame; map: YamlMap } {
    const top = this.#frames.at(-1);
    if (top?.indent === indent && top.node.kind === 'map') return { frame: top, map: top.node };
    const map: YamlMap = { kind: 'map', entries: [] };
    return { frame: this.#nest(indent, map, false), map };
  }

  #listAt(indent: number): { frame: Frame; list: YamlList } {
    const top = this.#frames.at(-1);
    if (top?.indent === indent && top.node.kind === 'list') return { frame: top, list: top.node };
    const list: YamlList = { kind: 'list', items: [] };
    // A list may stand as far left as the key that holds it.
    return { frame: this.#nest(indent, list, top?.node.kind === 'map'), list };
  }

  #nest(indent: number, node: YamlMap | YamlList, mayBeLevel: boolean): Frame {
    const frame = { indent, node };
    if (this.#frames.length === 0) {
      if (this.#root !== undefined) throw new Odd();
      this.#root = node;
    } else {
      const top = this.#top();
      const isBelow = top.indent < indent || (mayBeLevel && top.indent === indent);
      if (this.#slot?.frame !== top || !isBelow) throw new Odd();
      this.#slot.fill(node);
    }
    this.#slot = null;
    this.#frames.push(frame);
    return frame;
  }

  #value(at: number, end: number, indent: number): YamlNode {
    const first = this.#text[at] ?? '';
    if (first === '|' || first === '>') return this.#block(at, end, indent);
    if (first === '"' || first === "'" || first === '[' || first === '{') {
      const read = this.#flow(at, 0);
      NOTHING_MORE.lastIndex = read.end;
      if (!NOTHING_MORE.test(this.#text)) throw new Odd();
      return read.node;
    }
    return this.#plain(at, end);
  }

  #plain(at: number, end: number): YamlScalar {
    const line = this.#text.slice(at, end);
    const comment = line.indexOf(' #');
    const value = withoutSpaces(comment === -1 ? line : line.slice(0, comment));
    const isOdd = /^[,[\]{}#&*!|>'"%@`]|^[?:-](?:[ ]|$)|:(?:[ ]|$)|\t/.test(value) || value === '';
    if (isOdd || line.includes('\t')) throw new Odd();
    return literal(value, at);
  }

  /** What is written in quotes or braces, on this line. */
  #flow(at: number, depth: number): { readonly node: YamlNode; readonly end: number } {
    if (depth > DEEPEST_FLOW) throw new Odd();
    const first = this.#text[at];
    if (first === '"') return this.#quoted(DOUBLE_QUOTED, at, (source) => this.#unescaped(source));
    if (first === "'") return this.#quoted(SINGLE_QUOTED, at, (source) => source.slice(1, -1).replaceAll("''", "'"));
    if (first === '[') return this.#flowList(at, depth);
    if (first === '{') return this.#flowMap(at, depth);
    FLOW_PLAIN.lastIndex = at;
    const value = withoutSpaces(FLOW_PLAIN.exec(this.#text)?.[0] ?? '');
    if (value === '' || value.includes('\t')) throw new Odd();
    return { node: literal(value, at), end: at + value.length };
  }

  #quoted(pattern: RegExp, at: number, read: (source: string) => string) {
    pattern.lastIndex = at;
    const source = pattern.exec(this.#text)?.[0];
    if (source === undefined) throw new Odd();
    const value = read(source);
    const end = at + source.length;
    const node = value === source.slice(1, -1) ? literal(value, at + 1) : written(value, at, end);
    return { node, end };
  }

  #unescaped(source: string): string {
    if (!source.includes('\\')) return source.slice(1, -1);
    // Escapes that JSON has too mean the same in it.
    try {
      return String(JSON.parse(source.replaceAll('\t', '\\t')));
    } catch {
      throw new Odd();
    }
  }

  #flowList(at: number, depth: number) {
    const list: YamlList = { kind: 'list', items: [] };
    let next = this.#skipSpaces(at + 1);
    while (this.#text[next] !== ']') {
      const { node, end } = this.#flow(next, depth + 1);
      list.items.push(node);
      next = this.#behindComma(end, ']');
    }
    return { node: list, end: next + 1 };
  }

  #flowMap(at: number, depth: number) {
    const map: YamlMap = { kind: 'map', entries: [] };
    let next = this.#skipSpaces(at + 1);
    while (this.#text[next] !== '}') {
      FLOW_KEY.lastIndex = next;
      const match = FLOW_KEY.exec(this.#text);
      if (match === null) throw new Odd();
      const { node, end } = this.#flow(this.#skipSpaces(FLOW_KEY.lastIndex), depth + 1);
      map.entries.push({ key: match[1] ?? unquoted(match[2] ?? ''), value: node });
      next = this.#behindComma(end, '}');
    }
    return { node: map, end: next + 1 };
  }

  #behindComma(at: number, closing: string): number {
    const next = this.#skipSpaces(at);
    if (this.#text[next] === closing) return next;
    if (this.#text[next] !== ',') throw new Odd();
    return this.#skipSpaces(next + 1);
  }

  /** Lines behind `|` or `>`, as far as they are indented further than what holds them. */
  #block(at: number, end: number, indent: number): YamlScalar {
    const header = BLOCK_HEADER.exec(this.#text.slice(at, end));
    if (header === null || header.index !== 0) throw new Odd();
    const [, style = '', chomping = ''] = header;
    const from = this.#next;
    const lines: string[] = [];
    let wide = -1;
    let blank = 0;
    let last = end;
    while (this.#next < this.#text.length) {
      const lineEnd = this.#endOfLine(this.#next);
      const first = this.#skipSpaces(this.#next);
      const width = first - this.#next;
      if (first >= lineEnd) {
        // White space further out than the text belongs to it.
        if (wide === -1 && width > 0) blank = Math.max(blank, width);
        lines.push(wide === -1 ? '' : this.#text.slice(Math.min(this.#next + wide, lineEnd), lineEnd));
      } else {
        if (width <= indent) break;
        if (wide === -1) wide = width;
        if (width < wide || blank > wide) throw new Odd();
        lines.push(this.#text.slice(this.#next + wide, lineEnd));
        last = lineEnd;
      }
      this.#next = lineEnd + 1;
    }
    const value = blockValue(lines, style === '>', chomping, this.#next <= this.#text.length);
    const block = style === '|' ? { from, indent: Math.max(wide, 0) } : null;
    return { kind: 'scalar', value, start: at, end: last, literal: false, block };
  }

  #isItem(at: number, end: number): boolean {
    return this.#text[at] === '-' && (at + 1 >= end || this.#text[at + 1] === ' ');
  }

  #top(): Frame {
    const top = this.#frames.at(-1);
    if (top === undefined) throw new Odd();
    return top;
  }

  #endOfLine(at: number): number {
    const end = this.#text.indexOf('\n', at);
    return end === -1 ? this.#text.length : end;
  }

  #skipSpaces(at: number): number {
    let next = at;
    while (this.#text.charCodeAt(next) === 0x20) next += 1;
    return next;
  }
}

function blockValue(lines: readonly string[], folded: boolean, chomping: string, endsWithBreak: boolean): string {
  const last = lines.findLastIndex((line) => line !== '');
  const text = lines.slice(0, last + 1);
  if (folded && text.some((line) => line === '' || line.startsWith(' ') || line.startsWith('\t'))) throw new Odd();
  const joined = text.join(folded ? ' ' : '\n');
  if (chomping === '-' || joined === '') return joined;
  if (chomping === '+') return `${joined}${'\n'.repeat(lines.length - last)}`;
  return endsWithBreak ? `${joined}\n` : joined;
}

/** Without those at the end; no other white space is any to YAML. */
function withoutSpaces(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === 0x20) end -= 1;
  return text.slice(0, end);
}

function literal(value: string, start: number): YamlScalar {
  return { kind: 'scalar', value, start, end: start + value.length, literal: true, block: null };
}

function written(value: string, start: number, end: number): YamlScalar {
  return { kind: 'scalar', value, start, end, literal: false, block: null };
}

function unquoted(key: string): string {
  return /^["']/.test(key) ? key.slice(1, -1) : key;
}
