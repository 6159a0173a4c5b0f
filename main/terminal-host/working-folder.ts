import { readlinkSync } from 'node:fs';

/** Milliseconds: a folder is looked up when the shell has printed something, a prompt for one, and not at every byte. */
const AT_MOST_EVERY = 500;

/**
 * Tells in which folder a shell is, as the kernel has it (Linux `/proc/PID/cwd`), so that no shell has to say it and
 * none can say another. Where there is no such file nothing is told.
 */
export class WorkingFolder {
  readonly #path: string;
  readonly #tell: (folder: string) => void;
  #told = '';
  #timer: NodeJS.Timeout | null = null;
  #ended = false;

  constructor(pid: number, tell: (folder: string) => void) {
    this.#path = `/proc/${pid}/cwd`;
    this.#tell = tell;
  }

  /** The shell printed something: it may be elsewhere now. */
  printed(): void {
    if (this.#timer || this.#ended) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#look();
    }, AT_MOST_EVERY);
    this.#timer.unref();
  }

  end(): void {
    this.#ended = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  #look(): void {
    let folder: string;
    try {
      folder = readlinkSync(this.#path);
    } catch {
      return;
    }
    // The kernel says so of a folder that was removed under the shell: the last one that there was is worth more.
    if (folder === this.#told || folder.endsWith(' (deleted)')) return;
    this.#told = folder;
    this.#tell(folder);
  }
}
