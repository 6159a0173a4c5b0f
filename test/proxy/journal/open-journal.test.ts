// Longer than 300 lines: one journal from its opening to its end.
import { appendFile, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { JournalRecord } from '../../../model/journal-record.ts';
import { GENESIS_HASH } from '../../../proxy/journal/record-chain.ts';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { decided, finished, openTestJournal, publicKey, temporaryFolder } from './entries.ts';

const durable = { durable: true };
const soon = { durable: false };

async function lines(folder: string, file = 'journal-000001.ndjson'): Promise<JournalRecord[]> {
  const text = await readFile(join(folder, file), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('appending', () => {
  test('numbers records from 1 and chains each to the one before', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    const first = await journal.append(decided(), durable);
    const second = await journal.append(finished('a'), soon);
    expect(first).toMatchObject({ v: 1, seq: 1, prev: GENESIS_HASH, type: 'decided' });
    expect(second).toMatchObject({ v: 1, seq: 2, prev: first.hash, type: 'finished' });
    expect(await lines(folder)).toEqual([first, second]);
  });

  test('keeps the order of appends made together, and tells listeners in that order', async () => {
    const journal = await openTestJournal(await temporaryFolder());
    const told: number[] = [];
    journal.onAppend((record) => told.push(record.seq));
    const written = await Promise.all(
      Array.from({ length: 3000 }, (_, index) =>
        journal.append(decided({ name: `pod-${index}` }), { durable: index % 7 === 0 }),
      ),
    );
    expect(written.map(({ seq }) => seq)).toEqual(Array.from({ length: 3000 }, (_, index) => index + 1));
    expect(written.map((record) => 'request' in record && record.request.name)).toEqual(
      Array.from({ length: 3000 }, (_, index) => `pod-${index}`),
    );
    expect(told).toEqual(written.map(({ seq }) => seq));
  });

  test('a listener that throws harms neither the record nor other listeners', async () => {
    const journal = await openTestJournal(await temporaryFolder());
    const told: number[] = [];
    journal.onAppend(() => {
      throw new Error('broken listener');
    });
    const stop = journal.onAppend((record) => told.push(record.seq));
    await journal.append(decided(), soon);
    stop();
    await journal.append(decided(), soon);
    expect(told).toEqual([1]);
  });

  test('files are 0600 in a 0700 folder', async () => {
    const folder = join(await temporaryFolder(), 'journal');
    const journal = await openTestJournal(folder);
    await journal.append(decided(), durable);
    await journal.close();
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    const names = await readdir(folder);
    expect(names.sort()).toEqual(['head.json', 'journal-000001.ndjson', 'public-key.pem']);
    for (const name of names) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
  });

  test('after close, appending is refused with journal-unavailable', async () => {
    const journal = await openTestJournal(await temporaryFolder());
    await journal.close();
    await expect(journal.append(decided(), durable)).rejects.toMatchObject({ code: 'journal-unavailable' });
  });

  test('an append right after the loop ran empty is written too', async () => {
    const journal = await openTestJournal(await temporaryFolder());
    for (let round = 0; round < 50; round += 1) {
      const { seq } = await journal
        .append(decided(), soon)
        .then((record) => journal.append(finished(record.hash), soon));
      expect(seq).toBe(2 * round + 2);
    }
  });
});

describe('rotation', () => {
  test('a full file is followed by a new one, and the chain goes on in it', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder, { fileBytes: 2_000 });
    for (let index = 0; index < 12; index += 1) await journal.append(decided(), soon);
    await journal.close();
    expect((await readdir(folder)).filter((name) => name.endsWith('.ndjson')).length).toBeGreaterThan(2);
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: 12, last: { seq: 12 } });
  });

  test('each day (UTC) has files of its own', async () => {
    const folder = await temporaryFolder();
    let now = Date.parse('2026-08-14T23:59:59.900Z');
    const journal = await openTestJournal(folder, { now: () => now });
    await journal.append(decided(), soon);
    now += 200;
    await journal.append(decided(), soon);
    expect((await lines(folder)).map(({ time }) => time)).toEqual(['2026-08-14T23:59:59.900Z']);
    expect((await lines(folder, 'journal-000002.ndjson')).map(({ time }) => time)).toEqual([
      '2026-08-15T00:00:00.100Z',
    ]);
  });
});

describe('opening again', () => {
  test('goes on where the last run stopped', async () => {
    const folder = await temporaryFolder();
    const first = await openTestJournal(folder);
    const last = await first.append(decided(), durable);
    await first.close();
    const second = await openTestJournal(folder);
    expect(await second.append(decided(), durable)).toMatchObject({ seq: 2, prev: last.hash });
    await second.close();
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: 2, signed: true });
  });

  test('removes a torn last line and says so in the journal', async () => {
    const folder = await temporaryFolder();
    const first = await openTestJournal(folder);
    await first.append(decided(), durable);
    await first.close();
    await appendFile(join(folder, 'journal-000001.ndjson'), '{"v":1,"seq":2,"time":"20');
    const second = await openTestJournal(folder);
    await second.append(decided(), durable);
    await second.close();
    expect(await lines(folder)).toMatchObject([
      { seq: 1 },
      {
        seq: 2,
        type: 'gateway',
        event: 'journal-repaired',
        detail: '25 bytes of an unfinished last line were removed',
      },
      { seq: 3 },
    ]);
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: 3 });
  });

  test('a file that holds nothing but a torn line is used again', async () => {
    const folder = await temporaryFolder();
    const first = await openTestJournal(folder);
    await first.append(decided(), durable);
    await first.close();
    await writeFile(join(folder, 'journal-000002.ndjson'), '{"v"');
    const second = await openTestJournal(folder);
    await second.append(decided(), durable);
    await second.close();
    expect(await lines(folder, 'journal-000002.ndjson')).toMatchObject([
      { seq: 2, event: 'journal-repaired' },
      { seq: 3 },
    ]);
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: 3 });
  });

  test('lines at the end that are no records stay as evidence; the chain goes on in a new file and verification names the line', async () => {
    const folder = await temporaryFolder();
    const first = await openTestJournal(folder);
    await first.append(decided(), durable);
    await first.close();
    await appendFile(join(folder, 'journal-000001.ndjson'), 'not a record\n');
    const second = await openTestJournal(folder);
    await second.append(decided(), durable);
    await second.close();
    expect(await readFile(join(folder, 'journal-000001.ndjson'), 'utf8')).toContain('not a record\n');
    expect(await lines(folder, 'journal-000002.ndjson')).toMatchObject([
      { seq: 2, event: 'journal-damaged' },
      { seq: 3 },
    ]);
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({
      ok: false,
      problem: { file: 'journal-000001.ndjson', line: 2 },
    });
  });

  test('a cut-off end is not covered up by writing on: the journal says so itself, for good', async () => {
    const folder = await temporaryFolder();
    const first = await openTestJournal(folder);
    const { hash } = await first.append(decided(), durable);
    await first.append(decided({ name: 'deleted-by-mallory' }), durable);
    await first.close();
    const path = join(folder, 'journal-000001.ndjson');
    const kept = (await readFile(path, 'utf8')).indexOf('\n') + 1;
    await truncate(path, kept);
    const second = await openTestJournal(folder);
    await second.append(decided(), durable);
    await second.close();
    expect((await lines(folder))[1]).toMatchObject({ seq: 2, prev: hash, event: 'journal-damaged' });
    const report = await verifyJournal(folder, { publicKey });
    expect(report.ok).toBe(false);
    expect(report.problem).toMatchObject({ file: 'journal-000001.ndjson', line: 2 });
    expect(report.problem?.reason).toContain(
      'the journal ends at record 1, but its head says that record 2 was written',
    );
  });

  test('a second writer is refused while the first is open, and not after', async () => {
    const folder = await temporaryFolder();
    const first = await openTestJournal(folder);
    await expect(openTestJournal(folder)).rejects.toMatchObject({
      code: 'folder-locked',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await first.close();
    await (await openTestJournal(folder)).close();
  });

  test.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, started: '1', token: 'x' }],
    ['an earlier process with our own pid', { pid: process.pid, started: '1', token: 'x' }],
    ['an earlier process whose pid another has now', { pid: process.ppid, started: '1', token: 'x' }],
    ['half a lock', '{"pid":'],
  ])('the lock of %s is taken over', async (_, owner) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'lock'), typeof owner === 'string' ? owner : JSON.stringify(owner));
    const journal = await openTestJournal(folder);
    expect(await journal.append(decided(), durable)).toMatchObject({ seq: 1 });
    expect((await readdir(folder)).filter((name) => name.startsWith('lock'))).toEqual(['lock']);
  });

  test('a folder that cannot be made is said in words', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    await expect(openTestJournal(join(folder, 'file', 'journal'))).rejects.toMatchObject({
      code: 'journal-unavailable',
      message: expect.stringContaining('a part of its path is no folder (ENOTDIR)'),
    });
  });
});

describe('retention', () => {
  test('by size: the oldest files go, an anchor vouches for what is missing, verification passes', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder, { fileBytes: 2_000, retention: { days: 30, bytes: 8_000 } });
    for (let index = 0; index < 40; index += 1) await journal.append(decided(), soon);
    await journal.close();
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'));
    expect(names.length).toBeLessThan(7);
    expect(names).not.toContain('journal-000001.ndjson');
    const report = await verifyJournal(folder, { publicKey });
    expect(report).toMatchObject({ ok: true, problem: null });
    expect(report.first?.seq).toBeGreaterThan(10);
  });

  test('by age: files whose last record is older go at the next start, and the journal tells which', async () => {
    const folder = await temporaryFolder();
    let now = Date.parse('2026-08-01T12:00:00Z');
    const options = { now: () => now, retention: { days: 7, bytes: 1e9 } };
    const first = await openTestJournal(folder, options);
    await first.append(decided(), soon);
    now += 86_400_000;
    await first.append(decided(), soon);
    await first.close();
    now += 7 * 86_400_000 - 1_000;
    const second = await openTestJournal(folder, options);
    const [newest] = await second.query({ types: ['gateway'] }, { limit: 1 });
    expect(newest).toMatchObject({
      event: 'journal-trimmed',
      detail: expect.stringContaining('journal-000001.ndjson'),
    });
    await second.close();
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, first: { seq: 2 } });
  });
});

describe('refused connections', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('are counted per reason and written as one record each 10 s', async () => {
    const folder = await temporaryFolder();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const journal = await openTestJournal(folder);
    for (let count = 0; count < 500; count += 1) journal.countRefused('plain-http');
    journal.countRefused('tls-handshake');
    expect(await journal.query({ types: ['refused'] }, { limit: 10 })).toEqual([]);
    const told = new Promise((resolve) => journal.onAppend(resolve));
    vi.advanceTimersByTime(10_000);
    await told;
    expect(await journal.query({ types: ['refused'] }, { limit: 10 })).toMatchObject([
      { counts: { 'plain-http': 500, 'tls-handshake': 1 } },
    ]);
  });

  test('are written at close too, and a caller cannot make up reasons without end', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder);
    for (let count = 0; count < 1_000; count += 1) journal.countRefused(`reason-${count}`);
    await journal.close();
    const [record] = await lines(folder);
    if (record?.type !== 'refused') throw new Error('expected a refused record');
    expect(Object.keys(record.counts)).toHaveLength(65);
    expect(record.counts['other']).toBe(936);
  });
});
