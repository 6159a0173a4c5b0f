import { rm } from 'node:fs/promises';
import type { GatewayRecord } from '../../model/journal-record.ts';
import { linesBackward, syncFolder } from './journal-files.ts';
import type { ReadersGroup } from './readers.ts';
import { readLine } from './record-chain.ts';
import type { KnownFile } from './recovery.ts';
import { type JournalKey, makeStatement, writeStatement } from './signed-head.ts';

/** How long and how much is kept. */
export interface JournalRetention {
  readonly days: number;
  readonly bytes: number;
}

interface TrimOptions {
  readonly key: JournalKey | null;
  readonly now: number;
  readonly readers: ReadersGroup;
  /** Called as each goes: one that cannot be removed leaves the others gone, which must not be taken for a loss. */
  readonly onRemoved: (file: KnownFile) => void;
}

const DAY_MILLISECONDS = 86_400_000;

/**
 * Removes whole files, oldest first, while they are too old or too many; the newest file always stays.
 *
 * The anchor is written and on the disk before the first file goes: verification then knows that what is missing at
 * the front was removed by the gateway, and which record the rest follows.
 *
 * @returns what to tell in the journal; null: nothing was removed.
 */
export async function trim(
  folder: string,
  files: readonly KnownFile[],
  retention: JournalRetention,
  { key, now, readers, onRemoved }: TrimOptions,
): Promise<GatewayRecord | null> {
  const oldest = now - retention.days * DAY_MILLISECONDS;
  const kept = [...files];
  const removed: KnownFile[] = [];
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  let last: Awaited<ReturnType<typeof lastRecord>> = null;
  for (let file = kept[0]; file !== undefined && kept.length > 1; file = kept[0]) {
    const record = await lastRecord(file);
    const tooOld = record !== null && Date.parse(record.time) < oldest;
    if (!tooOld && bytes <= retention.bytes) break;
    last = record ?? last;
    bytes -= file.bytes;
    removed.push(file);
    kept.shift();
  }
  if (removed.length === 0) return null;

  if (last !== null) {
    const time = new Date(now).toISOString();
    await writeStatement(
      folder,
      'anchor',
      makeStatement('anchor', { seq: last.seq, hash: last.hash, time }, key),
      readers,
    );
  }
  for (const file of removed) {
    await rm(file.path, { force: true });
    onRemoved(file);
  }
  await syncFolder(folder);
  const names = removed.map((file) => file.name).join(', ');
  const detail = `${names} removed, up to record ${last?.seq ?? 0}: kept are ${retention.days} days and ${retention.bytes} bytes`;
  return { type: 'gateway', event: 'journal-trimmed', detail };
}

async function lastRecord(file: KnownFile) {
  for await (const line of linesBackward(file.path)) {
    const read = readLine(line.bytes);
    if (read.ok) return read.record;
  }
  return null;
}
