import { closeSync, fsync, fsyncSync, mkdirSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** After a crash of the machine at most this much is missing; after a crash of the process, nothing that was written. */
const SYNC_MS = 1_000;

/**
 * A new file that whole lines are added to: 0600, in a 0700 folder.
 *
 * Writes are synchronous on purpose: the page cache has each line before anything else happens, in order, so that a
 * `kill -9` loses nothing that was written, and a slow disk slows the source down instead of filling memory.
 */
export class LineFile {
  readonly #file: string;
  readonly #descriptor: number;
  readonly #onProblem: (error: Error) => void;
  #syncTimer: NodeJS.Timeout | null = null;
  #bytes = 0;
  #open = true;

  /**
   * @param first its first line, without which nothing that follows could be read: where it cannot be written there is no file.
   * @param onProblem called once, when it can no longer be written (a full disk). What is on disk stays.
   * @throws {Error} of `node:fs`.
   */
  constructor(file: string, first: string, onProblem: (error: Error) => void) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    this.#file = file;
    this.#onProblem = onProblem;
    this.#descriptor = openSync(file, 'ax', 0o600);
    try {
      this.#write(Buffer.from(first));
    } catch (error) {
      this.discard();
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get bytes(): number {
    return this.#bytes;
  }

  append(lines: string | Buffer): void {
    if (!this.#open) return;
    try {
      this.#write(typeof lines === 'string' ? Buffer.from(lines, 'utf8') : lines);
      this.#syncTimer ??= setTimeout(() => {
        this.#syncTimer = null;
        if (this.#open) fsync(this.#descriptor, (error) => error && this.#open && this.#fail(error));
      }, SYNC_MS).unref();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Everything written is on the disk when this returns. */
  close(): void {
    if (!this.#open) return;
    try {
      fsyncSync(this.#descriptor);
      this.#release();
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  /** Nothing worth keeping was written. */
  discard(): void {
    if (this.#open) this.#release();
    unlinkSync(this.#file);
  }

  #write(bytes: Buffer): void {
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
    }
    this.#bytes += bytes.length;
  }

  #fail(error: Error): void {
    this.#release();
    this.#onProblem(error);
  }

  #release(): void {
    this.#open = false;
    if (this.#syncTimer !== null) clearTimeout(this.#syncTimer);
    try {
      closeSync(this.#descriptor);
    } catch {
      // The disk that failed a write may fail this too; there is nothing more to lose.
    }
  }
}
