import { Readable } from 'node:stream';

/** Bytes of a body that wait for their reader before the connection rests. */
const HIGH_WATER = 64 * 1024;

export interface BodySource {
  /** The reader has room again. */
  resume(): void;
  /** The reader wants no more of a body that is not whole. */
  abandon(): void;
}

/**
 * An answer's body as a stream that holds its connection back when it is not read. What came before anybody reads is
 * kept apart: most answers are whole in one read, and then need no stream at all ({@link wholeBody}).
 */
export class ResponseBody extends Readable {
  readonly #source: BodySource;
  #held: Buffer[] | null = [];
  #heldBytes = 0;
  #whole = false;

  constructor(source: BodySource) {
    super({ highWaterMark: HIGH_WATER });
    this.#source = source;
    // It may break before anybody reads it; who reads it then is told.
    this.on('error', () => undefined);
  }

  /** @returns false where the connection should rest until the reader has room. */
  add(bytes: Buffer): boolean {
    if (this.#held === null) return this.push(bytes);
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    return this.#heldBytes < HIGH_WATER;
  }

  /** The last byte was handed in. */
  complete(): void {
    this.#whole = true;
    if (this.#held === null) this.push(null);
  }

  /** All of it, where it is whole and nobody has begun to read; the stream is over then. */
  takeWhole(): Buffer | null {
    if (!this.#whole || this.#held === null || this.destroyed) return null;
    const held = this.#held;
    this.#held = null;
    this.destroy();
    const [first] = held;
    return held.length === 1 && first !== undefined ? first : Buffer.concat(held);
  }

  override _read(): void {
    const held = this.#held;
    if (held === null) {
      this.#source.resume();
      return;
    }
    this.#held = null;
    let room = true;
    for (const bytes of held) room = this.push(bytes);
    if (this.#whole) this.push(null);
    else if (room) this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#held = this.#held === null ? null : [];
    if (!this.#whole) this.#source.abandon();
    callback(error);
  }
}

/** The bytes of a body that has come whole and that nobody has begun to read; null for any other. */
export function wholeBody(body: Readable): Buffer | null {
  return body instanceof ResponseBody ? body.takeWhole() : null;
}
