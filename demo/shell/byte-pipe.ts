/** Where a command writes. False means that no one reads any more (a broken pipe). */
export interface ByteSink {
  write(bytes: Buffer): Promise<boolean>;
}

/** Where a command reads. */
export interface ByteSource {
  /** The next bytes, or null at the end. */
  read(): Promise<Buffer | null>;
  /** The next line without its end, or null at the end. */
  readLine(): Promise<string | null>;
  /** The reader goes away. */
  break(): void;
}

/** Bytes held in a pipe before its writer waits. */
const capacity = 64 * 1024;

/** A pipe between two commands: the writer waits while it is full, and learns when the reader has gone. */
export class BytePipe implements ByteSink, ByteSource {
  #chunks: Buffer[] = [];
  #size = 0;
  #ended = false;
  #broken = false;
  #waiting: Array<() => void> = [];

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async write(bytes: Buffer): Promise<boolean> {
    while (this.#size >= capacity && !this.#broken) await this.#change();
    if (this.#broken || this.#ended) return false;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#wake();
    return true;
  }

  /** No more bytes come; those that are there can still be read. */
  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** The reader goes away. */
  break(): void {
    this.#broken = true;
    this.#wake();
  }

  async read(): Promise<Buffer | null> {
    while (this.#chunks.length === 0 && !this.#ended && !this.#broken) await this.#change();
    const bytes = this.#chunks.shift() ?? null;
    this.#size -= bytes?.length ?? 0;
    this.#wake();
    return this.#broken ? null : bytes;
  }

  /** Puts bytes back that were read too far. */
  unread(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(bytes);
    this.#size += bytes.length;
  }

  /** The next line without its end, or null at the end. */
  async readLine(): Promise<string | null> {
    const parts: Buffer[] = [];
    for (;;) {
      const bytes = await this.read();
      if (bytes === null) return parts.length === 0 ? null : Buffer.concat(parts).toString('utf8');
      const end = bytes.indexOf(10);
      if (end >= 0) {
        this.unread(bytes.subarray(end + 1));
        return Buffer.concat([...parts, bytes.subarray(0, end)]).toString('utf8');
      }
      parts.push(bytes);
    }
  }
}

/** An input that is at its end. */
export function emptyInput(): BytePipe {
  const pipe = new BytePipe();
  pipe.end();
  return pipe;
}

/** All bytes of a source. */
export async function readAll(source: ByteSource): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let chunk = await source.read(); chunk !== null; chunk = await source.read()) chunks.push(chunk);
  return Buffer.concat(chunks);
}
