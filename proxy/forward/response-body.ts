import { Readable } from 'node:stream';

/** Bytes of a body that wait for their reader before the connection rests. */
const HIGH_WATER = 64 * 1024;

export interface BodySource {
  /** The reader has room again. */
  resume(): void;
  /** The reader wants no more of a body that is not whole. */
  abandon(): void;
}

/** An answer's body as a stream that holds its connection back when it is not read. */
export class ResponseBody extends Readable {
  readonly #source: BodySource;
  #whole = false;

  constructor(source: BodySource) {
    super({ highWaterMark: HIGH_WATER });
    this.#source = source;
    // It may break before anybody reads it; who reads it then is told.
    this.on('error', () => undefined);
  }

  /** The last byte was handed in. */
  complete(): void {
    this.#whole = true;
    this.push(null);
  }

  override _read(): void {
    this.#source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#whole) this.#source.abandon();
    callback(error);
  }
}
