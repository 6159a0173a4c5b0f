import { type FSWatcher, realpathSync, statSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Milliseconds: tools write a kubeconfig in several steps, and several contexts one after the other. */
const QUIET = 150;
/** Milliseconds, but no later: constant writing must not keep the list old. */
const LATEST = 2_000;
/** Milliseconds between two looks, for what no event tells of: network drives, a folder that was not there. */
const LOOK_AGAIN = 5_000;

/**
 * Tells when a kubeconfig file was written, replaced, created or removed. Folders are watched and not files: most tools
 * and editors write another file and rename it, and a watched file would then be the one that is gone. An event only
 * says that it is time to look; what counts is whether a file is another one than before.
 */
export class KubeconfigWatch {
  readonly #files: () => readonly string[];
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #stamp = '';
  #soon: NodeJS.Timeout | null = null;
  #firstEvent = 0;
  #looking: NodeJS.Timeout | null = null;

  /**
   * @param files those that count, and those that would if they were there; asked at each look.
   * @param onChange never for the state that it starts with.
   */
  constructor(files: () => readonly string[], onChange: () => void) {
    this.#files = files;
    this.#onChange = onChange;
  }

  start(): void {
    this.#follow();
    this.#stamp = stampOf(this.#files());
    this.#looking = setInterval(() => this.#look(), LOOK_AGAIN);
    this.#looking.unref();
  }

  stop(): void {
    if (this.#looking) clearInterval(this.#looking);
    if (this.#soon) clearTimeout(this.#soon);
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #look(): void {
    this.#soon = null;
    this.#firstEvent = 0;
    this.#follow();
    const stamp = stampOf(this.#files());
    if (stamp === this.#stamp) return;
    this.#stamp = stamp;
    this.#onChange();
  }

  #lookSoon = (): void => {
    const now = Date.now();
    this.#firstEvent ||= now;
    if (this.#soon) clearTimeout(this.#soon);
    this.#soon = setTimeout(() => this.#look(), Math.max(0, Math.min(QUIET, this.#firstEvent + LATEST - now)));
  };

  /** Watches the folders that there are now, those of a link's target too, and no other. */
  #follow(): void {
    const wanted = watchedNames(this.#files());
    for (const [folder, watcher] of this.#watchers) {
      if (wanted.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    for (const folder of wanted.keys()) {
      if (!this.#watchers.has(folder)) this.#watch(folder);
    }
  }

  #watch(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        // A home holds much that changes all the time; the folder itself may have gone, which has its own name.
        const names = watchedNames(this.#files()).get(folder);
        if (name === null || names === undefined || names.has(name) || name === basename(folder)) this.#lookSoon();
      });
      watcher.on('error', () => this.#lost(folder));
      this.#watchers.set(folder, watcher);
    } catch {
      // Not there yet, or not to be watched: it is looked at now and then.
    }
  }

  #lost(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    this.#lookSoon();
  }
}

/** For each folder to watch, the names in it that matter: of the file, or of the next folder on the way to it. */
function watchedNames(files: readonly string[]): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const file of files) {
    for (const path of new Set([resolve(file), targetOf(file)])) {
      const { folder, name } = nearestFolder(path);
      names.set(folder, (names.get(folder) ?? new Set()).add(name));
    }
  }
  return names;
}

/** The folder of a file, or the nearest above it that there is. */
function nearestFolder(path: string): { readonly folder: string; readonly name: string } {
  let name = path;
  let folder = dirname(path);
  while (folder !== dirname(folder) && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    name = folder;
    folder = dirname(folder);
  }
  return { folder, name: basename(name) };
}

function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}

/** Changes whenever one of the files does; follows links. */
function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      try {
        const { mtimeMs, size, ino } = statSync(file);
        return `${file} ${mtimeMs}/${size}/${ino}`;
      } catch {
        return `${file} none`;
      }
    })
    .join('\n');
}
