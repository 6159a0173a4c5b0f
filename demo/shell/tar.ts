import { posix } from 'node:path';
import type { ByteSource } from './byte-pipe.ts';
import { FileError, type FileTree, resolvePath } from './file-tree.ts';
import { complain, type Process } from './process.ts';

const block = 512;
/** What is written at once. */
const pieceSize = 256 * 1024;

/** A ustar header (POSIX.1-1988), for a regular file or a folder. */
function header(name: string, size: number, folder: boolean): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(name.slice(0, 99), 0);
  bytes.write(folder ? '0000755\0' : '0000644\0', 100);
  bytes.write('0000000\0', 108);
  bytes.write('0000000\0', 116);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  const now = Math.floor(Date.now() / 1000);
  bytes.write(`${now.toString(8).padStart(11, '0')}\0`, 136);
  bytes.write('        ', 148);
  bytes.write(folder ? '5' : '0', 156);
  bytes.write('ustar\x0000', 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

const padding = (size: number): number => (block - (size % block)) % block;

/** A file or folder as an archive, in pieces. */
function* pack(files: FileTree, path: string, name: string): Generator<Buffer> {
  if (files.isFile(path)) {
    const size = files.size(path);
    yield header(name, size, false);
    yield* files.pieces(path, pieceSize);
    yield Buffer.alloc(padding(size));
    return;
  }
  yield header(`${name}/`, 0, true);
  for (const entry of files.list(path)) yield* pack(files, posix.join(path, entry.name), `${name}/${entry.name}`);
}

/** Exactly so many bytes at a time of what comes in pieces of any size. */
class BlockReader {
  readonly #source: ByteSource;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** At most `size` bytes; null at the end. */
  async some(size: number): Promise<Buffer | null> {
    if (this.#rest.length === 0) {
      const next = await this.#source.read();
      if (next === null) return null;
      this.#rest = next;
    }
    const taken = this.#rest.subarray(0, size);
    this.#rest = this.#rest.subarray(taken.length);
    return taken;
  }

  async exactly(size: number): Promise<Buffer | null> {
    const parts: Buffer[] = [];
    for (let left = size; left > 0; ) {
      const part = await this.some(left);
      if (part === null) return null;
      parts.push(part);
      left -= part.length;
    }
    return Buffer.concat(parts);
  }
}

interface Entry {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

function readHeader(head: Buffer): Entry {
  const text = (from: number, to: number) => head.toString('utf8', from, to).replace(/\0.*$/s, '');
  const prefix = text(257, 262) === 'ustar' ? text(345, 500) : '';
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  return { name, size: Number.parseInt(text(124, 136), 8) || 0, type: String.fromCharCode(head[156] ?? 0) };
}

/** Writes the entries as they come. */
async function unpack(files: FileTree, source: ByteSource, folder: string): Promise<void> {
  const reader = new BlockReader(source);
  /** A name too long for its header, from the entry before (GNU `L`, or the `path` of POSIX `x`). */
  let longName = '';
  for (;;) {
    const head = await reader.exactly(block);
    if (head === null || head[0] === 0) break;
    const entry = readHeader(head);
    const path = resolvePath(folder, (longName || entry.name).replace(/^\/+/, ''));
    if (entry.type === 'L' || entry.type === 'x') {
      const text = ((await reader.exactly(entry.size)) ?? Buffer.alloc(0)).toString('utf8');
      longName = entry.type === 'L' ? text.replace(/\0.*$/s, '') : (/\d+ path=(.*)\n/.exec(text)?.[1] ?? '');
    } else {
      longName = '';
      if (entry.type === '5') files.makeFolder(path);
      const isFile = entry.type === '0' || entry.type === '\0';
      if (isFile) {
        files.makeFolder(posix.dirname(path));
        files.write(path, Buffer.alloc(0), false);
      }
      for (let left = entry.size; left > 0; ) {
        const part = await reader.some(left);
        if (part === null) return;
        if (isFile) files.write(path, Buffer.from(part), true);
        left -= part.length;
      }
    }
    if (padding(entry.size) > 0) await reader.exactly(padding(entry.size));
  }
  // What fills up the archive's last record is read, or its writer would wait for a reader.
  while ((await source.read()) !== null);
}

/** `tar cf - PATH` and `tar xmf - [-C FOLDER]`: what `kubectl cp` runs. */
export async function tar(process: Process): Promise<number> {
  const { args, machine } = process;
  const mode = args.find((argument) => /^-?[cxmvf]+$/.test(argument)) ?? '';
  const at = args.indexOf('-C');
  const folder = at >= 0 ? resolvePath(process.folder, args[at + 1] ?? '.') : process.folder;
  if (mode.includes('x')) {
    try {
      await unpack(machine.files, process.stdin, folder);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      return complain(process, `tar: ${error.message}`);
    }
    return 0;
  }
  if (!mode.includes('c')) return complain(process, 'tar: one of c and x is needed');
  const names = args.filter(
    (argument, index) => argument !== mode && argument !== '-' && index !== at && (at < 0 || index !== at + 1),
  );
  for (const name of names) {
    const path = resolvePath(folder, name);
    if (!machine.files.isFile(path) && !machine.files.isFolder(path)) {
      return complain(process, `tar: ${name}: No such file or directory`);
    }
    for (const piece of pack(machine.files, path, name.replace(/^\/+|\/+$/g, ''))) {
      if (!(await process.stdout.write(piece))) return 141;
    }
  }
  await process.stdout.write(Buffer.alloc(2 * block));
  return 0;
}
