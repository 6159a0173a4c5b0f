import { posix } from 'node:path';

/** Why a path cannot be used, in the words of the C library. */
export class FileError extends Error {}

/** An entry of a folder. */
export interface FileEntry {
  readonly name: string;
  readonly isFolder: boolean;
  readonly size: number;
}

/** Bytes that one file may hold. */
const largestFile = 64 * 1024 * 1024;

/** A file's content in the parts in which it was written. */
interface File {
  readonly parts: Buffer[];
  size: number;
  /** Zeros behind the parts, which take no memory (`truncate -s`). */
  zeros: number;
}

function fileOf(bytes: Buffer): File {
  return { parts: [bytes], size: bytes.length, zeros: 0 };
}

/** The imaginary files of one container: a flat map of paths, folders implied by the files below them. */
export class FileTree {
  readonly #files: Map<string, File>;
  readonly #folders = new Set(['/', '/bin', '/dev', '/etc', '/proc', '/root', '/tmp', '/usr', '/var']);

  constructor(files: ReadonlyMap<string, string>) {
    this.#files = new Map([...files].map(([path, text]) => [path, fileOf(Buffer.from(text))]));
  }

  isFolder(path: string): boolean {
    if (this.#folders.has(path)) return true;
    const prefix = path === '/' ? '/' : `${path}/`;
    return [...this.#files.keys(), ...this.#folders].some((known) => known.startsWith(prefix));
  }

  isFile(path: string): boolean {
    return this.#files.has(path) || path === '/dev/null';
  }

  /** @throws {FileError} */
  read(path: string): Buffer {
    if (path === '/dev/null') return Buffer.alloc(0);
    const file = this.#file(path);
    if (file.zeros > largestFile) throw new FileError('Cannot allocate memory');
    const whole = Buffer.concat([...file.parts, Buffer.alloc(file.zeros)]);
    if (file.zeros === 0) file.parts.splice(0, file.parts.length, whole);
    return whole;
  }

  #file(path: string): File {
    const file = this.#files.get(path);
    if (file) return file;
    throw new FileError(this.isFolder(path) ? 'Is a directory' : 'No such file or directory');
  }

  /** @throws {FileError} */
  size(path: string): number {
    return path === '/dev/null' ? 0 : this.#file(path).size;
  }

  /**
   * The content in pieces of at most so many bytes: for files that would not fit into memory.
   * @throws {FileError}
   */
  *pieces(path: string, most: number): Generator<Buffer> {
    if (path === '/dev/null') return;
    const { parts, zeros } = this.#file(path);
    for (const part of parts) for (let at = 0; at < part.length; at += most) yield part.subarray(at, at + most);
    for (let left = zeros; left > 0; left -= most) yield Buffer.alloc(Math.min(most, left));
  }

  /** @throws {FileError} */
  write(path: string, bytes: Buffer, append: boolean): void {
    if (path === '/dev/null') return;
    if (this.isFolder(path)) throw new FileError('Is a directory');
    if (!this.isFolder(posix.dirname(path))) throw new FileError('No such file or directory');
    const before = append ? this.#files.get(path) : undefined;
    if ((before?.size ?? 0) + bytes.length > largestFile || (before?.zeros ?? 0) > 0) {
      throw new FileError('No space left on device');
    }
    if (!before) {
      this.#files.set(path, fileOf(bytes));
      return;
    }
    before.parts.push(bytes);
    before.size += bytes.length;
  }

  /** A file of so many zeros, of any size. */
  makeSparse(path: string, size: number): void {
    if (!this.isFolder(posix.dirname(path))) throw new FileError('No such file or directory');
    this.#files.set(path, { parts: [], size, zeros: size });
  }

  makeFolder(path: string): void {
    this.#folders.add(path);
  }

  remove(path: string, recursive: boolean): void {
    if (this.#files.delete(path)) return;
    if (!this.isFolder(path)) throw new FileError('No such file or directory');
    if (!recursive) throw new FileError('Is a directory');
    for (const known of [...this.#files.keys()]) if (known.startsWith(`${path}/`)) this.#files.delete(known);
    for (const known of [...this.#folders])
      if (known === path || known.startsWith(`${path}/`)) this.#folders.delete(known);
  }

  /** @throws {FileError} */
  list(path: string): FileEntry[] {
    if (!this.isFolder(path)) throw new FileError('No such file or directory');
    const prefix = path === '/' ? '/' : `${path}/`;
    const entries = new Map<string, FileEntry>();
    for (const folder of this.#folders) {
      const name = folder.startsWith(prefix) ? (folder.slice(prefix.length).split('/')[0] ?? '') : '';
      if (name !== '') entries.set(name, { name, isFolder: true, size: 4096 });
    }
    for (const [file, { size }] of this.#files) {
      if (!file.startsWith(prefix)) continue;
      const [name = '', ...deeper] = file.slice(prefix.length).split('/');
      const isFolder = deeper.length > 0;
      if (isFolder || !entries.has(name)) entries.set(name, { name, isFolder, size: isFolder ? 4096 : size });
    }
    return [...entries.values()].sort((left, right) => (left.name < right.name ? -1 : 1));
  }
}

/** A path as seen from a folder. */
export function resolvePath(folder: string, path: string): string {
  const resolved = posix.resolve(folder, path);
  return resolved.length > 1 ? resolved.replace(/\/$/, '') : resolved;
}
