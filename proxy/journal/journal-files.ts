import { type FileHandle, open, readdir, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { giveToReaders, type ReadersGroup } from './readers.ts';

/** Where the journal of a gateway lies inside its data folder. */
export function journalFolder(dataFolder: string): string {
  return join(dataFolder, 'journal');
}

/** One file of the journal. Indexes grow by one with each rotation. */
export interface JournalFile {
  readonly index: number;
  /** `journal-000001.ndjson`. */
  readonly name: string;
  readonly path: string;
}

export function journalFile(folder: string, index: number): JournalFile {
  const name = `journal-${String(index).padStart(6, '0')}.ndjson`;
  return { index, name, path: join(folder, name) };
}

/** The journal's files, oldest first. */
export async function listJournalFiles(folder: string): Promise<JournalFile[]> {
  const indexes = (await readdir(folder)).flatMap((name) => {
    const digits = /^journal-(\d{6,})\.ndjson$/.exec(name)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
  return indexes.sort((a, b) => a - b).map((index) => journalFile(folder, index));
}

const CHUNK_BYTES = 64 * 1024;
const LINE_BREAK = 0x0a;

/** A line without its line break, and where it stands. */
export interface FileLine {
  readonly bytes: Buffer;
  /** Offset of its first byte. */
  readonly offset: number;
  /** False for a last line that no line break ends: a write was cut off there, or is under way. */
  readonly complete: boolean;
}

/** The lines of a file from the first to the last, with one chunk and one line in memory. */
export async function* linesForward(path: string): AsyncGenerator<FileLine> {
  const handle = await open(path, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    let restOffset = 0;
    for (let position = 0; ; ) {
      const chunk = await readChunk(handle, position, CHUNK_BYTES);
      if (chunk.length === 0) break;
      position += chunk.length;
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      for (let end = rest.indexOf(LINE_BREAK); end !== -1; end = rest.indexOf(LINE_BREAK)) {
        yield { bytes: rest.subarray(0, end), offset: restOffset, complete: true };
        rest = rest.subarray(end + 1);
        restOffset += end + 1;
      }
    }
    if (rest.length > 0) yield { bytes: rest, offset: restOffset, complete: false };
  } finally {
    await handle.close();
  }
}

/** The lines of a file from the last to the first, with one chunk and one line in memory. */
export async function* linesBackward(path: string): AsyncGenerator<FileLine> {
  const handle = await open(path, 'r');
  try {
    let position = (await handle.stat()).size;
    let rest: Buffer = Buffer.alloc(0);
    let complete = false;
    while (position > 0) {
      const length = Math.min(CHUNK_BYTES, position);
      position -= length;
      const chunk = await readChunk(handle, position, length);
      rest = rest.length === 0 ? chunk : Buffer.concat([chunk, rest]);
      for (let start = rest.lastIndexOf(LINE_BREAK); start !== -1; start = rest.lastIndexOf(LINE_BREAK)) {
        const bytes = rest.subarray(start + 1);
        if (bytes.length > 0 || complete) yield { bytes, offset: position + start + 1, complete };
        complete = true;
        rest = rest.subarray(0, start);
      }
    }
    if (rest.length > 0 || complete) yield { bytes: rest, offset: 0, complete };
  } finally {
    await handle.close();
  }
}

async function readChunk(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

/** Replaces a file as a whole: after a crash there is the old content or the new one. Mode 0600, or 0640 for readers. */
export async function replaceFile(path: string, content: string, readers: ReadersGroup = null): Promise<void> {
  const temporary = `${path}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await giveToReaders(handle, readers);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, path);
  await syncFolder(dirname(path));
}

/** Makes a created, renamed or removed name survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows cannot open folders, and commits names with the file.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
