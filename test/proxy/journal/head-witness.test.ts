import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type HeadWitness, witnessFile } from '../../../proxy/journal/head-witness.ts';
import type { JournalOptions } from '../../../proxy/journal/open-journal.ts';
import { makeStatement, readJournalKey } from '../../../proxy/journal/signed-head.ts';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { decided, openTestJournal, publicKey, temporaryFolder } from './entries.ts';

const durable = { durable: true };
const NAME = 'journal-000001.ndjson';

/** A folder for a journal, and a place outside it that keeps its head. */
async function setting() {
  const place = await temporaryFolder();
  const folder = join(place, 'journal');
  const file = join(place, 'state', 'head.json');
  const witness = witnessFile(file);
  const open = (options: Partial<JournalOptions> = {}) => openTestJournal(folder, { witness, ...options });
  const verify = () => verifyJournal(folder, { publicKey, witness });
  return { place, folder, file, witness, open, verify };
}

type Setting = Awaited<ReturnType<typeof setting>>;

/** Ten records in files of four, stopped; and a copy of the folder as it was after the first two. */
async function stoppedAtTen(): Promise<Setting & { readonly older: string }> {
  const made = await setting();
  const older = join(made.place, 'older');
  for (const upTo of [2, 10]) {
    const journal = await made.open({ fileBytes: 3_400 });
    for (let seq = upTo === 2 ? 1 : 3; seq <= upTo; seq += 1) await journal.append(decided(), durable);
    await journal.close();
    if (upTo === 2) await cp(made.folder, older, { recursive: true });
  }
  return { ...made, older };
}

/** The notes of a start about itself, oldest first, and how it goes on. */
async function startAgain({ open }: Setting) {
  const journal = await open();
  const notes = (await journal.query({ types: ['gateway'] }, { limit: 50 })).reverse();
  const next = await journal.append(decided(), durable);
  const findings = journal.findings();
  await journal.close();
  return { notes, next, findings };
}

test('the second place keeps the head, 0600, and is behind by no more than a stop leaves', async () => {
  const { open, file, verify } = await setting();
  const journal = await open();
  const { seq, hash } = await journal.append(decided(), durable);
  await journal.close();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ v: 1, seq, hash, signature: expect.any(String) });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await verify()).toMatchObject({ ok: true, witness: { place: file, seq: 1 }, notes: [] });
});

describe('case 64: a journal that was stopped, and then', () => {
  test.each<[how: string, tamper: (setting: Setting & { older: string }) => Promise<unknown>, from: number]>([
    [
      'replaced as a whole by an older copy',
      async ({ folder, older }) => {
        await rm(folder, { recursive: true });
        await cp(older, folder, { recursive: true });
      },
      3,
    ],
    ['removed as a whole', ({ folder }) => rm(folder, { recursive: true }), 1],
    [
      'removed but for an empty folder',
      async ({ folder }) => {
        await rm(folder, { recursive: true });
        await mkdir(folder);
      },
      1,
    ],
    [
      'emptied, file by file, with an older head',
      async ({ folder, older }) => {
        for (const file of [1, 2, 3]) await truncate(join(folder, `journal-00000${file}.ndjson`), 0);
        await cp(join(older, 'head.json'), join(folder, 'head.json'));
      },
      1,
    ],
    [
      'robbed of its last file, with its head taken away too',
      async ({ folder }) => {
        await rm(join(folder, 'journal-000003.ndjson'));
        await rm(join(folder, 'head.json'));
      },
      9,
    ],
  ])(
    '%s: verification and the next start name what is missing, and no number is given twice',
    async (_, tamper, from) => {
      const made = await stoppedAtTen();
      await tamper(made);
      if ((await stat(made.folder).catch(() => null)) !== null) {
        const found = await made.verify();
        expect(found.ok).toBe(false);
      }

      const { notes, next, findings } = await startAgain(made);
      expect(notes[0]).toMatchObject({ event: 'journal-missing', seq: 11, missing: { from, to: 10 } });
      expect(findings).toEqual([expect.stringMatching(/missing at the end: .*says that record 10 was written at 20/)]);
      expect(next.seq).toBe(11 + notes.length);
      const after = await made.verify();
      expect(after.ok).toBe(false);
      expect(after.problem?.reason).toMatch(new RegExp(`records ${from} to 10 are missing|does not end|head\\.json`));

      // On record for good, and told once.
      const again = await startAgain(made);
      expect(again.findings).toEqual([]);
      expect(again.notes.filter((note) => 'event' in note && note.event === 'journal-missing')).toHaveLength(1);
      expect((await made.verify()).ok).toBe(false);
    },
  );

  test('robbed of a file in the middle: named, with what it held', async () => {
    const made = await stoppedAtTen();
    await rm(join(made.folder, 'journal-000002.ndjson'));
    const { notes, findings } = await startAgain(made);
    expect(notes).toMatchObject([{ event: 'journal-missing', missing: { from: 5, to: 8 } }]);
    expect(findings).toEqual(['records 5 to 8 are missing between journal-000001.ndjson and journal-000003.ndjson']);
    expect((await startAgain(made)).findings).toEqual([]);
    expect((await made.verify()).problem?.reason).toMatch(/records 5 to 8 are missing/);
  });

  test('robbed of its first file, or with one in the middle emptied', async () => {
    const made = await stoppedAtTen();
    await rm(join(made.folder, NAME));
    await truncate(join(made.folder, 'journal-000002.ndjson'), 0);
    expect((await startAgain(made)).findings).toEqual(['records 1 to 8 are missing before journal-000003.ndjson']);
  });

  test('written anew to the same length: its record is not the one that the second place knows', async () => {
    const made = await stoppedAtTen();
    await rm(made.folder, { recursive: true });
    const forger = await openTestJournal(made.folder);
    for (let seq = 1; seq <= 12; seq += 1) await forger.append(decided({ user: 'local:eve' }), durable);
    await forger.close();
    expect(await made.verify()).toMatchObject({
      ok: false,
      problem: { reason: 'record 10 is not the one that the signed head in the second place was made for' },
    });
    const { findings } = await startAgain(made);
    expect(findings).toEqual([`record 10 is not the one that ${made.file} knows`]);
  });
});

describe('what is no loss', () => {
  test('a crash that leaves the second place behind the journal', async () => {
    const made = await stoppedAtTen();
    const behind = await readFile(made.file, 'utf8');
    const journal = await made.open();
    for (let count = 0; count < 3; count += 1) await journal.append(decided(), durable);
    await journal.close();
    await writeFile(made.file, behind);
    expect(await made.verify()).toMatchObject({ ok: true });
    expect((await startAgain(made)).findings).toEqual([]);
  });

  test('files that retention removed, however often', async () => {
    const made = await setting();
    const options = { fileBytes: 2_000, retention: { days: 30, bytes: 6_000 } };
    for (let start = 0; start < 3; start += 1) {
      const journal = await made.open(options);
      expect(journal.findings()).toEqual([]);
      for (let count = 0; count < 15; count += 1) await journal.append(decided(), durable);
      await journal.close();
    }
    expect(await readdir(made.folder)).not.toContain(NAME);
    expect(await made.verify()).toMatchObject({ ok: true });
  });

  test('a first start, and one after an upgrade from a version without a second place', async () => {
    const made = await setting();
    const first = await openTestJournal(made.folder);
    await first.append(decided(), durable);
    await first.close();
    expect((await startAgain(made)).findings).toEqual([]);
    expect(await made.verify()).toMatchObject({ ok: true, witness: { seq: 2 } });
  });
});

describe('a second place that says nothing useful is named, and the journal goes on', () => {
  const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const forged = makeStatement('head', { seq: 2 ** 51, hash: 'a'.repeat(64), time: 'T' }, readJournalKey(other));

  test.each([
    ['garbage', 'not JSON', /holds no head of a journal/],
    ['nothing', '', /holds no head of a journal/],
    [
      'a head signed with another key',
      JSON.stringify(forged),
      /names record \d+ at T, the head was signed with another/,
    ],
    ['a head without a signature', JSON.stringify({ ...forged, keyId: null, signature: null }), /is not signed/],
    ['a number beyond counting', JSON.stringify({ ...forged, seq: 2 ** 53 - 1 }), /holds no head of a journal/],
  ])('%s', async (_, text, why) => {
    const made = await stoppedAtTen();
    await writeFile(made.file, text);
    expect(await made.verify()).toMatchObject({
      ok: true,
      witness: null,
      unchecked: [{ what: 'reach', why: expect.stringMatching(why) }],
    });
    const { notes, next } = await startAgain(made);
    expect(notes).toMatchObject([{ event: 'journal-not-compared', seq: 11, detail: expect.stringMatching(why) }]);
    expect(next.seq).toBe(12);
    expect(await made.verify()).toMatchObject({ ok: true, witness: { seq: 12 } });
  });

  test('one that cannot be read', async () => {
    const made = await stoppedAtTen();
    const witness: HeadWitness = {
      ...made.witness,
      read: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })),
    };
    const journal = await made.open({ witness });
    expect(journal.findings()).toEqual([expect.stringMatching(/cannot be read: .*\(EACCES\)/)]);
    expect(await verifyJournal(made.folder, { publicKey, witness })).toMatchObject({ ok: true, witness: null });
  });

  test('one that cannot be written stops nothing, and the log says so once', async () => {
    const { folder, witness } = await setting();
    const errors: string[] = [];
    const log = { info: () => undefined, warn: () => undefined, error: (_: object, text: string) => errors.push(text) };
    const write = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    for (let start = 0; start < 2; start += 1) {
      const journal = await openTestJournal(folder, { witness: { ...witness, write }, log });
      await journal.append(decided(), durable);
      await journal.close();
    }
    expect(errors).toEqual(Array(2).fill('how far the journal reaches cannot be kept outside its folder'));
  });
});

test('without a key the numbers alone are compared', async () => {
  const { open, folder, witness } = await setting();
  const options = { signingKey: null };
  const journal = await open(options);
  for (let count = 0; count < 3; count += 1) await journal.append(decided(), durable);
  await journal.close();
  await rm(folder, { recursive: true });
  const next = await open(options);
  expect(next.findings()).toEqual([expect.stringContaining('records 1 to 3 are missing')]);
  await next.close();
  expect(await verifyJournal(folder, { publicKey: null, witness })).toMatchObject({ ok: false });
});

test('while it runs, a journal that goes is told to the second place up to its last record', async () => {
  const { open, folder, file } = await setting();
  const journal = await open();
  const { seq } = await journal.append(decided(), durable);
  await rm(folder, { recursive: true });
  await journal.append(decided(), durable).catch(() => undefined);
  await journal.close();
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ seq });
});
