/**
 * Takes our private control sequence out of a terminal's output:
 *
 *     ESC ] 6973 ; <token> ; <name> ; <value> BEL        (or ESC \ instead of BEL)
 *
 * Our shell hooks write it at each prompt. It is for the app alone: neither the recording nor the screen gets it.
 * The token is known to this terminal's hook only, so that text that a remote program prints (the log of a pod, a file)
 * cannot speak in the hook's name; such sequences are taken out too, and reported to no one.
 *
 * Works on bytes, across any split into chunks. Whatever turns out not to be such a sequence passes unchanged.
 */
export interface OscReport {
  readonly name: string;
  readonly value: string;
}

const ESC = 0x1b;
const BEL = 0x07;
const BACKSLASH = 0x5c;
const INTRODUCER = Buffer.from('\x1b]6973;', 'latin1');
/** A longer sequence is no report of ours: it is passed on as it came. */
const LONGEST = 16 * 1024;
const NOTHING = Buffer.alloc(0);

export class OscFilter {
  readonly #token: string;
  readonly #report: (report: OscReport) => void;
  /** The start of what may become a sequence of ours: a part of the introducer, or the introducer and what follows. */
  #held: Buffer = NOTHING;

  constructor(token: string, report: (report: OscReport) => void) {
    this.#token = token;
    this.#report = report;
  }

  /** The bytes that are not ours. They may be fewer than came in: a sequence that is not complete yet is held back. */
  push(chunk: Uint8Array): Buffer {
    const incoming = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#held.length === 0 && !incoming.includes(ESC)) return incoming;
    let rest = this.#held.length === 0 ? incoming : Buffer.concat([this.#held, incoming]);
    this.#held = NOTHING;

    const passed: Buffer[] = [];
    while (rest.length > 0) {
      const start = introducerIn(rest);
      passed.push(rest.subarray(0, start));
      rest = rest.subarray(start);
      if (rest.length < INTRODUCER.length) {
        this.#held = Buffer.from(rest);
        break;
      }
      const end = endOf(rest);
      if (end === 'open') {
        this.#held = Buffer.from(rest);
        break;
      }
      if (end === 'foreign') {
        passed.push(rest.subarray(0, INTRODUCER.length));
        rest = rest.subarray(INTRODUCER.length);
        continue;
      }
      this.#reportFrom(rest.toString('utf8', INTRODUCER.length, end.payload));
      rest = rest.subarray(end.next);
    }
    return passed.length === 1 ? (passed[0] ?? NOTHING) : Buffer.concat(passed);
  }

  /** What is still held back when the terminal ends: it never became a sequence. */
  end(): Buffer {
    const held = this.#held;
    this.#held = NOTHING;
    return held;
  }

  #reportFrom(payload: string): void {
    const [token, name, ...value] = payload.split(';');
    if (token === this.#token && name !== undefined) this.#report({ name, value: value.join(';') });
  }
}

/** Where the introducer starts, whole or cut off by the end of the bytes; their length when it is not there. */
function introducerIn(bytes: Buffer): number {
  for (let at = bytes.indexOf(ESC); at !== -1; at = bytes.indexOf(ESC, at + 1)) {
    const length = Math.min(INTRODUCER.length, bytes.length - at);
    if (bytes.compare(INTRODUCER, 0, length, at, at + length) === 0) return at;
  }
  return bytes.length;
}

/** Where a sequence ends: `open` when its end has not come yet, `foreign` when it is no sequence of ours after all. */
function endOf(bytes: Buffer): 'open' | 'foreign' | { readonly payload: number; readonly next: number } {
  const last = Math.min(bytes.length, LONGEST);
  for (let at = INTRODUCER.length; at < last; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === BEL) return { payload: at, next: at + 1 };
    if (byte === ESC) {
      if (at + 1 === bytes.length) return 'open';
      return bytes[at + 1] === BACKSLASH ? { payload: at, next: at + 2 } : 'foreign';
    }
    // A value never holds control characters; a line break means that nobody is going to end this sequence.
    if (byte < 0x20) return 'foreign';
  }
  return bytes.length >= LONGEST ? 'foreign' : 'open';
}
