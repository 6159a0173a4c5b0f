import { generateKeyPairSync } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../../model/journal-record.ts';
import type { JournalOptions } from '../../../proxy/journal/open-journal.ts';
import { type JournalKey, makeStatement, readJournalKey, writeStatement } from '../../../proxy/journal/signed-head.ts';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { decided, openTestJournal, publicKey, signingKey, temporaryFolder } from './entries.ts';

const soon = { durable: false };
const name = (index: number) => `journal-00000${index}.ndjson`;
const path = (folder: string, index: number) => join(folder, name(index));

async function recordsOf(folder: string, index: number): Promise<JournalRecord[]> {
  const lines = (await readFile(path(folder, index), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

const filesIn = async (folder: string) => (await readdir(folder)).filter((file) => file.endsWith('.ndjson')).sort();

/** A closed journal with one record in each of its files. */
async function journalOf(files: number, options: Partial<JournalOptions> = {}): Promise<string> {
  const folder = await temporaryFolder();
  const journal = await openTestJournal(folder, { fileBytes: 1, ...options });
  for (let index = 1; index <= files; index += 1) await journal.append(decided({ name: `pod-${index}` }), soon);
  await journal.close();
  return folder;
}

describe('a new file', () => {
  test('begins with the record after the last of the file before, chained to it', async () => {
    const folder = await journalOf(3);
    const records = [await recordsOf(folder, 1), await recordsOf(folder, 2), await recordsOf(folder, 3)];
    expect(records).toMatchObject([
      [{ seq: 1, prev: '0'.repeat(64) }],
      [{ seq: 2, prev: records[0]?.[0]?.hash }],
      [{ seq: 3, prev: records[1]?.[0]?.hash }],
    ]);
  });

  test('of another journal does not fit in the middle, whole as it is', async () => {
    const folder = await journalOf(3);
    await writeFile(path(folder, 2), await readFile(path(await journalOf(3), 2)));
    expect((await verifyJournal(folder, { publicKey })).problem).toMatchObject({
      file: name(2),
      line: 1,
      reason: expect.stringMatching(/record 2 does not follow the record before it/),
    });
  });
});

describe('an unfinished line in an older file', () => {
  test('is not excused as a write under way', async () => {
    const folder = await journalOf(3);
    await appendFile(path(folder, 2), '{"v":1,"seq":3');
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({
      ok: false,
      problem: { file: name(2), line: 2 },
      notes: [],
    });
  });

  test.each([
    ['an empty file', ''],
    ['nothing but an unfinished line', '{"v"'],
  ])('is damage to the next start too, behind which %s stands; it stays as evidence', async (_, newest) => {
    const folder = await journalOf(1);
    const torn = '{"v":1,"seq":2,"time":"20';
    await appendFile(path(folder, 1), torn);
    await writeFile(path(folder, 2), newest);
    const journal = await openTestJournal(folder);
    const notes = await journal.query({ types: ['gateway'] }, { limit: 10 });
    expect(notes).toContainEqual(
      expect.objectContaining({
        seq: 2,
        event: 'journal-damaged',
        detail: `1 lines after record 1 in ${name(1)} are not records`,
      }),
    );
    await journal.close();
    expect(await readFile(path(folder, 1), 'utf8')).toMatch(new RegExp(`\\n${torn}$`));
    expect(await recordsOf(folder, 3)).toContainEqual(expect.objectContaining({ seq: 2, event: 'journal-damaged' }));
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({
      ok: false,
      problem: { file: name(1), line: 2 },
    });
  });

  test('hides no record from a query', async () => {
    const folder = await journalOf(3);
    await appendFile(path(folder, 2), '{"v":1,"seq":3');
    const journal = await openTestJournal(folder);
    expect((await journal.query({ types: ['decided'] }, { limit: 10 })).map(({ seq }) => seq)).toEqual([3, 2, 1]);
  });
});

describe("retention's anchor", () => {
  const keepsThree = { retention: { days: 30, bytes: 2_700 } };
  const key = readJournalKey(signingKey);
  const otherKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const anchorOf = async (folder: string) => JSON.parse(await readFile(join(folder, 'anchor.json'), 'utf8'));

  test('is the last record that went, from which the rest follows', async () => {
    const folder = await journalOf(6, keepsThree);
    const [oldest = ''] = await filesIn(folder);
    const index = Number(/\d+/.exec(oldest));
    expect(index).toBeGreaterThan(1);
    const [first] = await recordsOf(folder, index);
    expect(await anchorOf(folder)).toMatchObject({ seq: (first?.seq ?? 0) - 1, hash: first?.prev, keyId: key.keyId });
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, first: { seq: first?.seq } });
  });

  test('stands before the first file goes: where it cannot be written, every file stays', async () => {
    const folder = await journalOf(6);
    // Where the anchor is prepared stands a folder.
    await mkdir(join(folder, 'anchor.json.new'));
    const journal = await openTestJournal(folder, keepsThree);
    await journal.close();
    expect(await filesIn(folder)).toEqual([1, 2, 3, 4, 5, 6].map(name));
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, first: { seq: 1 } });
  });

  /** Four files of one record each, an anchor about the second of them, and what is left of the files. */
  async function trimmed(
    left: readonly number[],
    change: Partial<JournalRecord> = {},
    signedBy: JournalKey | null = key,
  ): Promise<string> {
    const folder = await journalOf(4);
    const [second] = await recordsOf(folder, 2);
    if (second === undefined) throw new Error('there is no second record');
    await writeStatement(folder, 'anchor', makeStatement('anchor', { ...second, ...change }, signedBy));
    for (const index of [1, 2, 3, 4]) if (!left.includes(index)) await rm(path(folder, index));
    return folder;
  }

  // A crash while old files went leaves some of those that the anchor speaks of.
  test.each([[[3, 4]], [[2, 3, 4]], [[1, 2, 3, 4]]])('about record 2 lets files %j pass', async (left) => {
    expect(await verifyJournal(await trimmed(left), { publicKey })).toMatchObject({ ok: true, problem: null });
  });

  test.each<[what: string, folder: () => Promise<string>, reason: RegExp]>([
    ['more gone at the front than it speaks of', () => trimmed([4]), /records 3 to 3 are missing/],
    ['a file gone behind the first', () => trimmed([1, 3, 4]), /records 2 to 2 are missing/],
    [
      'another record in the place of the one it was made for',
      () => trimmed([2, 3, 4], { hash: 'a'.repeat(64) }),
      /record 2 is not the one that the signed anchor was made for/,
    ],
    [
      'a rest that does not follow it',
      () => trimmed([3, 4], { hash: 'a'.repeat(64) }),
      /record 3 does not follow the record before it/,
    ],
    ['no signature', () => trimmed([3, 4], {}, null), /the anchor is not signed/],
    [
      'the signature of another key',
      () => trimmed([3, 4], {}, readJournalKey(otherKey)),
      /the anchor was signed with another key/,
    ],
  ])('does not hide %s', async (_, make, reason) => {
    const { ok, problem } = await verifyJournal(await make(), { publicKey });
    expect(ok).toBe(false);
    expect(problem?.reason).toMatch(reason);
  });

  test('is never about the newest file, however old and large that is', async () => {
    const written = Date.parse('2026-08-01T12:00:00Z');
    const folder = await journalOf(3, { now: () => written });
    const retention = { days: 1 / 24, bytes: 1 };
    const journal = await openTestJournal(folder, { retention, now: () => written + 2 * 3_600_000 });
    await journal.close();
    expect((await anchorOf(folder)).seq).toBe(2);
    expect(await filesIn(folder)).toContain(name(3));
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, first: { seq: 3 } });
  });
});
