import { writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './journal-files.ts';

/**
 * Bytes that are written at once, into the system's cache: that takes some microseconds, and a turn of libuv's thread
 * pool ten times as much of both processors. Only the disk itself (`sync`) is waited for elsewhere.
 */
const WRITTEN_AT_ONCE = 256 * 1024;

/** A file that only grows. A write that fails half-way is taken back, so that the file always ends with a whole line. */
export class AppendFile {
  readonly #handle: FileHandle;
  #bytes: number;
  #synced: number;
  #broken = false;
  /** Why the disk did not take everything. */
  #failed: unknown = null;

  private constructor(handle: FileHandle, bytes: number) {
    this.#handle = handle;
    this.#bytes = bytes;
    this.#synced = bytes;
  }

  /** Mode 0600; fails when the file exists. */
  static async create(path: string): Promise<AppendFile> {
    const handle = await open(path, 'wx', 0o600);
    try {
      await syncFolder(dirname(path));
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new AppendFile(handle, 0);
  }

  /** Goes on at `bytes`; what stands behind it is cut off. */
  static async resume(path: string, bytes: number): Promise<AppendFile> {
    const handle = await open(path, 'r+');
    try {
      await handle.truncate(bytes);
      await handle.sync();
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new AppendFile(handle, bytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** After an error that could not be taken back the file must not be written again. */
  get broken(): boolean {
    return this.#broken;
  }

  /** Writes all of it, to the disk itself where `durable`; or throws and leaves the file as it was. */
  async append(content: Buffer, durable: boolean): Promise<void> {
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
      if (durable) await this.sync();
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

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #takeBack(bytes: number): Promise<void> {
    this.#bytes = bytes;
    try {
      await this.#handle.truncate(bytes);
    } catch {
      this.#broken = true;
    }
  }
}
