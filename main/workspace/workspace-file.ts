import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { EMPTY, readWorkspace, type StoredWorkspace, VERSION } from './read-workspace.ts';

/** Bytes; what we write is a few kilobytes. */
const LIMIT = 256 * 1024;
/** Milliseconds: what changes together is written together. */
const SOON = 300;

/** What was open, in a file of mode 0600 that is replaced as a whole: it is there after a crash too. */
export class WorkspaceFile {
  readonly #path: string;
  readonly #onProblem: (error: unknown) => void;
  #timer: NodeJS.Timeout | null = null;
  #next: (() => StoredWorkspace) | null = null;
  #written = '';
  #closed = false;

  constructor(path: string, onProblem: (error: unknown) => void) {
    this.#path = path;
    this.#onProblem = onProblem;
  }

  /** What the file holds that is valid; nothing where it holds none, is too large or is no file. */
  read(): StoredWorkspace {
    try {
      const found = statSync(this.#path);
      // Reading a pipe would wait for whoever writes to it.
      return !found.isFile() || found.size > LIMIT
        ? EMPTY
        : readWorkspace(JSON.parse(readFileSync(this.#path, 'utf8')));
    } catch {
      return EMPTY;
    }
  }

  /** Soon, with what `workspace` says then. */
  write(workspace: () => StoredWorkspace): void {
    if (this.#closed) return;
    this.#next = workspace;
    this.#timer ??= setTimeout(() => this.#flush(), SOON);
  }

  /** Writes what waits, and nothing after that: what ends with the app must not be written down as closed. */
  close(): void {
    if (!this.#closed) this.#flush();
    this.#closed = true;
  }

  #flush(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#next === null) return;
    const text = JSON.stringify({ version: VERSION, ...this.#next() });
    this.#next = null;
    if (text === this.#written) return;
    try {
      replaceFile(this.#path, text);
      this.#written = text;
    } catch (error) {
      this.#onProblem(error);
    }
  }
}

function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  const file = openSync(
    fresh,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    0o600,
  );
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(fresh, path);
}
