import { Refusal } from '../refusal.ts';
import { JsonNumber, type JsonValue, MAX_DEPTH } from './json-value.ts';

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 8259 section 7 forbids exactly these in a string
const PLAIN_CHARACTERS = /[^"\\\u0000-\u001f]*/y;
const WHITE_SPACE = /[ \t\n\r]*/y;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/**
 * Reads one JSON value (RFC 8259) and nothing else. Refused beside broken JSON: a repeated key, however spelled (Go
 * merges repeated structs, so `{"spec":{"hostNetwork":true},"spec":{…}}` runs on the host's network while `JSON.parse`
 * sees the second only), a byte order mark, text that is not UTF-8, lone surrogates (the API server stores another
 * character), anything behind the value, and nesting beyond {@link MAX_DEPTH}.
 * @throws {Refusal} `body-not-readable`, with line, column and key.
 */
export function readStrictJson(bytes: Uint8Array): JsonValue {
  return new JsonReader(decodeUtf8(bytes)).document();
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @throws {Refusal} `body-not-readable` for bytes that are not UTF-8 or begin with a byte order mark. */
export function decodeUtf8(bytes: Uint8Array): string {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new Refusal('body-not-readable', 'the body is not valid UTF-8');
  }
  if (text.startsWith('\ufeff')) throw new Refusal('body-not-readable', 'the body begins with a byte order mark');
  return text;
}

class JsonReader {
  readonly #text: string;
  #position = 0;
  /** Keys and indexes down to the value being read, for messages. */
  readonly #path: Array<string | number> = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonValue {
    const value = this.#value();
    this.#skipSpace();
    if (this.#position < this.#text.length) throw this.#refused('something follows the JSON value');
    return value;
  }

  #value(): JsonValue {
    this.#skipSpace();
    const character = this.#text[this.#position];
    switch (character) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      case undefined:
        throw this.#refused('the JSON ends too early');
      default:
        return this.#number();
    }
  }

  #object(): JsonValue {
    this.#enter();
    const object = new Map<string, JsonValue>();
    this.#skipSpace();
    if (this.#text[this.#position] === '}') return this.#leave(object);
    for (;;) {
      this.#skipSpace();
      const at = this.#position;
      if (this.#text[at] !== '"') throw this.#refused('a key in double quotes was expected');
      const key = this.#string();
      if (object.has(key)) throw this.#refused(`the key ${quoted(key)} is given twice`, at);
      this.#skipSpace();
      if (this.#text[this.#position] !== ':') throw this.#refused(`a colon was expected behind the key ${quoted(key)}`);
      this.#position += 1;
      this.#path.push(key);
      object.set(key, this.#value());
      this.#path.pop();
      if (!this.#another('}')) return this.#leave(object);
    }
  }

  #array(): JsonValue {
    this.#enter();
    const array: JsonValue[] = [];
    this.#skipSpace();
    if (this.#text[this.#position] === ']') return this.#leave(array);
    for (;;) {
      this.#path.push(array.length);
      array.push(this.#value());
      this.#path.pop();
      if (!this.#another(']')) return this.#leave(array);
    }
  }

  #enter(): void {
    if (this.#path.length >= MAX_DEPTH) throw this.#refused(`it is nested more than ${MAX_DEPTH} levels deep`);
    this.#position += 1;
  }

  #leave(value: JsonValue): JsonValue {
    this.#position += 1;
    return value;
  }

  /** True when a comma goes on to the next element; false when the closing bracket is there (and not yet taken). */
  #another(close: string): boolean {
    this.#skipSpace();
    const character = this.#text[this.#position];
    if (character === close) return false;
    if (character !== ',') {
      throw this.#refused(character === undefined ? 'the JSON ends too early' : `, or ${close} was expected`);
    }
    this.#position += 1;
    return true;
  }

  #string(): string {
    const start = this.#position;
    this.#position += 1;
    let text = '';
    let escaped = false;
    for (;;) {
      const from = this.#position;
      PLAIN_CHARACTERS.lastIndex = from;
      PLAIN_CHARACTERS.test(this.#text);
      this.#position = PLAIN_CHARACTERS.lastIndex;
      text += this.#text.slice(from, this.#position);
      const character = this.#text[this.#position];
      if (character === '"') break;
      if (character !== '\\') throw this.#refused('a string is not closed or holds a control character');
      escaped = true;
      text += this.#escape();
    }
    this.#position += 1;
    // The text was decoded from UTF-8, so only an escape can have left half of a pair.
    if (escaped && LONE_SURROGATE.test(text)) throw this.#refused('a string holds half of a surrogate pair', start);
    return text;
  }

  #escape(): string {
    const letter = this.#text[this.#position + 1] ?? '';
    if (letter === 'u') {
      const digits = this.#text.slice(this.#position + 2, this.#position + 6);
      if (!/^[0-9A-Fa-f]{4}$/.test(digits)) throw this.#refused('a \\u escape needs four hexadecimal digits');
      this.#position += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const character = ESCAPES[letter];
    if (character === undefined) throw this.#refused('an escape that JSON does not know');
    this.#position += 2;
    return character;
  }

  #word<T extends JsonValue>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#position)) throw this.#refused('this is not a JSON value');
    this.#position += word.length;
    return value;
  }

  #number(): JsonNumber {
    NUMBER.lastIndex = this.#position;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#refused('this is not a JSON value');
    this.#position = NUMBER.lastIndex;
    return new JsonNumber(match[0]);
  }

  #skipSpace(): void {
    const code = this.#text.charCodeAt(this.#position);
    if (code > 0x20) return;
    WHITE_SPACE.lastIndex = this.#position;
    WHITE_SPACE.test(this.#text);
    this.#position = WHITE_SPACE.lastIndex;
  }

  #refused(why: string, at = this.#position): Refusal {
    const before = this.#text.slice(0, at);
    const line = before.split('\n').length;
    const column = at - before.lastIndexOf('\n');
    const field = this.#path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
      .join('')
      .slice(0, 200);
    const where = field === '' ? '' : ` in ${field}`;
    return new Refusal(
      'body-not-readable',
      `the JSON body cannot be read: ${why} (line ${line}, column ${column}${where})`,
    );
  }
}

/** Keys can be long and hold anything. */
function quoted(key: string): string {
  return JSON.stringify(key.length > 100 ? `${key.slice(0, 100)}…` : key);
}
