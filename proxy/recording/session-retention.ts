import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GatewayLog } from '../gateway-log.ts';
import type { RecordingNumbers } from '../gateway-numbers.ts';

/** How long recordings of streams are kept, and how much of them. */
export interface RecordingRetention {
  readonly days: number;
  readonly bytes: number;
}

/** A season, and room for a few hundred hours of terminals. */
export const RECORDING_RETENTION: RecordingRetention = { days: 90, bytes: 10 * 1024 ** 3 };

const DAY = 86_400_000;
const HOUR = 3_600_000;
const RECORDING = /^(?<auditId>[0-9a-f-]{36})\.(?:cast|jsonl)$/;

/**
 * Removes recordings, oldest first, while they are too old or too many. A recording under way stays: its stream must be
 * recorded, or end.
 * @param isOpen whether a stream of this audit id runs.
 * @returns the names that are gone.
 */
export async function trimRecordings(
  folder: string,
  { days, bytes: most }: RecordingRetention,
  { now, isOpen }: { readonly now: number; readonly isOpen: (auditId: string) => boolean },
): Promise<string[]> {
  const found = await recordingsIn(folder);
  let bytes = found.reduce((sum, recording) => sum + recording.bytes, 0);
  const removed: string[] = [];
  for (const recording of found.filter(({ auditId }) => !isOpen(auditId))) {
    if (bytes <= most && now - recording.changed <= days * DAY) break;
    await rm(join(folder, recording.name), { force: true });
    bytes -= recording.bytes;
    removed.push(recording.name);
  }
  return removed;
}

/**
 * Removes them at once and then once an hour.
 * @param onRemoved is told in words how many went.
 */
export async function trimNowAndThen(
  folder: string,
  retention: RecordingRetention,
  options: {
    readonly isOpen: (auditId: string) => boolean;
    readonly onRemoved: (detail: string) => Promise<unknown>;
    readonly log: GatewayLog;
  },
): Promise<NodeJS.Timeout> {
  const { isOpen, onRemoved, log } = options;
  const trim = async (): Promise<void> => {
    try {
      const removed = await trimRecordings(folder, retention, { now: Date.now(), isOpen });
      if (removed.length === 0) return;
      await onRemoved(`${removed.length} recordings: kept are ${retention.days} days and ${retention.bytes} bytes`);
    } catch (error) {
      log.error({ event: 'retention-failed', error }, 'Old recordings could not be removed');
    }
  };
  await trim();
  return setInterval(() => void trim(), HOUR).unref();
}

/** How many recordings there are, and their bytes together. */
export async function measureRecordings(folder: string): Promise<RecordingNumbers> {
  const found = await recordingsIn(folder);
  return { files: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Oldest first. */
async function recordingsIn(folder: string) {
  const names = await readdir(folder).catch(() => []);
  const recordings = await Promise.all(
    names.map(async (name) => {
      const auditId = RECORDING.exec(name)?.groups?.['auditId'];
      const found = auditId === undefined ? null : await stat(join(folder, name)).catch(() => null);
      return auditId === undefined || found === null
        ? []
        : [{ name, auditId, bytes: found.size, changed: found.mtimeMs }];
    }),
  );
  return recordings.flat().sort((one, other) => one.changed - other.changed);
}
