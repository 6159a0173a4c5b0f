import { lstatSync, type Stats, writeSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { syncFolder } from './journal-files.ts';
import { OutOfPlaceError } from './out-of-place.ts';
import { giveToReaders, type ReadersGroup } from './readers.ts';

/**
 * Bytes that are written at once, into the system's cache: that takes some microseconds, and a turn of libuv's thread
 * pool ten times as much of both processors. Only the disk itself (`sync`) is waited for elsewhere.
 */
const WRITTEN_AT_ONCE = 256 * 1024;
/** Milliseconds for which a look at the file's place is good enough for what need not be on the disk. */
const LOOK_GOOD_FOR = 10;

/**
 * A file that only grows. A write that fails half-way is taken back, so that the file always ends with a whole line.
 *
 * An open file outlives its name: what is written to one that was removed is confirmed by the disk and gone with the
 * process. So its path is looked at, before a write and again once it is on the disk.
 */
export class AppendFile {
  readonly #handle: FileHandle;
  readonly #path: string;
  readonly #identity: Pick<Stats, 'dev' | 'ino'>;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #bytes: number;
  #synced: number;
  #broken = false;
  /** Why the disk did not take everything. */
  #failed: unknown = null;

  private constructor(handle: FileHandle, path: string, identity: Pick<Stats, 'dev' | 'ino'>, bytes: number) {
    this.#handle = handle;
    this.#path = path;
    this.#identity = identity;
    this.#bytes = bytes;
    this.#synced = bytes;
  }

  /** Mode 0600, or 0640 where there are readers; fails when the file exists. */
  static async create(path: string, readers: ReadersGroup = null): Promise<AppendFile> {
    const handle = await open(path, 'wx', 0o600);
    try {
      await giveToReaders(handle, readers);
      await syncFolder(dirname(path));
      return new AppendFile(handle, path, await handle.stat(), 0);
    } catch (error) {
      await handle.close();
      // It would stand in the way of every further try.
      await rm(path, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** Goes on at `bytes`; what stands behind it is cut off. */
  static async resume(path: string, bytes: number): Promise<AppendFile> {
    const handle = await open(path, 'r+');
    try {
      await handle.truncate(bytes);
      await handle.sync();
      return new AppendFile(handle, path, await handle.stat(), bytes);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** After an error that could not be taken back the file must not be written again. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * Why the path does not lead to this file with what was written to it; null: all is in its place. Another name that
   * the file has (a hard link, as backups make them) does no harm.
   */
  outOfPlace(): string | null {
    const name = basename(this.#path);
    const found = lstatSync(this.#path, { throwIfNoEntry: false });
    if (found === undefined) return `${name} is gone`;
    if (found.isSymbolicLink()) return `${name} is a link now`;
    if (found.ino !== this.#identity.ino || found.dev !== this.#identity.dev) {
      return `something else stands in the place of ${name}`;
    }
    if (found.size < this.#bytes) return `${name} was cut from ${this.#bytes} bytes to ${found.size}`;
    if (found.size > this.#bytes) return `${name} has ${found.size - this.#bytes} bytes that somebody else wrote`;
    this.#lookedAt = performance.now();
    return null;
  }

  /**
   * Writes all of it, to the disk itself where `durable`; or throws and leaves the file as it was.
   * @throws {OutOfPlaceError} when the path does not lead to this file any more. For what is not durable that is noticed
   * a hundredth of a second later.
   */
  async append(content: Buffer, durable: boolean): Promise<void> {
    if (durable || performance.now() - this.#lookedAt > LOOK_GOOD_FOR) this.assertInPlace();
    const before = this.#bytes;
    try {
      let written = 0;
      while (written < content.length) {
        const left = content.length - written;
        written +=
          left <= WRITTEN_AT_ONCE
            ? writeSync(this.#handle.fd, content, written, left, before + written)
            : (await this.#handle.write(content, written, left, before + written)).bytesWritten;
      }
      this.#bytes = before + content.length;
      if (!durable) return;
      await this.sync();
      this.assertInPlace();
    } catch (error) {
      await this.#takeBack(before);
      throw error;
    }
  }

  /** `fdatasync` (on macOS libuv makes it F_FULLFSYNC); nothing to do when everything is on the disk already. */
  async sync(): Promise<void> {
    const bytes = this.#bytes;
    if (this.#failed !== null) throw this.#failed;
    if (bytes === this.#synced) return;
    try {
      await this.#handle.datasync();
    } catch (error) {
      // Which pages reached the disk is unknown from here on, and a second fdatasync would claim success.
      this.#broken = true;
      this.#failed = error;
      throw error;
    }
    this.#synced = bytes;
  }

  /** @throws {OutOfPlaceError} */
  assertInPlace(): void {
    const why = this.outOfPlace();
    if (why !== null) throw new OutOfPlaceError(why);
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #takeBack(bytes: number): Promise<void> {
    this.#bytes = bytes;
    try {
      // One that somebody cut shorter must not be filled up with zeros.
      if ((await this.#handle.stat()).size > bytes) await this.#handle.truncate(bytes);
    } catch {
      this.#broken = true;
    }
  }
}
