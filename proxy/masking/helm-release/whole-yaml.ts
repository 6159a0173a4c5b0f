import { Composer, type CST, isAlias, isMap, isScalar, Lexer, type Node, Parser, type Scalar } from 'yaml';
import type { YamlMap, YamlNode, YamlScalar } from './yaml-tree.ts';

/** Characters: no object that a cluster takes is longer (etcd: 1.5 MiB), and YAML is read on the thread that serves. */
const LONGEST = 1.5 * 1024 * 1024;
/** Levels, of which the composer recurses into each. */
const DEEPEST = 500;

/**
 * What YAML 1.1, which Go reads, ends a line at and this reader does not, and what no document may hold: a comment that
 * goes on in one of the two may be a key in the other.
 */
const ODD_LINE_END = /[\u0085\u2028\u2029\ufeff]|\r(?!\n)/;

/** As a string the tag says nothing; any other may make another text of what is written. */
const STRING_TAG = 'tag:yaml.org,2002:str';

/**
 * A document as the package reads it; null where it cannot be read, or not within bounds. The first mistake is enough.
 */
export function composeYaml(text: string): Node | null | undefined {
  if (text.length > LONGEST || ODD_LINE_END.test(text.replace(/^\ufeff/, ''))) return undefined;
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      if (token.type === 'error' || token.type === 'directive') return undefined;
      tokens.push(token);
    }
    if (parser.stack.length > DEEPEST) return undefined;
  }
  for (const token of parser.end()) tokens.push(token);
  const composer = new Composer({ version: '1.1', uniqueKeys: false, logLevel: 'silent' });
  const documents = [...composer.compose(tokens, true, text.length)];
  const [document] = documents;
  if (document === undefined || documents.length > 1 || document.errors.length > 0) return undefined;
  return document.contents as Node | null;
}

class Unclear extends Error {}

/**
 * Reads any YAML, with aliases in the place of which stand the nodes that they name.
 * @returns undefined where it cannot be read, or may mean something else to Go's reader.
 */
export function readWholeYaml(text: string): YamlNode | undefined {
  const root = composeYaml(text);
  if (root === undefined) return undefined;
  try {
    return new TreeBuilder(text).node(root);
  } catch (error) {
    if (error instanceof Unclear) return undefined;
    throw error;
  }
}

class TreeBuilder {
  readonly #text: string;
  /** Null while the node is being built: one that holds itself is none that Go reads. */
  readonly #anchors = new Map<string, YamlNode | 'open'>();

  constructor(text: string) {
    this.#text = text;
  }

  node(node: Node | null): YamlNode {
    if (node === null) return null;
    if (isAlias(node)) {
      const named = this.#anchors.get(node.source);
      if (named === undefined || named === 'open') throw new Unclear();
      return named;
    }
    if (node.tag !== undefined && node.tag !== STRING_TAG) throw new Unclear();
    const { anchor } = node as { readonly anchor?: string };
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const built = this.#built(node);
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    return built;
  }

  #built(node: Node): YamlNode {
    if (isScalar(node)) return this.#scalar(node);
    if (!isMap<Node, Node | null>(node)) {
      const items = (node as unknown as { readonly items: ReadonlyArray<Node | null> }).items;
      return { kind: 'list', items: items.map((item) => this.node(item)) };
    }
    const map: YamlMap = { kind: 'map', entries: [] };
    for (const { key, value } of node.items) {
      const name = this.node(key);
      if (name !== null && name.kind !== 'scalar') throw new Unclear();
      map.entries.push({ key: name?.value ?? '', value: this.node(value) });
    }
    return map;
  }

  #scalar(node: Scalar): YamlScalar {
    const [from = 0, to = 0] = node.range ?? [];
    const text = this.#text;
    const isQuoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE';
    // Numbers and the like as they are written.
    const value = typeof node.value === 'string' ? node.value : (node.source ?? '');
    const inner = isQuoted ? text.slice(from + 1, to - 1) : text.slice(from, to);
    const edge = isQuoted ? 1 : 0;
    if (inner === value) {
      return { kind: 'scalar', value, start: from + edge, end: to - edge, literal: true, block: null };
    }
    // A block's range ends behind its last line break.
    const end = from + text.slice(from, to).replace(/\n+$/, '').length;
    return { kind: 'scalar', value, start: from, end, literal: false, block: null };
  }
}
