import { createHash, hash as hashOnce } from 'node:crypto';
import type { JournalEntry, JournalRecord } from '../../model/journal-record.ts';
import { visibleJson } from '../../model/visible-text.ts';

/** `prev` of the first record ever. */
export const GENESIS_HASH = '0'.repeat(64);

/** Where the next record of a chain goes. */
export interface ChainPosition {
  readonly seq: number;
  /** RFC 3339 with milliseconds, UTC. */
  readonly time: string;
  /** Hash of the record before, or {@link GENESIS_HASH}. */
  readonly prev: string;
}

/**
 * The one serialisation of a record, used by the writer and checked by {@link readLine}.
 *
 * The line is `JSON.stringify` of the record with `hash` as its last member. The hash is the hex SHA-256 over the 64
 * characters of `prev`, followed by the UTF-8 bytes of the line with `,"hash":"…"` taken out. A reader therefore
 * never serialises again: it hashes the bytes that are in the file. What a terminal would not show as it is stands there
 * as `\u` escapes: people read these files with `cat` and `grep`.
 */
export function sealRecord(entry: JournalEntry, { seq, time, prev }: ChainPosition) {
  const unsealed = { v: 1 as const, seq, time, prev, ...entry };
  const json = JSON.stringify(unsealed);
  const text = isPlain(json) ? json : visibleJson(json);
  const hash = hashOnce('sha256', prev + text);
  const record: JournalRecord = { ...unsealed, hash };
  return { record, line: `${text.slice(0, -1)},"hash":"${hash}"}\n` };
}

/** ASCII alone, of which JSON escapes all control characters but DEL. Both are asked in fractions of a microsecond. */
function isPlain(json: string): boolean {
  return Buffer.byteLength(json) === json.length && !json.includes('\u007f');
}

/** A line as read from a file: a whole record whose hash fits its bytes, or why it is not one. */
export type ReadLine =
  | { readonly ok: true; readonly record: JournalRecord }
  | { readonly ok: false; readonly reason: string };

const HEX_HASH = /^[0-9a-f]{64}$/;
const HASH_MEMBER = /^,"hash":"([0-9a-f]{64})"\}$/;
const HASH_MEMBER_BYTES = ',"hash":""}'.length + 64;

/** Reads one line (without its line break). Whether it follows the line before is for the caller to check. */
export function readLine(line: Buffer): ReadLine {
  const end = line.length - HASH_MEMBER_BYTES;
  const written = HASH_MEMBER.exec(line.toString('latin1', Math.max(end, 0)))?.[1];
  if (end < 1 || written === undefined) return { ok: false, reason: 'the line does not end with a hash' };

  let record: JournalRecord;
  try {
    record = JSON.parse(line.toString('utf8'));
  } catch {
    return { ok: false, reason: 'the line is not JSON' };
  }
  if (record.v !== 1) return { ok: false, reason: 'the record is of a version that this program does not know' };
  if (!Number.isSafeInteger(record.seq) || record.seq < 1 || !HEX_HASH.test(record.prev)) {
    return { ok: false, reason: 'the record has no valid seq and prev' };
  }
  const computed = createHash('sha256').update(record.prev).update(line.subarray(0, end)).update('}').digest('hex');
  if (computed !== written || record.hash !== written) {
    return { ok: false, reason: `record ${record.seq} was changed: its hash does not fit its content` };
  }
  return { ok: true, record };
}
