import {
  type Alias,
  Composer,
  type CST,
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  Scalar,
  visit,
} from 'yaml';
import { yamlProblemInWords } from './not-a-kubeconfig.ts';
import { plainScalar, ScalarTagError, taggedScalar } from './plain-scalar.ts';

/** A value of a YAML document and where it stands. Keys are text, as JSON has them. */
export interface Located {
  /** Counted from one. */
  readonly line: number;
  readonly value: null | boolean | number | string | readonly Located[] | ReadonlyMap<string, Located> | Fault;
}

/** Something that kubectl's reader stops at: it refuses the whole file for it. */
export class Fault {
  /** What is wrong, to follow the name of what it is wrong with. */
  readonly reason: string;
  /** True for what go-yaml takes and JSON does not have: it does no harm where it gives way to another value. */
  readonly onlyToJson: boolean;

  constructor(reason: string, onlyToJson = false) {
    this.reason = reason;
    this.onlyToJson = onlyToJson;
  }
}

const ENDLESS = new Fault('is a number without end', true);

/** Text that is not YAML at all. Quotes nothing of it. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** Deeper than any kubeconfig, and far from what the composer's recursion takes. */
const DEEPEST = 200;
/** go-yaml's guard against a text whose aliases multiply (`decode.go`), with its limits. */
const ALIAS_GUARD = { aliased: 100, values: 1_000, ratio: 0.99 } as const;
const MOST_VALUES = 400_000;

/**
 * The first document of a YAML text, as go-yaml v2 reads it into values that JSON has (sigs.k8s.io/yaml): YAML 1.1, merge
 * keys, the last of two equal keys, further documents unread.
 * @throws {YamlError}
 */
export function readKubeconfigYaml(text: string): Located {
  const lines = new LineCounter();
  // The failsafe schema leaves every scalar a string: plain-scalar.ts alone says what they mean.
  const composer = new Composer({ version: '1.1', schema: 'failsafe', uniqueKeys: false, resolveKnownTags: false });
  const document = composer.compose(tokensOf(text, lines), true, text.length).next().value;
  if (document === undefined) return { line: 1, value: null };
  const lineAt = (offset: number): number => Math.max(lines.linePos(offset).line, 1);
  const [problem] = document.errors;
  if (problem !== undefined)
    throw new YamlError(lineAt(problem.pos[0]), `not valid YAML: ${yamlProblemInWords(problem.code)}`);
  const { explicit, version } = document.directives.yaml;
  if (explicit && version !== '1.1') throw new YamlError(1, `in YAML ${version}, and kubectl reads 1.1 only`);
  return new Reader(text, lineAt, anchoredNodes(document)).read(document.contents);
}

/** What each alias stands for: an anchor counts from where it is, and a second one of its name takes its place. */
function anchoredNodes(document: Document.Parsed): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const anchored = new Map<Alias, Node>();
  visit(document, (_key, node) => {
    if (isAlias(node)) {
      const named = anchors.get(node.source);
      if (named !== undefined) anchored.set(node, named);
    } else if (isNode(node) && 'anchor' in node && node.anchor) {
      anchors.set(node.anchor, node);
    }
  });
  return anchored;
}

/** The parser makes its tokens without recursion, the composer recurses: depth is watched between them. */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST) {
      throw new YamlError(lines.linePos(parser.offset).line, `nested more than ${DEEPEST} levels deep`);
    }
  }
  yield* parser.end();
}

type Mapping = Map<string, Located>;

class Reader {
  readonly #text: string;
  readonly #lineAt: (offset: number) => number;
  readonly #anchored: ReadonlyMap<Alias, Node>;
  readonly #open = new Set<Node>();
  #values = 0;
  #aliased = 0;
  /** While what an alias stands for is read, the line of that alias: there is the entry that has it. */
  #aliasLine: number | null = null;

  constructor(text: string, lineAt: (offset: number) => number, anchored: ReadonlyMap<Alias, Node>) {
    this.#text = text;
    this.#lineAt = lineAt;
    this.#anchored = anchored;
  }

  read(node: Node | null): Located {
    this.#count(node);
    const line = this.#line(node);
    if (node === null) return { line, value: null };
    if (isAlias(node)) return this.#alias(node, line);
    if (isScalar(node)) return { line, value: this.#scalar(node) };
    return this.#within(node, line, () => {
      if (isSeq<Node | null>(node)) return node.items.map((item) => this.read(item));
      const mapping: Mapping = new Map();
      const fault = this.#mapping(node, mapping);
      return fault ?? mapping;
    });
  }

  /** A value that holds itself has no end. */
  #within(node: Node, line: number, read: () => Located['value']): Located {
    if (this.#open.has(node)) return { line, value: new Fault('holds itself by an alias') };
    this.#open.add(node);
    const value = read();
    this.#open.delete(node);
    return { line, value };
  }

  #alias(alias: Alias, line: number): Located {
    const node = this.#anchored.get(alias);
    if (node === undefined) return { line, value: new Fault('is an alias of an anchor that is not there') };
    const outer = this.#aliasLine;
    this.#aliasLine = line;
    const { value } = this.read(node);
    this.#aliasLine = outer;
    return { line, value };
  }

  #mapping(node: Node, into: Mapping): Fault | null {
    if (!isMap<Node | null, Node | null>(node)) return new Fault('is not a value that JSON has');
    for (const { key, value } of node.items) {
      if (isMergeKey(key)) {
        const fault = this.#merge(value, into);
        if (fault !== null) return fault;
        continue;
      }
      const name = keyText(this.read(key).value);
      if (name instanceof Fault) return name;
      const fault = put(into, name, this.read(value));
      if (fault !== null) return fault;
    }
    return null;
  }

  /** Merged fields take the place of earlier ones and give way to later ones: go-yaml v2 sets them where they stand. */
  #merge(node: Node | null, into: Mapping): Fault | null {
    const wanted = new Fault('merges ("<<") something that is not a map');
    if (node === null) return wanted;
    if (isSeq<Node | null>(node)) {
      // The first of a list wins.
      for (const item of [...node.items].reverse()) {
        if (item === null || isSeq(item)) return wanted;
        const fault = this.#merge(item, into);
        if (fault !== null) return fault;
      }
      return null;
    }
    const { value } = this.read(node);
    if (value instanceof Fault) return value;
    if (!(value instanceof Map)) return wanted;
    for (const [name, merged] of value as Mapping) {
      const fault = put(into, name, merged);
      if (fault !== null) return fault;
    }
    return null;
  }

  #scalar(node: Scalar): Located['value'] {
    const text = String(node.value ?? '');
    const [start = 0, end = 0] = node.range ?? [];
    if (node.type === Scalar.QUOTE_DOUBLE && JSON_ESCAPE.test(this.#text.slice(start, end))) {
      return new Fault('has an escape of JSON that YAML 1.1 has not (\\/, or a character as two \\u)');
    }
    try {
      if (node.tag !== undefined && node.tag !== '!') return taggedScalar(node.tag, text);
    } catch (error) {
      if (error instanceof ScalarTagError) return new Fault(error.message);
      throw error;
    }
    if (node.type !== Scalar.PLAIN || node.tag === '!') return text;
    const value = plainScalar(text);
    return typeof value === 'number' && !Number.isFinite(value) ? ENDLESS : value;
  }

  #count(node: Node | null): void {
    this.#values += 1;
    if (this.#aliasLine !== null) this.#aliased += 1;
    const { aliased, values, ratio } = ALIAS_GUARD;
    const multiplies = this.#aliased > aliased && this.#values > values && this.#aliased / this.#values > ratio;
    if (multiplies || this.#values > MOST_VALUES) throw new YamlError(this.#line(node), 'too much by its aliases');
  }

  #line(node: Node | null): number {
    return this.#aliasLine ?? this.#lineAt(node?.range?.[0] ?? 0);
  }
}

/** Sets a field. A fault in what gives way to it stays one: go-yaml reads that too. */
function put(into: Mapping, name: string, located: Located): Fault | null {
  const before = into.get(name);
  const fault = before === undefined ? null : faultIn(before, [], ({ onlyToJson }) => !onlyToJson);
  if (fault !== null) return new Fault(`has "${name}" twice, and the first ${fault.reason}`);
  into.set(name, located);
  return null;
}

/** `\/`, and halves of a UTF-16 pair: go-yaml takes neither (`scannerc.go`). */
const JSON_ESCAPE = /^(?:[^\\]|\\[\s\S])*?\\(?:\/|u[dD][89a-fA-F])/;

function isMergeKey(key: Node | null): boolean {
  if (!isScalar(key) || key.value !== '<<') return false;
  return key.tag === 'tag:yaml.org,2002:merge' || (key.tag === undefined && key.type === Scalar.PLAIN);
}

/** sigs.k8s.io/yaml makes text of every key that is one value, but for null. */
function keyText(value: Located['value']): string | Fault {
  if (value === null) return new Fault('has a key of null', true);
  if (value instanceof Fault) return value;
  return typeof value === 'object' ? new Fault('has a key that is a list or a map') : String(value);
}

/** The value as plain data; what is faulty in it is undefined. */
export function plainValue({ value }: Located): unknown {
  if (value instanceof Fault) return undefined;
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, held]) => [name, plainValue(held)]));
  if (Array.isArray(value)) return value.map(plainValue);
  return value;
}

/** The first fault in a value, where it stands, and the way to it. */
export function faultIn(
  { line, value }: Located,
  path: readonly (string | number)[] = [],
  counts: (fault: Fault) => boolean = () => true,
): { readonly line: number; readonly path: readonly (string | number)[]; readonly reason: string } | null {
  if (value instanceof Fault) return counts(value) ? { line, path, reason: value.reason } : null;
  const held: Iterable<readonly [string | number, Located]> =
    value instanceof Map ? value : Array.isArray(value) ? value.entries() : [];
  for (const [name, inner] of held) {
    const fault = faultIn(inner, [...path, name], counts);
    if (fault !== null) return fault;
  }
  return null;
}

/** The line of what a path leads to, or of the last thing on it that is there. */
export function lineOf(located: Located, path: readonly PropertyKey[]): number {
  const [step, ...rest] = path;
  const { line, value } = located;
  const inner = value instanceof Map ? value.get(String(step)) : Array.isArray(value) ? value[Number(step)] : undefined;
  return step === undefined || inner === undefined ? line : lineOf(inner, rest);
}
