/** A replacement of the bytes `[start, end)` of a stream. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  /** A text is of ASCII that needs no escape inside a string. */
  readonly bytes: Buffer | string;
}

/** Keys that came before, by a hash: the same few dozen come again in every object, and a text costs more to make. */
const KNOWN_KEYS: string[] = new Array<string>(1024).fill('');
const LONGEST_KNOWN_KEY = 64;

const NOTHING = Buffer.alloc(0);
const FIRST_CAPACITY = 128 * 1024;

/**
 * The part of a stream that has arrived and was not given on yet. Positions count from the start of the stream. Bytes
 * are copied in once and out once; the room grows by doubling and is used again. The first chunk is read where it lies,
 * since a small answer has no second.
 */
export class ByteWindow {
  #room: Buffer = Buffer.alloc(0);
  /** False while the room is somebody's chunk, which is not written to. */
  #owned = false;
  #from = 0;
  #to = 0;
  #start = 0;

  /** Position of the first byte held. */
  get start(): number {
    return this.#start;
  }

  /** Position behind the last byte held. */
  get end(): number {
    return this.#start + this.#to - this.#from;
  }

  get length(): number {
    return this.#to - this.#from;
  }

  /** The bytes held; valid until the next `append`. */
  view(): Buffer {
    return this.#room.subarray(this.#from, this.#to);
  }

  /** The bytes `[start, end)`; valid until the next `append`. */
  slice(start: number, end: number): Buffer {
    return this.#room.subarray(this.#from + start - this.#start, this.#from + end - this.#start);
  }

  /** The bytes `[start, end)` as UTF-8 text. */
  text(start: number, end: number): string {
    return this.#room.toString('utf8', this.#from + start - this.#start, this.#from + end - this.#start);
  }

  /** The same for a key of an object. */
  key(start: number, end: number): string {
    const length = end - start;
    if (length > LONGEST_KNOWN_KEY) return this.text(start, end);
    const room = this.#room;
    const from = this.#from + start - this.#start;
    let hash = length;
    let bits = 0;
    for (let at = from; at < from + length; at += 1) {
      const byte = room[at] as number;
      hash = (Math.imul(hash, 31) + byte) | 0;
      bits |= byte;
    }
    if (bits >= 0x80) return this.text(start, end);
    const place = (hash ^ (hash >>> 10)) & 1023;
    const known = KNOWN_KEYS[place] as string;
    if (known.length === length) {
      let at = 0;
      while (at < length && known.charCodeAt(at) === room[from + at]) at += 1;
      if (at === length) return known;
    }
    const text = room.toString('latin1', from, from + length);
    KNOWN_KEYS[place] = text;
    return text;
  }

  /** Starts anew, with all bytes of another stream. They are read where they lie. */
  begin(bytes: Buffer): void {
    this.#room = bytes;
    this.#owned = false;
    this.#from = 0;
    this.#to = bytes.length;
    this.#start = 0;
  }

  append(chunk: Uint8Array): void {
    if (!this.#owned && this.length === 0) {
      this.#room = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      this.#from = 0;
      this.#to = chunk.length;
      return;
    }
    if (!this.#owned || this.#to + chunk.length > this.#room.length) this.#makeRoom(chunk.length);
    this.#room.set(chunk, this.#to);
    this.#to += chunk.length;
  }

  /**
   * Gives on everything before `position`, with the splices put in.
   * @param splices in order, not overlapping, all before `position`.
   */
  take(position: number, splices: readonly Splice[]): Buffer {
    if (position === this.#start) return NOTHING;
    let length = position - this.#start;
    for (const { start, end, bytes } of splices) length += bytes.length - (end - start);
    const taken = Buffer.allocUnsafe(length);
    let read = this.#from;
    let written = 0;
    for (const { start, end, bytes } of splices) {
      const until = this.#from + start - this.#start;
      written = copy(this.#room, read, until, taken, written);
      if (typeof bytes === 'string') written += taken.write(bytes, written, 'latin1');
      else written = copy(bytes, 0, bytes.length, taken, written);
      read = until + end - start;
    }
    copy(this.#room, read, this.#from + position - this.#start, taken, written);
    this.#from += position - this.#start;
    this.#start = position;
    return taken;
  }

  #makeRoom(wanted: number): void {
    const held = this.length;
    const fits = this.#owned && held + wanted <= this.#room.length && held <= this.#room.length / 2;
    const room = fits ? this.#room : Buffer.allocUnsafe(Math.max(FIRST_CAPACITY, 2 * (held + wanted)));
    this.#room.copy(room, 0, this.#from, this.#to);
    this.#room = room;
    this.#owned = true;
    this.#from = 0;
    this.#to = held;
  }
}

/** Below that a loop is faster than a call. Bytes. */
const SHORT_COPY = 64;

/** Copies `from[start, end)`. @returns where the copy ends. */
function copy(from: Buffer, start: number, end: number, into: Buffer, at: number): number {
  const length = end - start;
  if (length > SHORT_COPY) from.copy(into, at, start, end);
  else for (let index = 0; index < length; index += 1) into[at + index] = from[start + index] as number;
  return at + length;
}
