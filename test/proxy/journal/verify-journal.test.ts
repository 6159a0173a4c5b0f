import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readLine, sealRecord } from '../../../proxy/journal/record-chain.ts';
import { makeStatement, readJournalKey, writeStatement } from '../../../proxy/journal/signed-head.ts';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { decided, openTestJournal, publicKey, signingKey, temporaryFolder } from './entries.ts';

/** Ten records in files of four. */
async function journalOfTen(options: { readonly signingKey?: string | null } = {}): Promise<string> {
  const folder = await temporaryFolder();
  const journal = await openTestJournal(folder, { fileBytes: 3_400, ...options });
  for (let index = 1; index <= 10; index += 1)
    await journal.append(decided({ name: `pod-${index}` }), { durable: false });
  await journal.close();
  return folder;
}

const path = (folder: string, file: number) => join(folder, `journal-00000${file}.ndjson`);

async function edit(folder: string, file: number, change: (lines: string[]) => string[]): Promise<void> {
  const lines = (await readFile(path(folder, file), 'utf8')).trimEnd().split('\n');
  await writeFile(
    path(folder, file),
    change(lines)
      .map((line) => `${line}\n`)
      .join(''),
  );
}

/** Makes every hash and prev fit again from the first record on, as somebody would who rewrites history. */
async function rechain(folder: string): Promise<void> {
  let last = { seq: 0, hash: '0'.repeat(64) };
  for (const file of [1, 2, 3]) {
    await edit(folder, file, (lines) =>
      lines.map((line) => {
        const { v, seq, time, prev, hash, ...entry } = JSON.parse(line);
        const sealed = sealRecord(entry, { seq: last.seq + 1, time, prev: last.hash });
        last = sealed.record;
        return sealed.line.trimEnd();
      }),
    );
  }
}

test('an untouched journal passes, over all its files', async () => {
  const folder = await journalOfTen();
  expect((await readdir(folder)).filter((name) => name.endsWith('.ndjson'))).toHaveLength(3);
  expect(await verifyJournal(folder, { publicKey })).toMatchObject({
    ok: true,
    files: 3,
    records: 10,
    first: { seq: 1 },
    last: { seq: 10 },
    afterHead: 0,
    signed: true,
    problem: null,
    notes: [],
  });
});

describe('tells the first bad file, line and reason', () => {
  test.each<[what: string, tamper: (folder: string) => Promise<void>, file: number, line: number, reason: RegExp]>([
    [
      'an edit',
      (folder) =>
        edit(folder, 2, (lines) => lines.map((line, at) => (at === 1 ? line.replace('pod-6', 'pod-7') : line))),
      2,
      2,
      /record 6 was changed/,
    ],
    [
      'an edit of one digit of a hash',
      (folder) =>
        edit(folder, 1, ([first = '', ...rest]) => [
          first.replace(/.(?="\}$)/, (digit) => (digit === '0' ? '1' : '0')),
          ...rest,
        ]),
      1,
      1,
      /record 1 was changed/,
    ],
    [
      'an edit with its own hash made to fit',
      (folder) =>
        edit(folder, 2, (lines) =>
          lines.map((line, at) => {
            const { v, seq, time, prev, hash, ...entry } = JSON.parse(line);
            return at === 1 ? sealRecord({ ...entry, cluster: 'elsewhere' }, { seq, time, prev }).line.trimEnd() : line;
          }),
        ),
      2,
      3,
      /record 7 does not follow the record before it/,
    ],
    [
      'a removed line',
      (folder) => edit(folder, 1, (lines) => lines.toSpliced(1, 1)),
      1,
      2,
      /records 2 to 2 are missing/,
    ],
    [
      'a removed first line',
      (folder) => edit(folder, 1, (lines) => lines.slice(1)),
      1,
      1,
      /records 1 to 1 are missing/,
    ],
    ['a removed file', (folder) => rm(path(folder, 2)), 3, 1, /records 5 to 8 are missing/],
    ['a removed first file', (folder) => rm(path(folder, 1)), 2, 1, /records 1 to 4 are missing/],
    [
      'two lines in the other order',
      (folder) => edit(folder, 1, ([a = '', b = '', ...rest]) => [b, a, ...rest]),
      1,
      1,
      /records 1 to 1 are missing/,
    ],
    [
      'a line twice',
      (folder) => edit(folder, 1, ([a = '', ...rest]) => [a, a, ...rest]),
      1,
      2,
      /record 1 stands where record 2 belongs/,
    ],
    [
      'an empty line',
      (folder) => edit(folder, 1, ([a = '', ...rest]) => [a, '', ...rest]),
      1,
      2,
      /does not end with a hash/,
    ],
    [
      'a line that is not JSON',
      (folder) => edit(folder, 1, ([a = '', ...rest]) => [a.replace('{', '['), ...rest]),
      1,
      1,
      /not JSON/,
    ],
    [
      'a whole chain written anew',
      async (folder) => {
        await edit(folder, 1, (lines) => lines.map((line) => line.replaceAll('local:ada', 'local:eve')));
        await rechain(folder);
      },
      3,
      2,
      /record 10 is not the one that the signed head was made for/,
    ],
  ])('%s', async (_, tamper, file, line, reason) => {
    const folder = await journalOfTen();
    await tamper(folder);
    const { ok, problem } = await verifyJournal(folder, { publicKey });
    expect(ok).toBe(false);
    expect(problem).toEqual({ file: `journal-00000${file}.ndjson`, line, reason: expect.stringMatching(reason) });
  });
});

describe('against the signed head', () => {
  test.each<[what: string, tamper: (folder: string) => Promise<void>, reason: RegExp]>([
    [
      'the last lines cut off',
      (folder) => edit(folder, 3, (lines) => lines.slice(0, -1)),
      /ends at record 9, but its head says that record 10/,
    ],
    ['the last file removed', (folder) => rm(path(folder, 3)), /ends at record 8, but its head says that record 10/],
    [
      'all files removed',
      async (folder) => Promise.all([1, 2, 3].map((file) => rm(path(folder, file)))).then(() => undefined),
      /ends at record 0/,
    ],
    ['the head removed', (folder) => rm(join(folder, 'head.json')), /head\.json is missing/],
    ['the head broken', (folder) => writeFile(join(folder, 'head.json'), '{}'), /head\.json cannot be read/],
    [
      'the head set back',
      async (folder) => {
        const head = JSON.parse(await readFile(join(folder, 'head.json'), 'utf8'));
        await writeFile(join(folder, 'head.json'), JSON.stringify({ ...head, seq: 9 }));
      },
      /signature is wrong/,
    ],
    [
      'the head signed with another key',
      async (folder) => {
        const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
        const about = { seq: 9, hash: 'a'.repeat(64), time: new Date().toISOString() };
        await writeStatement(folder, 'head', makeStatement('head', about, readJournalKey(other)));
      },
      /signed with another key/,
    ],
    [
      'the signature taken off',
      async (folder) => {
        const about = { seq: 9, hash: 'a'.repeat(64), time: new Date().toISOString() };
        await writeStatement(folder, 'head', makeStatement('head', about, null));
      },
      /not signed/,
    ],
    [
      'an anchor made from a head, to hide a removed first file',
      async (folder) => {
        await writeFile(join(folder, 'anchor.json'), await readFile(join(folder, 'head.json')));
        await rm(path(folder, 1));
      },
      /anchor's signature is wrong/,
    ],
  ])('finds %s', async (_, tamper, reason) => {
    const folder = await journalOfTen();
    await tamper(folder);
    const { ok, problem } = await verifyJournal(folder, { publicKey });
    expect(ok).toBe(false);
    expect(problem?.reason).toMatch(reason);
  });

  test('records after the head are checked by the chain and counted', async () => {
    const folder = await journalOfTen();
    const line = (await readFile(path(folder, 1), 'utf8')).split('\n')[1] ?? '';
    const record = readLine(Buffer.from(line));
    if (!record.ok) throw new Error(record.reason);
    const { seq, hash, time } = record.record;
    await writeStatement(folder, 'head', makeStatement('head', { seq, hash, time }, readJournalKey(signingKey)));
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, afterHead: 8 });
  });

  test('a line that is being written is not held against the journal', async () => {
    const folder = await journalOfTen();
    await writeFile(path(folder, 3), `${await readFile(path(folder, 3), 'utf8')}{"v":1,"se`);
    const report = await verifyJournal(folder, { publicKey });
    expect(report).toMatchObject({ ok: true, records: 10 });
    expect(report.notes).toEqual([expect.stringContaining('unfinished line')]);
  });
});

test('without a key the chain alone is checked, and the report says so', async () => {
  const folder = await journalOfTen({ signingKey: null });
  expect(await verifyJournal(folder, { publicKey: null })).toMatchObject({
    ok: true,
    signed: false,
    unchecked: [{ what: 'signature', why: expect.stringMatching(/^the journal is not signed/) }],
  });
  expect(await verifyJournal(folder, { publicKey })).toMatchObject({
    ok: false,
    problem: { reason: 'the head is not signed' },
  });
});

test('a writer and a verifier at work together do not disturb each other', async () => {
  const folder = await temporaryFolder();
  const journal = await openTestJournal(folder, { fileBytes: 20_000, retention: { days: 1, bytes: 60_000 } });
  let writing = true;
  const writer = (async () => {
    for (let round = 0; round < 60; round += 1) {
      await Promise.all(Array.from({ length: 20 }, () => journal.append(decided(), { durable: false })));
    }
    writing = false;
  })();
  while (writing) expect(await verifyJournal(folder, { publicKey })).toMatchObject({ problem: null });
  await writer;
});
