import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { decided, openTestJournal, temporaryFolder } from './entries.ts';

/** Node exports no FileHandle to put a spy on: the class of an open file. */
async function fileHandles(folder: string): Promise<FileHandle> {
  const handle = await open(folder, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle);
}

/** Watches every `fdatasync` of this process, in place of which `instead` is done. */
async function watchSync(folder: string, instead: () => Promise<void>) {
  const spy = vi.spyOn(await fileHandles(folder), 'datasync').mockImplementation(instead);
  onTestFinished(() => spy.mockRestore());
  return spy;
}

const headOf = async (folder: string) => JSON.parse(await readFile(join(folder, 'head.json'), 'utf8'));
const diskError = () => Promise.reject(Object.assign(new Error('input/output error'), { code: 'EIO' }));

describe('one durable record makes its whole batch durable', () => {
  const batches = [[true], [true, false, false], [false, true, false], [false, false, true]];

  test.each(batches.map((batch) => [batch]))(
    '%j: no record is confirmed before the one sync is done',
    async (batch) => {
      const folder = await temporaryFolder();
      const journal = await openTestJournal(folder);
      const happened: string[] = [];
      await watchSync(folder, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        happened.push('synced');
      });
      await Promise.all(
        batch.map(async (durable) => {
          const { seq } = await journal.append(decided(), { durable });
          happened.push(`record ${seq}`);
        }),
      );
      expect(happened).toEqual(['synced', ...batch.map((_, index) => `record ${index + 1}`)]);
    },
  );

  test.each(batches.map((batch) => [batch]))('%j: none is confirmed where the sync fails', async (batch) => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    await watchSync(folder, diskError);
    const outcomes = await Promise.allSettled(batch.map((durable) => journal.append(decided(), { durable })));
    expect(outcomes).toMatchObject(batch.map(() => ({ status: 'rejected', reason: { code: 'journal-unavailable' } })));
    expect(journal.problem()).toMatch(/the disk reports an error \(EIO\)/);
  });

  test('a batch without any waits for no sync', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    const sync = await watchSync(folder, diskError);
    await Promise.all([false, false].map((durable) => journal.append(decided(), { durable })));
    expect(sync).not.toHaveBeenCalled();
  });
});

describe('the head', () => {
  test('is signed only for what is on the disk: a sync that fails leaves the head as it was', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    expect(await headOf(folder)).toMatchObject({ seq: 0 });
    await watchSync(folder, diskError);
    await journal.append(decided(), { durable: false });
    await journal.close();
    expect(await headOf(folder)).toMatchObject({ seq: 0 });
  });

  test('is not signed by a sync that would succeed after one that failed: pages of the first may be lost', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    await journal.append(decided(), { durable: false });
    let broken = true;
    await watchSync(folder, () => (broken ? diskError() : Promise.resolve()));
    await expect(journal.append(decided(), { durable: true })).rejects.toMatchObject({ code: 'journal-unavailable' });
    broken = false;
    await journal.close();
    expect(await headOf(folder)).toMatchObject({ seq: 0 });
  });

  test('is written after the sync is done, for the last record', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    const { hash } = await journal.append(decided(), { durable: false });
    const atSync: number[] = [];
    await watchSync(folder, async () => {
      atSync.push((await headOf(folder)).seq);
    });
    await journal.close();
    expect(atSync).toEqual([0]);
    expect(await headOf(folder)).toMatchObject({ seq: 1, hash });
  });
});

test('a full file is on the disk before the next one exists', async () => {
  const folder = await temporaryFolder();
  const journal = await openTestJournal(folder, { fileBytes: 1 });
  await journal.append(decided(), { durable: false });
  await watchSync(folder, diskError);
  await expect(journal.append(decided(), { durable: false })).rejects.toMatchObject({ code: 'journal-unavailable' });
  await expect(readFile(join(folder, 'journal-000002.ndjson'))).rejects.toMatchObject({ code: 'ENOENT' });
});
