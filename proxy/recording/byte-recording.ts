import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordingSubject } from './asciicast.ts';
import { LineFile } from './line-file.ts';

/**
 * A recorded stream that is no terminal: one JSON object per line, the first one says whose stream it is, the last one
 * how it ended. Bytes stand in base64 with the time at which they passed.
 */

/** A line between the first and the last. `t`: seconds since the start. */
export type ByteRecord =
  | {
      readonly t: number;
      /** `out`: to the client. */
      readonly dir: 'in' | 'out';
      readonly stream: 'stdin' | 'stdout' | 'stderr' | 'data';
      /** Of a port-forward. */
      readonly connection?: number;
      readonly bytes: string;
    }
  | { readonly t: number; readonly event: 'resize'; readonly columns: number; readonly rows: number }
  | {
      readonly t: number;
      readonly event: 'open' | 'close';
      readonly connection: number;
      readonly port: number;
      readonly bytesIn?: number;
      readonly bytesOut?: number;
      readonly error?: string | null;
    };

/** The last line. */
export interface ByteRecordingEnd {
  readonly end: 'exit' | 'closed' | 'crash';
  readonly durationMs: number;
  readonly exitCode: number | null;
  /** In words, where the stream did not end by itself. */
  readonly reason: string | null;
  readonly stdin?: { readonly bytes: number; readonly sha256: string };
}

export interface ReadByteRecording {
  readonly startedAt: string;
  readonly subject: RecordingSubject;
  readonly records: readonly ByteRecord[];
  /** Null: still being written, or its writer died. */
  readonly end: ByteRecordingEnd | null;
}

export const BYTE_RECORDING_SUFFIX = '.jsonl';
const FORMAT = 'gatehouse-stream';

/** Bytes of one flow are gathered into one record up to this many, or for this long. */
const GATHER_BYTES = 48 * 1024;
const GATHER_MS = 50;

type BytesOf = Pick<Extract<ByteRecord, { dir: string }>, 'dir' | 'stream' | 'connection'>;

/** A recording of bytes being written. */
export class ByteRecording {
  readonly #lines: LineFile;
  readonly #now: () => number;
  readonly #startedAt: number;
  #gathered: Buffer[] = [];
  #gatheredBytes = 0;
  #gatheredAt = 0;
  #gatheredOf: BytesOf | null = null;
  #timer: NodeJS.Timeout | null = null;

  /** @throws {Error} of `node:fs` when the file cannot be made. */
  constructor(options: {
    readonly folder: string;
    readonly id: string;
    readonly subject: RecordingSubject;
    readonly now: () => number;
    readonly onProblem: (error: Error) => void;
  }) {
    this.#now = options.now;
    this.#startedAt = options.now();
    const startedAt = new Date(this.#startedAt).toISOString();
    const first = { v: 1, format: FORMAT, startedAt, subject: options.subject };
    const file = join(options.folder, `${options.id}${BYTE_RECORDING_SUFFIX}`);
    this.#lines = new LineFile(file, `${JSON.stringify(first)}\n`, (error) => {
      this.#stopTimer();
      options.onProblem(error);
    });
  }

  bytes(of: BytesOf, bytes: Buffer): void {
    if (!this.#lines.isOpen || bytes.length === 0) return;
    const last = this.#gatheredOf;
    if (last !== null && (last.dir !== of.dir || last.stream !== of.stream || last.connection !== of.connection)) {
      this.#flush();
    }
    if (this.#gatheredBytes === 0) this.#gatheredAt = this.#elapsed();
    this.#gatheredOf = of;
    // A copy: what is recorded must not change when the buffer is used for something else.
    this.#gathered.push(Buffer.from(bytes));
    this.#gatheredBytes += bytes.length;
    if (this.#gatheredBytes >= GATHER_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_MS);
  }

  event(event: 'resize' | 'open' | 'close', fields: object): void {
    this.#flush();
    this.#lines.append(`${JSON.stringify({ t: this.#elapsed(), event, ...fields })}\n`);
  }

  close(end: Omit<ByteRecordingEnd, 'durationMs'>): void {
    this.#flush();
    this.#lines.append(`${JSON.stringify({ ...end, durationMs: Math.round(this.#elapsed() * 1000) })}\n`);
    this.#lines.close();
  }

  discard(): void {
    this.#stopTimer();
    this.#lines.discard();
  }

  #flush(): void {
    this.#stopTimer();
    const of = this.#gatheredOf;
    if (of === null || this.#gatheredBytes === 0) return;
    const [first] = this.#gathered;
    const bytes = this.#gathered.length === 1 && first !== undefined ? first : Buffer.concat(this.#gathered);
    this.#gathered = [];
    this.#gatheredBytes = 0;
    this.#gatheredOf = null;
    const head = JSON.stringify({ t: this.#gatheredAt, ...of });
    // Base64 needs no escaping, so the line is put together rather than serialised.
    this.#lines.append(Buffer.from(`${head.slice(0, -1)},"bytes":"${bytes.toString('base64')}"}\n`, 'latin1'));
  }

  #elapsed(): number {
    return Math.max(0, Math.round(this.#now() - this.#startedAt)) / 1000;
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** @throws {Error} when the file is missing or is no such recording; a damaged line costs no more than itself. */
export async function readByteRecording(file: string): Promise<ReadByteRecording> {
  const [first = '', ...lines] = wholeLines(await readFile(file, 'utf8'));
  const header = JSON.parse(first) as { format?: unknown; startedAt: string; subject: RecordingSubject };
  if (header.format !== FORMAT) throw new SyntaxError('not a stream that Gatehouse recorded');
  const records: ByteRecord[] = [];
  let end: ByteRecordingEnd | null = null;
  for (const line of lines) {
    const read = readLine(line);
    if (read !== null && 'end' in read) end = read;
    else if (read !== null) records.push(read);
  }
  return { startedAt: header.startedAt, subject: header.subject, records, end };
}

/**
 * Ends the recordings whose writer died, cut to the last whole line. To be called while none is being written. One that
 * cannot be read is left as it is.
 * @returns the files that it ended.
 */
export async function recoverByteRecordings(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const recovered: string[] = [];
  for (const name of names.filter((each) => each.endsWith(BYTE_RECORDING_SUFFIX))) {
    const file = join(folder, name);
    if (await recover(file).catch(() => false)) recovered.push(file);
  }
  return recovered;
}

/**
 * What is read of a file's end: more than the longest line, which is what was gathered and one chunk on top, in base64. So
 * only a damaged file is looked through whole, and a long recording costs a start no more than a short one.
 */
const TAIL = 256 * 1024;

/** The last line of a recording, where it is whole and says how the recording ended. */
export function endIn(tail: string): ByteRecordingEnd | null {
  if (!tail.endsWith('\n')) return null;
  const last = readLine(tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1, -1));
  return last !== null && 'end' in last ? last : null;
}

async function recover(file: string): Promise<boolean> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(TAIL, size));
    await handle.read(tail, 0, tail.length, size - tail.length);
    const text = tail.toString('latin1');
    if (endIn(text) !== null) return false;
    const end = text.lastIndexOf('\n') >= 0 ? size - tail.length + text.lastIndexOf('\n') + 1 : await lastLineEnd(file);
    if (end === 0) return false;
    await handle.truncate(end);
    const note: ByteRecordingEnd = { end: 'crash', durationMs: 0, exitCode: null, reason: null };
    await handle.write(`${JSON.stringify(note)}\n`, end);
    await handle.sync();
    return true;
  } finally {
    await handle.close();
  }
}

async function lastLineEnd(file: string): Promise<number> {
  return (await readFile(file)).lastIndexOf(0x0a) + 1;
}

function readLine(line: string): ByteRecord | ByteRecordingEnd | null {
  try {
    return JSON.parse(line) as ByteRecord | ByteRecordingEnd;
  } catch {
    return null;
  }
}

function wholeLines(text: string): string[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '');
}
