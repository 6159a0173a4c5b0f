/** Bytes of a window: no form of a value that is looked for is shorter. */
const WIDTH = 6;
/** Bytes that are compared at once; a window has three places for them, so every third place of a text is looked at. */
const GRAM = 4;
const STRIDE = WIDTH - GRAM + 1;

const SLOTS = 1 << 14;
/** One table for all: what was put into it for another object has another stamp. */
const STAMPS = new Uint32Array(SLOTS);
const GRAMS = new Int32Array(SLOTS);
/** Which window a gram is of, and where in it. */
const OWNERS = new Uint32Array(SLOTS);
/** The same by fewer bits: small enough for the processor's nearest cache, and asked first. */
const FILTER = new Uint32Array(1 << 11);
/** The windows themselves, one behind the other. */
const WINDOWS = new Uint8Array(WIDTH * (SLOTS / 4));
let stamp = 0;

const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');

/** A window that is being made. */
const MADE = new Uint8Array(WIDTH);

/**
 * Six bytes of each form of some values, and one question: is any of them in these bytes? Most objects say no to it, and
 * it is asked of each object of a list, so it must cost no more than a look at every third byte. Only the newest of all
 * can be asked.
 */
export class ValueWindows {
  readonly #stamp: number;
  #count = 0;
  /** More values than there is room for: any text may hold one. */
  #isFull = false;

  constructor() {
    stamp += 1;
    this.#stamp = stamp;
  }

  /** @param bytes a value of six bytes or more, or how it begins, up to `length`. */
  add(bytes: Uint8Array, length = bytes.length): void {
    this.#addPlain(bytes, length);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes;
    // In base64 it stands at one of three places; the characters that depend on its neighbours are left out.
    this.#addSextets(
      a >> 2,
      ((a & 3) << 4) | (b >> 4),
      ((b & 15) << 2) | (c >> 6),
      c & 63,
      d >> 2,
      ((d & 3) << 4) | (e >> 4),
    );
    this.#addSextets(
      ((a & 15) << 2) | (b >> 6),
      b & 63,
      c >> 2,
      ((c & 3) << 4) | (d >> 4),
      ((d & 15) << 2) | (e >> 6),
      e & 63,
    );
    this.#addSextets(a & 63, b >> 2, ((b & 3) << 4) | (c >> 4), ((c & 15) << 2) | (d >> 6), d & 63, e >> 2);
  }

  /** Six characters in a row that no escaping touches; where it has none, how it begins in each escaping. */
  #addPlain(bytes: Uint8Array, length: number): void {
    const looked = Math.min(length, 64);
    let run = 0;
    for (let at = 0; at < looked; at += 1) {
      const byte = bytes[at] as number;
      // What is no text does not stand in one.
      if (byte < 0x20 && !isSpace(byte)) return;
      run = isPlain(byte) ? run + 1 : 0;
      if (run < WIDTH) continue;
      for (let index = 0; index < WIDTH; index += 1) MADE[index] = bytes[at + 1 - WIDTH + index] as number;
      this.#addMade();
      return;
    }
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, looked).toString('utf8');
    // The last character may be cut.
    if (/\ufffd[\s\S]{4}/.test(text)) return;
    for (const form of new Set([text, JSON.stringify(text).slice(1, -1), goEscaped(text), encodeURIComponent(text)])) {
      MADE.fill(0);
      MADE.set(Buffer.from(form).subarray(0, WIDTH));
      this.#addMade();
    }
  }

  #addSextets(a: number, b: number, c: number, d: number, e: number, f: number): void {
    MADE[0] = ALPHABET[a] as number;
    MADE[1] = ALPHABET[b] as number;
    MADE[2] = ALPHABET[c] as number;
    MADE[3] = ALPHABET[d] as number;
    MADE[4] = ALPHABET[e] as number;
    MADE[5] = ALPHABET[f] as number;
    this.#addMade();
    if (a < 62 && b < 62 && c < 62 && d < 62 && e < 62 && f < 62) return;
    // The other alphabet, of URLs.
    for (let at = 0; at < WIDTH; at += 1) {
      if (MADE[at] === 0x2b) MADE[at] = 0x2d;
      else if (MADE[at] === 0x2f) MADE[at] = 0x5f;
    }
    this.#addMade();
  }

  #addMade(): void {
    const start = this.#count * WIDTH;
    if ((this.#count + 1) * STRIDE > SLOTS / 4) {
      this.#isFull = true;
      return;
    }
    for (let at = 0; at < WIDTH; at += 1) WINDOWS[start + at] = MADE[at] as number;
    for (let place = 0; place < STRIDE; place += 1) {
      const gram = gramAt(MADE, place);
      let slot = slotOf(gram);
      while (STAMPS[slot] === this.#stamp) slot = (slot + 1) & (SLOTS - 1);
      STAMPS[slot] = this.#stamp;
      FILTER[placeInFilter(gram)] = this.#stamp;
      GRAMS[slot] = gram;
      OWNERS[slot] = this.#count * GRAM + place;
    }
    this.#count += 1;
  }

  /** Whether a window stands in `bytes[from, to)`. */
  standIn(bytes: Uint8Array, from: number, to: number): boolean {
    if (this.#isFull) return true;
    const mine = this.#stamp;
    const last = to - GRAM;
    // A window that lies inside covers a looked-at place with one of its three grams.
    for (let at = from; at <= last; at += STRIDE) {
      const gram = gramAt(bytes, at);
      if (FILTER[placeInFilter(gram)] !== mine) continue;
      for (let slot = slotOf(gram); STAMPS[slot] === mine; slot = (slot + 1) & (SLOTS - 1)) {
        if (GRAMS[slot] !== gram) continue;
        const owner = OWNERS[slot] as number;
        const start = at - (owner % GRAM);
        if (start >= from && start + WIDTH <= to && this.#isWindow(bytes, start, Math.floor(owner / GRAM))) return true;
      }
    }
    return false;
  }

  #isWindow(bytes: Uint8Array, at: number, window: number): boolean {
    for (let index = 0; index < WIDTH; index += 1) {
      if (bytes[at + index] !== WINDOWS[window * WIDTH + index]) return false;
    }
    return true;
  }
}

function gramAt(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}

function slotOf(gram: number): number {
  return (Math.imul(gram, 0x9e37_79b1) >>> 18) & (SLOTS - 1);
}

function placeInFilter(gram: number): number {
  return Math.imul(gram, 0x9e37_79b1) >>> 21;
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
