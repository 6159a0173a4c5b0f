import {
  Composer,
  type CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  Parser,
  type Scalar,
} from 'yaml';
import { Refusal } from '../refusal.ts';
import { JsonNumber, type JsonValue, MAX_DEPTH } from './json-value.ts';
import { decodeUtf8 } from './strict-json.ts';
import { plainScalar } from './yaml-scalar.ts';

/** The document and the scalar that is being read stand on the parser's stack too. */
const OUTER_TOKENS = 2;

/** Bytes: YAML is read some hundred times slower than JSON, and everybody waits meanwhile. */
const YAML_LIMIT = 1024 * 1024;

const TOO_DEEP = `it is nested more than ${MAX_DEPTH} levels deep`;

/**
 * Reads a YAML body that means the same to every YAML reader. The API server reads YAML 1.1 (`name: y` becomes a
 * boolean) and of several documents only the first, so refused are: more than one document, directives, anchors, aliases
 * and merge keys, tags, repeated keys, keys that are not strings, and plain words and numbers that YAML 1.1 and 1.2 read
 * differently.
 * @throws {Refusal} `body-not-readable`, with line and column, or `body-too-large`.
 */
export function readStrictYaml(bytes: Uint8Array): JsonValue {
  if (bytes.length > YAML_LIMIT) {
    throw new Refusal('body-too-large', 'a YAML body is read up to 1 MiB; send it as JSON');
  }
  const text = decodeUtf8(bytes);
  const lines = new LineCounter();
  const reader = new YamlReader(lines);
  // The failsafe schema leaves every scalar a string: what plain ones mean is decided in yaml-scalar.ts alone. Repeated
  // keys are found by the reader, because the composer compares each key with every other.
  const composer = new Composer({ version: '1.2', schema: 'failsafe', uniqueKeys: false, merge: false });
  const documents = composer.compose(tokensOf(text, lines, reader));
  const document = documents.next().value;
  if (document === undefined) return null;
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem) throw reader.refused(problem.message, problem.pos[0]);
  if (/^%/m.test(text) && document.directives.docStart)
    throw reader.refused('directives (%YAML, %TAG) are not read', 0);
  const second = documents.next().value;
  if (second) {
    throw reader.refused(
      'it holds several documents, of which the API server would use the first only',
      second.range[0],
    );
  }
  return document.contents === null ? null : reader.value(document.contents, 0);
}

/**
 * The parser's tokens, which it makes without recursion; the composer behind it recurses, and one deep body would end
 * the whole process. So depth is watched here, before anything is composed.
 */
function* tokensOf(text: string, lines: LineCounter, reader: YamlReader): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      // One mistake is enough; collecting a million of them takes minutes.
      if (token.type === 'error') throw reader.refused(token.message, token.offset);
      yield token;
    }
    if (parser.stack.length > MAX_DEPTH + OUTER_TOKENS) throw reader.refused(TOO_DEEP, parser.offset);
  }
  yield* parser.end();
}

class YamlReader {
  readonly #lines: LineCounter;

  constructor(lines: LineCounter) {
    this.#lines = lines;
  }

  value(node: Node | null | undefined, depth: number): JsonValue {
    if (node === null || node === undefined) return null;
    const at = node.range?.[0] ?? 0;
    if (depth > MAX_DEPTH) throw this.refused(TOO_DEEP, at);
    if (isAlias(node)) throw this.refused('aliases (*name) are not read; write the value out', at);
    if ('anchor' in node && node.anchor) throw this.refused('anchors (&name) are not read; write the value out', at);
    if (node.tag !== undefined) throw this.refused(`the tag ${node.tag} is not read; leave it out`, at);
    if (isSeq<Node>(node)) return node.items.map((item) => this.value(item, depth + 1));
    if (isMap<Node, Node>(node)) {
      const object = new Map<string, JsonValue>();
      for (const { key, value } of node.items) {
        const name = this.#key(key, at);
        if (object.has(name))
          throw this.refused(`the key ${JSON.stringify(name)} is given twice`, key.range?.[0] ?? at);
        object.set(name, this.value(value, depth + 1));
      }
      return object;
    }
    if (isScalar(node)) return this.#scalar(node, at);
    throw this.refused('this is not a YAML value that JSON has', at);
  }

  #key(key: Node | null, at: number): string {
    const value = this.value(key, 0);
    if (typeof value === 'string') return value;
    throw this.refused('a key that is not a string; put it in quotes', key?.range?.[0] ?? at);
  }

  #scalar(node: Scalar, at: number): JsonValue {
    if (node.type !== 'PLAIN') return String(node.value);
    const plain = plainScalar(node.source ?? String(node.value));
    switch (plain.kind) {
      case 'null':
        return null;
      case 'boolean':
        return plain.value;
      case 'number':
        return new JsonNumber(plain.text);
      case 'string':
        return plain.text;
      case 'ambiguous':
        throw this.refused(`"${plain.text}" ${plain.why}`, at);
    }
  }

  refused(why: string, offset: number): Refusal {
    const { line, col } = this.#lines.linePos(offset);
    const words = why.split('\n', 1)[0] ?? '';
    return new Refusal('body-not-readable', `the YAML body cannot be read: ${words} (line ${line}, column ${col})`);
  }
}
