import type { FileLine, JournalFile } from '../../proxy/journal/journal-files.ts';
import { linesBackward } from '../../proxy/journal/journal-files.ts';
import { readLine } from '../../proxy/journal/record-chain.ts';
import { type EntryFilter, isWanted } from './entry-filter.ts';
import type { JournalEntry } from './journal-entry.ts';

/** What could not be read on the way; whoever asks is told when the rest was printed. */
export interface Unread {
  /** Lines that are not as the gateway wrote them: for `journal verify` to name. */
  lines: number;
  readonly files: Array<{ readonly name: string; readonly code: string }>;
}

/** Ends that wait for their beginning are as many as requests were under way at one time; more are of a damaged journal. */
const ENDS_AT_MOST = 50_000;
/** How every line begins (`record-chain.ts`): enough to pass over most of them unread. */
const HEAD =
  /^\{"v":1,"seq":\d+,"time":"([^"]{20,30})","prev":"[0-9a-f]{64}","type":"([a-z-]+)"(?:,"auditId":"([^"]*)")?/;
const HEAD_BYTES = 260;

/**
 * The entries that are looked for, newest first, each request with its end. Reads each file once, from its end, with
 * one chunk of it in memory and the ends of what was under way.
 */
export async function* entriesBackward(
  files: readonly JournalFile[],
  filter: EntryFilter,
  unread: Unread,
): AsyncGenerator<JournalEntry> {
  const join = new BackwardJoin(filter, unread);
  for (const [index, file] of files.toReversed().entries()) {
    try {
      if (await isBefore(file, filter.range.since)) continue;
      for await (const line of linesBackward(file.path)) {
        // The newest line of all may be under way.
        if (!line.complete && index === 0) continue;
        const entry = join.take(line);
        if (entry !== null) yield entry;
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      // Retention may remove a file while it is read.
      if (code !== 'ENOENT') unread.files.push({ name: file.name, code });
    }
  }
  yield* join.left();
}

/** A file holds records of one day of the gateway's clock (UTC), so its ends tell of all of it, though a clock was set back. */
async function isBefore({ path }: JournalFile, since: number | null): Promise<boolean> {
  if (since === null || !(since <= MOST)) return false;
  const day = since <= 0 ? '' : new Date(since).toISOString().slice(0, 10);
  for await (const line of linesBackward(path)) {
    const time = HEAD.exec(line.bytes.toString('latin1', 0, HEAD_BYTES))?.[1];
    return time !== undefined && time.slice(0, 10) < day;
  }
  return false;
}

const MOST = 8.64e15;

/** Joins records that come newest first. */
class BackwardJoin {
  readonly #filter: EntryFilter;
  readonly #unread: Unread;
  /** Lines of ends by Audit-ID: read when their beginning is looked for. */
  readonly #ends = new Map<string, Buffer>();

  constructor(filter: EntryFilter, unread: Unread) {
    this.#filter = filter;
    this.#unread = unread;
  }

  /** The entry that the line makes, where that is looked for. */
  take({ bytes }: Pick<FileLine, 'bytes'>): JournalEntry | null {
    const [, time = '', type = '', auditId = ''] = HEAD.exec(bytes.toString('latin1', 0, HEAD_BYTES)) ?? [];
    if (type === 'finished') {
      // A copy: a part of a chunk would keep all of it.
      this.#ends.set(auditId, Buffer.from(bytes));
      if (this.#ends.size > ENDS_AT_MOST) this.#ends.delete(this.#ends.keys().next().value ?? '');
      return null;
    }
    const end = type === 'decided' ? this.#ends.get(auditId) : undefined;
    if (end !== undefined) this.#ends.delete(auditId);
    if (type !== '' && !this.#isPossible(bytes, time)) return null;
    const read = readLine(bytes);
    if (!read.ok) {
      this.#unread.lines += 1;
      return null;
    }
    return this.#wanted(
      read.record.type === 'decided'
        ? { record: read.record, end: this.#endIn(end) }
        : { record: read.record, end: null },
    );
  }

  /** Ends whose beginning is not there any more. */
  *left(): Generator<JournalEntry> {
    if (this.#filter.range.since !== null) return;
    for (const line of [...this.#ends.values()]) {
      const record = this.#endIn(line);
      const entry = record === null ? null : this.#wanted({ record, end: null });
      if (entry !== null) yield entry;
    }
  }

  #endIn(line: Buffer | undefined): Extract<JournalEntry['record'], { readonly type: 'finished' }> | null {
    if (line === undefined) return null;
    const read = readLine(line);
    if (read.ok && read.record.type === 'finished') return read.record;
    this.#unread.lines += 1;
    return null;
  }

  #isPossible(bytes: Buffer, time: string): boolean {
    const { range, needles } = this.#filter;
    const at = Date.parse(time);
    if (range.since !== null && at < range.since) return false;
    if (range.until !== null && at >= range.until) return false;
    return needles.every((needle) => bytes.includes(needle));
  }

  /** What a line has is not checked beyond its hash: one that has not what its type should is not readable either. */
  #wanted(entry: JournalEntry): JournalEntry | null {
    try {
      return isWanted(entry, this.#filter) ? entry : null;
    } catch {
      this.#unread.lines += 1;
      return null;
    }
  }
}
