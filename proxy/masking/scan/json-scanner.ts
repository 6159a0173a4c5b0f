import { NotMaskable } from './not-maskable.ts';

/**
 * What is found in a JSON text. Positions count bytes from the start of the stream; those of keys and strings are
 * between the quotes.
 */
export interface JsonEvents {
  /**
   * Asked right after `openObject` and `openArray`. True: nothing inside the container that was opened last is of
   * interest, and the next event is its `close`. What is inside is checked all the same.
   */
  readonly skips?: boolean;
  openObject(at: number): void;
  openArray(at: number): void;
  /** The object or array that was opened last ends; `end` is behind its bracket. */
  close(end: number): void;
  key(start: number, end: number, escaped: boolean): void;
  string(start: number, end: number, escaped: boolean): void;
  /** A number, `true`, `false` or `null`. */
  scalar(start: number, end: number): void;
}

/** Reads JSON (RFC 8259) as it arrives, in pieces cut anywhere, and reports what it finds. */
export interface Scanner {
  /** Documents that have begun. */
  readonly roots: number;
  /** No document is open. */
  readonly betweenRoots: boolean;
  /** Where the unfinished string, number or word began; null when none is open. */
  readonly openTokenStart: number | null;
  /**
   * Reads `bytes[from, to)`. `bytes` must reach back to {@link openTokenStart}.
   * @param base position in the stream of `bytes[0]`.
   * @throws {NotMaskable}
   */
  scan(bytes: Buffer, base: number, from: number, to: number): void;
  /**
   * The stream has ended.
   * @throws {NotMaskable} when a document is not whole.
   */
  end(bytes: Buffer, base: number, at: number): void;
}

export interface ScannerOptions {
  /** Several documents after one another, as in a watch. */
  readonly manyRoots: boolean;
}

// States; plain numbers, because they are compared for each byte.
const VALUE = 0;
const VALUE_OR_CLOSE = 1;
const KEY_OR_CLOSE = 2;
const KEY = 3;
const COLON = 4;
const COMMA_OR_CLOSE = 5;
const BETWEEN_ROOTS = 6;
const IN_STRING = 7;
const IN_ESCAPE = 8;
const IN_UNICODE = 9;
const IN_SCALAR = 10;

const ARRAY = 0;
const OBJECT = 1;

/** Far above what Kubernetes objects reach; a stack of unknown depth is memory that a peer decides about. */
const MAX_DEPTH = 512;

const SCALAR = /^(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)$/;
const NEVER_SCALAR = 'a number, true, false or null';

/**
 * The scanner in JavaScript: reads byte by byte. Strict: what it accepts, every other parser reads the same way. It
 * builds no values, so that its cost is one pass and its memory is its stack.
 */
export class JsonScanner implements Scanner {
  readonly #events: JsonEvents;
  readonly #manyRoots: boolean;
  readonly #stack: number[] = [];
  #depth = 0;
  #state = BETWEEN_ROOTS;
  #roots = 0;
  #tokenStart = 0;
  #escaped = false;
  #stringIsKey = false;
  #hexDigits = 0;
  /** Levels inside a container that nobody is interested in. */
  #skipped = 0;

  constructor(events: JsonEvents, options: ScannerOptions) {
    this.#events = events;
    this.#manyRoots = options.manyRoots;
  }

  get roots(): number {
    return this.#roots;
  }

  get betweenRoots(): boolean {
    return this.#state === BETWEEN_ROOTS;
  }

  get openTokenStart(): number | null {
    return this.#state >= IN_STRING ? this.#tokenStart : null;
  }

  scan(bytes: Buffer, base: number, from: number, to: number): void {
    let index = from;
    while (index < to) {
      if (this.#state === IN_STRING) {
        let byte = 0;
        // The hot loop: most bytes of a Kubernetes answer are inside strings.
        while (index < to) {
          byte = bytes[index] as number;
          if (byte === 0x22 || byte === 0x5c || byte < 0x20) break;
          index += 1;
        }
        if (index === to) return;
        if (byte === 0x22) this.#endString(base + index);
        else if (byte === 0x5c) {
          this.#escaped = true;
          this.#state = IN_ESCAPE;
        } else throw this.#fail(base + index, 'a control character inside a string');
        index += 1;
        continue;
      }
      const byte = bytes[index] as number;
      if (this.#state === IN_SCALAR) {
        if (isScalarByte(byte)) {
          index += 1;
          continue;
        }
        this.#endScalar(bytes, base, base + index);
      }
      if (this.#state === IN_ESCAPE) this.#escape(byte, base + index);
      else if (this.#state === IN_UNICODE) this.#unicode(byte, base + index);
      else if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) this.#structure(byte, base + index);
      index += 1;
    }
  }

  end(bytes: Buffer, base: number, at: number): void {
    if (this.#state === IN_SCALAR && this.#depth === 0) this.#endScalar(bytes, base, at);
    if (this.#state !== BETWEEN_ROOTS) throw this.#fail(at, 'the end of the answer in the middle of a document');
  }

  #structure(byte: number, at: number): void {
    const state = this.#state;
    switch (byte) {
      case 0x22: // "
        if (state === KEY || state === KEY_OR_CLOSE) this.#stringIsKey = true;
        else {
          this.#beginValue(at, '"');
          this.#stringIsKey = false;
        }
        this.#tokenStart = at + 1;
        this.#escaped = false;
        this.#state = IN_STRING;
        return;
      case 0x3a: // :
        if (state !== COLON) throw this.#fail(at, 'a colon');
        this.#state = VALUE;
        return;
      case 0x2c: // ,
        if (state !== COMMA_OR_CLOSE) throw this.#fail(at, 'a comma');
        this.#state = this.#stack[this.#depth - 1] === OBJECT ? KEY : VALUE;
        return;
      case 0x7b: // {
        this.#beginValue(at, '{');
        this.#open(OBJECT, KEY_OR_CLOSE, at);
        return;
      case 0x5b: // [
        this.#beginValue(at, '[');
        this.#open(ARRAY, VALUE_OR_CLOSE, at);
        return;
      case 0x7d: // }
        this.#close(OBJECT, state === KEY_OR_CLOSE || state === COMMA_OR_CLOSE, at);
        return;
      case 0x5d: // ]
        this.#close(ARRAY, state === VALUE_OR_CLOSE || state === COMMA_OR_CLOSE, at);
        return;
      default:
        this.#beginValue(at, NEVER_SCALAR);
        if (!isScalarByte(byte)) throw this.#fail(at, 'a character that starts nothing');
        this.#tokenStart = at;
        this.#state = IN_SCALAR;
    }
  }

  #beginValue(at: number, what: string): void {
    if (this.#state === VALUE || this.#state === VALUE_OR_CLOSE) return;
    if (this.#state !== BETWEEN_ROOTS) throw this.#fail(at, what);
    if (this.#roots > 0 && !this.#manyRoots) throw this.#fail(at, 'something after the document');
    this.#roots += 1;
  }

  #open(container: number, next: number, at: number): void {
    if (this.#depth === MAX_DEPTH) throw this.#fail(at, `more than ${MAX_DEPTH} levels`);
    this.#stack[this.#depth] = container;
    this.#depth += 1;
    this.#state = next;
    if (this.#skipped > 0) {
      this.#skipped += 1;
      return;
    }
    if (container === OBJECT) this.#events.openObject(at);
    else this.#events.openArray(at);
    if (this.#events.skips === true) this.#skipped = 1;
  }

  #close(container: number, mayEndHere: boolean, at: number): void {
    if (!mayEndHere || this.#depth === 0 || this.#stack[this.#depth - 1] !== container) {
      throw this.#fail(at, 'a closing bracket');
    }
    this.#depth -= 1;
    this.#endValue();
    if (this.#skipped > 0) this.#skipped -= 1;
    if (this.#skipped === 0) this.#events.close(at + 1);
  }

  #endValue(): void {
    this.#state = this.#depth === 0 ? BETWEEN_ROOTS : COMMA_OR_CLOSE;
  }

  #endString(end: number): void {
    if (this.#stringIsKey) {
      this.#state = COLON;
      if (this.#skipped === 0) this.#events.key(this.#tokenStart, end, this.#escaped);
    } else {
      this.#endValue();
      if (this.#skipped === 0) this.#events.string(this.#tokenStart, end, this.#escaped);
    }
  }

  #endScalar(bytes: Buffer, base: number, end: number): void {
    const text = bytes.toString('latin1', this.#tokenStart - base, end - base);
    if (!SCALAR.test(text)) throw this.#fail(this.#tokenStart, `something that is not ${NEVER_SCALAR}`);
    this.#endValue();
    if (this.#skipped === 0) this.#events.scalar(this.#tokenStart, end);
  }

  #escape(byte: number, at: number): void {
    if (byte === 0x75) {
      this.#hexDigits = 0;
      this.#state = IN_UNICODE;
    } else if ('"\\/bfnrt'.includes(String.fromCharCode(byte))) this.#state = IN_STRING;
    else throw this.#fail(at, 'an unknown escape');
  }

  #unicode(byte: number, at: number): void {
    const isHex = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
    if (!isHex) throw this.#fail(at, 'an unknown escape');
    this.#hexDigits += 1;
    if (this.#hexDigits === 4) this.#state = IN_STRING;
  }

  #fail(at: number, what: string): NotMaskable {
    return new NotMaskable(`the answer is not well-formed JSON: ${what} at byte ${at}`);
  }
}

/** Letters of the three words, digits, signs and the dot; whether they stand right is asked at the token's end. */
function isScalarByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x2b ||
    byte === 0x45
  );
}
