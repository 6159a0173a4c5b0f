import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { trimRecordings } from '../../../proxy/recording/session-retention.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 0, 31);

/** A folder with recordings of 100 bytes, last written so many days ago. */
async function folderOf(...ages: readonly number[]) {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-sessions-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const names = await Promise.all(
    ages.map(async (age, index) => {
      const name = `${randomUUID()}.${index % 2 === 0 ? 'cast' : 'jsonl'}`;
      await writeFile(join(folder, name), Buffer.alloc(100));
      await utimes(join(folder, name), NOW / 1000, (NOW - age * DAY) / 1000);
      return name;
    }),
  );
  return { folder, names };
}

const nothingOpen = { now: NOW, isOpen: () => false };

describe('recordings of streams', () => {
  it('go when they are older than they are kept', async () => {
    const { folder, names } = await folderOf(40, 5, 31, 1);
    expect(await trimRecordings(folder, { days: 30, bytes: 1e9 }, nothingOpen)).toEqual([names[0], names[2]]);
    expect((await readdir(folder)).sort()).toEqual([names[1], names[3]].sort());
  });

  it('go oldest first when there are too many', async () => {
    const { folder, names } = await folderOf(1, 3, 2);
    expect(await trimRecordings(folder, { days: 30, bytes: 150 }, nothingOpen)).toEqual([names[1], names[2]]);
  });

  it('stay while their stream runs', async () => {
    const { folder, names } = await folderOf(40, 35);
    const isOpen = (auditId: string) => names[0]?.startsWith(auditId) === true;
    expect(await trimRecordings(folder, { days: 30, bytes: 1e9 }, { now: NOW, isOpen })).toEqual([names[1]]);
  });

  it('are told from other files, and a folder that is not there has none', async () => {
    const { folder } = await folderOf();
    await writeFile(join(folder, 'notes.txt'), 'mine');
    expect(await trimRecordings(folder, { days: 0, bytes: 0 }, nothingOpen)).toEqual([]);
    expect(await trimRecordings(join(folder, 'missing'), { days: 0, bytes: 0 }, nothingOpen)).toEqual([]);
  });
});
