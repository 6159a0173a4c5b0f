import { spawnSync } from 'node:child_process';
import { type FileHandle, mkdtemp, open, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { decided, openTestJournal, publicKey, temporaryFolder } from './entries.ts';

/** A disk of this size; null where the machine lets nobody mount one. */
async function disk(kind: string, kibibytes: number): Promise<string | null> {
  const place = await mkdtemp(join(tmpdir(), 'gatehouse-disk-'));
  const image = `${place}.image`;
  onTestFinished(async () => {
    spawnSync('umount', ['--lazy', place]);
    await rm(image, { force: true });
    await rm(place, { recursive: true, force: true });
  });
  const mount = (...words: string[]) => spawnSync('mount', [...words, place]).status === 0;
  if (kind === 'tmpfs') return mount('-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs') ? place : null;
  const made = spawnSync('truncate', ['-s', `${kibibytes}k`, image]).status === 0;
  const formatted = made && spawnSync(`mkfs.${kind}`, ['-q', image]).status === 0;
  return formatted && mount('-o', 'loop', image) ? place : null;
}

async function fill(place: string): Promise<void> {
  const file = await open(join(place, 'fill'), 'a');
  // Byte by byte at last: a block that is begun has room for a record.
  for (const size of [64 * 1024, 512, 1]) {
    for (let more = true; more; )
      more = await file.write(Buffer.alloc(size)).then(
        () => true,
        () => false,
      );
  }
  await file.close();
}

const refused = { code: 'journal-unavailable', message: expect.stringContaining('the disk is full (ENOSPC)') };

describe('a disk that was full', () => {
  test.each(['tmpfs', 'ext4'])('%s: takes the first record again once there is room', async (kind) => {
    const place = await disk(kind, kind === 'tmpfs' ? 512 : 4096);
    if (place === null) return console.log(`skipped: no ${kind} can be mounted here`);
    const journal = await openTestJournal(join(place, 'journal'));
    await journal.append(decided(), { durable: true });
    for (const first of [true, false]) {
      await fill(place);
      // What is left of the last block is used up first.
      let outcome = 'written';
      for (let most = 0; most < 64 && outcome === 'written'; most += 1) {
        outcome = await journal.append(decided(), { durable: true }).then(
          () => 'written',
          () => 'refused',
        );
      }
      for (const durable of [true, false, true]) {
        await expect(journal.append(decided(), { durable })).rejects.toMatchObject(refused);
      }
      await rm(join(place, 'fill'));
      await journal.append(decided(), { durable: first });
      expect(journal.problem()).toBeNull();
    }
    await journal.close();
    expect(await verifyJournal(join(place, 'journal'), { publicKey })).toMatchObject({ ok: true });
  });

  test('is tried anew by whoever asks before something is sent, and that is no record that is lost', async () => {
    const place = await disk('tmpfs', 512);
    if (place === null) return console.log('skipped: no tmpfs can be mounted here');
    const journal = await openTestJournal(join(place, 'journal'));
    await journal.assertWritable();
    await fill(place);
    let lost = 0;
    while (lost === 0) await journal.append(decided(), { durable: true }).catch(() => (lost += 1));
    await expect(journal.assertWritable()).rejects.toMatchObject({
      ...refused,
      message: 'the journal of Gatehouse cannot be written: the disk is full (ENOSPC)',
    });
    await rm(join(place, 'fill'));
    await Promise.all([journal.assertWritable(), journal.assertWritable()]);
    expect(journal.problem()).toBeNull();
    const [note] = await journal.query({ types: ['gateway'] }, { limit: 1 });
    expect(note).toMatchObject({ event: 'journal-resumed', detail: expect.stringContaining(' 1 records could not') });
    await journal.close();
    expect(await verifyJournal(join(place, 'journal'), { publicKey })).toMatchObject({ ok: true });
  });

  test('that says so only when it syncs: the first record again, and no heap of empty files', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    await journal.append(decided(), { durable: true });
    const handle = await open(join(folder, 'journal-000001.ndjson'));
    await handle.close();
    const sync = vi.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'datasync');
    onTestFinished(() => sync.mockRestore());
    sync.mockRejectedValue(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
    for (let time = 0; time < 5; time += 1) {
      await expect(journal.append(decided(), { durable: true })).rejects.toMatchObject(refused);
    }
    sync.mockRestore();
    await journal.append(decided(), { durable: true });
    expect((await readdir(folder)).filter((name) => name.endsWith('.ndjson')).sort()).toEqual([
      'journal-000001.ndjson',
      'journal-000002.ndjson',
    ]);
    await journal.close();
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true });
  });
});

test('a first start that found no room for its first record: nothing is missing', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'journal-000001.ndjson'), '');
  const journal = await openTestJournal(folder);
  expect(journal.findings()).toEqual([]);
  await journal.append(decided(), { durable: true });
  await journal.close();
  expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true });
});
