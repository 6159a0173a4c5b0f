import { type FSWatcher, watch } from 'node:fs';

/** An editor saves in several steps; the folder is read when it has been quiet for this long. */
const QUIET_MS = 100;
/** But no later than this after the first change: constant writing must not keep an old policy in force. */
const LATEST_MS = 2000;
/** How often a folder that cannot be watched (removed, say) is looked for again. */
const RETRY_MS = 2000;

/** Says when a folder should be read again. */
export class FolderWatch {
  readonly #folder: string;
  readonly #onQuiet: () => void;
  #watcher: FSWatcher | null = null;
  #timer: NodeJS.Timeout | null = null;
  #latest: number | null = null;
  #closed = false;

  constructor(folder: string, onQuiet: () => void) {
    this.#folder = folder;
    this.#onQuiet = onQuiet;
    this.#watch();
  }

  close(): void {
    this.#closed = true;
    this.#watcher?.close();
    if (this.#timer) clearTimeout(this.#timer);
  }

  #watch(): void {
    this.#watcher?.close();
    this.#watcher = null;
    try {
      const watcher = watch(this.#folder, { persistent: false }, () => this.#soon(QUIET_MS));
      watcher.on('error', () => this.#lost());
      this.#watcher = watcher;
    } catch {
      this.#lost();
    }
  }

  #lost(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#soon(RETRY_MS);
  }

  #soon(delay: number): void {
    if (this.#closed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#latest ??= performance.now() + LATEST_MS;
    const wait = Math.max(0, Math.min(delay, this.#latest - performance.now()));
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#latest = null;
      // The folder may have been replaced by another of the same name, which the watch on the old one does not see.
      this.#watch();
      this.#onQuiet();
    }, wait).unref();
  }
}
