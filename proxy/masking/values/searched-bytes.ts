/** Bytes of a window: no form of a value that is looked for is shorter. */
const WIDTH = 6;
/** Bytes that are compared at once; a window has three places for them, so every third place of a text is looked at. */
const GRAM = 4;
const STRIDE = WIDTH - GRAM + 1;

/** One table for all, small enough for the processor's nearest cache: what was put into it before has another stamp. */
const STAMPS = new Uint8Array(1 << 15);
const MOST_STAMPS = 255;
let stamp = 0;

/** A label has room for that in hex; what is longer stands in annotations, which are looked into for it. Bytes. */
const LONGEST_IN_HEX = 31;

/** Of searches for windows that the table cannot rule out. Beyond it the bytes may hold anything. Bytes. */
const BUDGET = 1024 * 1024;
/** What each search costs, however little it looks at. Bytes. */
const PER_SEARCH = 256;

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/** A window that is being made. */
const MADE = Buffer.alloc(WIDTH);

/** `[start, end)` of some bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Bytes in which values are looked for, and one question: can any form of a value be in there? Most objects say no to
 * it, and it is asked of each object of a list, so it must cost no more than a look at every third byte, and a few at the
 * beginning of each value. Only the newest of all can be asked.
 */
export class SearchedBytes {
  readonly #bytes: Buffer;
  readonly #ranges: readonly ByteRange[];
  readonly #length: number;
  #budget = BUDGET;

  /** @param ranges where is looked; nothing is found that goes over the end of one. */
  constructor(bytes: Buffer, ranges: readonly ByteRange[]) {
    this.#bytes = bytes;
    this.#ranges = ranges;
    stamp += 1;
    if (stamp > MOST_STAMPS) {
      STAMPS.fill(0);
      stamp = 1;
    }
    const mine = stamp;
    let length = 0;
    for (const { start, end } of ranges) {
      length += end - start;
      // A window that lies inside covers a looked-at place with one of its three grams.
      for (let at = start; at <= end - GRAM; at += STRIDE) STAMPS[slotAt(bytes, at)] = mine;
    }
    this.#length = length;
  }

  /** @param value six bytes or more, or how it begins, up to `length`. */
  mayHold(value: Uint8Array, length = value.length): boolean {
    if (this.#mayHoldPlain(value, length)) return true;
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = value;
    // In base64 it stands at one of three places; the characters that depend on its neighbours are left out.
    return (
      this.#mayHoldSextets(
        a >> 2,
        ((a & 3) << 4) | (b >> 4),
        ((b & 15) << 2) | (c >> 6),
        c & 63,
        d >> 2,
        ((d & 3) << 4) | (e >> 4),
      ) ||
      this.#mayHoldSextets(
        ((a & 15) << 2) | (b >> 6),
        b & 63,
        c >> 2,
        ((c & 3) << 4) | (d >> 4),
        ((d & 15) << 2) | (e >> 6),
        e & 63,
      ) ||
      this.#mayHoldSextets(a & 63, b >> 2, ((b & 3) << 4) | (c >> 4), ((c & 15) << 2) | (d >> 6), d & 63, e >> 2) ||
      (length <= LONGEST_IN_HEX && (this.#mayHoldHex(a, b, c, 0x57) || this.#mayHoldHex(a, b, c, 0x37)))
    );
  }

  /** @param ten what is added to ten for the digit of ten: of small letters or of capitals. */
  #mayHoldHex(a: number, b: number, c: number, ten: number): boolean {
    MADE[0] = hexDigit(a >> 4, ten);
    MADE[1] = hexDigit(a & 15, ten);
    MADE[2] = hexDigit(b >> 4, ten);
    MADE[3] = hexDigit(b & 15, ten);
    MADE[4] = hexDigit(c >> 4, ten);
    MADE[5] = hexDigit(c & 15, ten);
    return this.#holdsMade();
  }

  /** Six characters in a row that no escaping touches; where it has none, how it begins in each escaping. */
  #mayHoldPlain(value: Uint8Array, length: number): boolean {
    const looked = Math.min(length, 64);
    let run = 0;
    for (let at = 0; at < looked; at += 1) {
      const byte = value[at] as number;
      // What is no text does not stand in one.
      if (byte < 0x20 && !isSpace(byte)) return false;
      run = isPlain(byte) ? run + 1 : 0;
      if (run < WIDTH) continue;
      for (let index = 0; index < WIDTH; index += 1) MADE[index] = value[at + 1 - WIDTH + index] as number;
      return this.#holdsMade();
    }
    const text = Buffer.from(value.buffer, value.byteOffset, looked).toString('utf8');
    // The last character may be cut.
    if (/\ufffd[\s\S]{4}/.test(text)) return false;
    const inUrl = encodeURIComponent(text);
    const inForm = inUrl.replaceAll('%20', '+');
    for (const form of new Set([text, JSON.stringify(text).slice(1, -1), goEscaped(text), inUrl, inForm])) {
      MADE.set(Buffer.from(form).subarray(0, WIDTH));
      if (this.#holdsMade()) return true;
    }
    return false;
  }

  #mayHoldSextets(a: number, b: number, c: number, d: number, e: number, f: number): boolean {
    MADE[0] = ALPHABET[a] as number;
    MADE[1] = ALPHABET[b] as number;
    MADE[2] = ALPHABET[c] as number;
    MADE[3] = ALPHABET[d] as number;
    MADE[4] = ALPHABET[e] as number;
    MADE[5] = ALPHABET[f] as number;
    if (this.#holdsMade()) return true;
    if (a < 62 && b < 62 && c < 62 && d < 62 && e < 62 && f < 62) return false;
    // The other alphabet, of URLs.
    for (let at = 0; at < WIDTH; at += 1) {
      if (MADE[at] === 0x2b) MADE[at] = 0x2d;
      else if (MADE[at] === 0x2f) MADE[at] = 0x5f;
    }
    return this.#holdsMade();
  }

  #holdsMade(): boolean {
    const mine = stamp;
    if (STAMPS[slotAt(MADE, 0)] !== mine && STAMPS[slotAt(MADE, 1)] !== mine && STAMPS[slotAt(MADE, 2)] !== mine)
      return false;
    this.#budget -= this.#length + PER_SEARCH * this.#ranges.length;
    if (this.#budget < 0) return true;
    return this.#ranges.some(({ start, end }) => this.#bytes.subarray(start, end).includes(MADE));
  }
}

/** Where the table tells of the four bytes here. */
function slotAt(bytes: Uint8Array, at: number): number {
  const gram =
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number);
  return Math.imul(gram, 0x9e37_79b1) >>> 17;
}

function hexDigit(number: number, ten: number): number {
  return number < 10 ? 0x30 + number : ten + number;
}

/** Letters and digits: written as they are everywhere. */
function isPlain(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x30 && byte <= 0x39);
}

/** Tabs and line breaks, and the escape with which terminals are coloured. */
function isSpace(byte: number): boolean {
  return (byte >= 0x09 && byte <= 0x0d) || byte === 0x1b;
}

function goEscaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
