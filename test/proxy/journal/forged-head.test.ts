import { generateKeyPairSync } from 'node:crypto';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JournalRecord } from '../../../model/journal-record.ts';
import { makeStatement, readJournalKey, writeStatement } from '../../../proxy/journal/signed-head.ts';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { decided, openTestJournal, publicKey, signingKey, temporaryFolder } from './entries.ts';

const durable = { durable: true };

/** A journal of two records whose second was cut off again, and the record that is left. */
async function cutJournal(): Promise<{ readonly folder: string; readonly left: JournalRecord }> {
  const folder = await temporaryFolder();
  const journal = await openTestJournal(folder);
  const left = await journal.append(decided(), durable);
  await journal.append(decided({ name: 'deleted-by-mallory' }), durable);
  await journal.close();
  const path = join(folder, 'journal-000001.ndjson');
  await truncate(path, (await readFile(path, 'utf8')).indexOf('\n') + 1);
  return { folder, left };
}

/** A start signs a new head: one that was forged over a cut would be made good by it. */
describe('a head that is forged over a cut is not signed anew by the next start', () => {
  const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const ours = readJournalKey(signingKey);

  test.each<[how: string, forge: (folder: string, left: JournalRecord) => Promise<void>, reason: RegExp]>([
    [
      'set back, under its old signature',
      async (folder, { seq, hash }) => {
        const head = JSON.parse(await readFile(join(folder, 'head.json'), 'utf8'));
        await writeFile(join(folder, 'head.json'), JSON.stringify({ ...head, seq, hash }));
      },
      /the head's signature is wrong/,
    ],
    [
      'without a signature',
      (folder, left) => writeStatement(folder, 'head', makeStatement('head', left, null)),
      /the head is not signed/,
    ],
    [
      'signed with another key',
      (folder, left) => writeStatement(folder, 'head', makeStatement('head', left, readJournalKey(other))),
      /the head was signed with another key/,
    ],
    [
      'signed with another key, under the name of ours',
      (folder, left) => {
        const forged = makeStatement('head', left, readJournalKey(other));
        return writeStatement(folder, 'head', { ...forged, keyId: ours.keyId });
      },
      /the head's signature is wrong/,
    ],
    [
      'made from an anchor',
      (folder, left) => writeStatement(folder, 'head', makeStatement('anchor', left, ours)),
      /the head's signature is wrong/,
    ],
    ['that is no statement', (folder) => writeFile(join(folder, 'head.json'), '{}'), /head\.json cannot be read/],
  ])('%s', async (_, forge, reason) => {
    const { folder, left } = await cutJournal();
    await forge(folder, left);
    const next = await openTestJournal(folder);
    const [first] = await next.query({ types: ['gateway'] }, { limit: 1 });
    expect(first).toMatchObject({ seq: 2, event: 'journal-damaged', detail: expect.stringMatching(reason) });
    await next.close();
    const report = await verifyJournal(folder, { publicKey });
    expect(report).toMatchObject({ ok: false, signed: true, problem: { file: 'journal-000001.ndjson', line: 2 } });
    expect(report.problem?.reason).toMatch(reason);
  });

  test('nor is another record put in the place of the last, with a hash of its own', async () => {
    const { folder, left } = await cutJournal();
    const journal = await openTestJournal(await temporaryFolder());
    await journal.append(decided(), durable);
    const other = await journal.append(decided({ name: 'made up' }), durable);
    const line = JSON.stringify({ ...other, prev: left.hash });
    await writeFile(join(folder, 'journal-000001.ndjson'), `${JSON.stringify(left)}\n${line}\n`);
    const next = await openTestJournal(folder);
    const [first] = await next.query({ types: ['gateway'] }, { limit: 1 });
    expect(first).toMatchObject({ event: 'journal-damaged' });
  });
});

test('the whole chain written anew does not fit the head: the next start says so', async () => {
  const folder = await temporaryFolder();
  const journal = await openTestJournal(folder);
  await journal.append(decided(), durable);
  await journal.close();
  const another = await temporaryFolder();
  const forger = await openTestJournal(another, { signingKey: null });
  await forger.append(decided({ user: 'local:eve' }), durable);
  await forger.close();
  const name = 'journal-000001.ndjson';
  await writeFile(join(folder, name), await readFile(join(another, name)));
  const next = await openTestJournal(folder);
  const [first] = await next.query({ types: ['gateway'] }, { limit: 1 });
  expect(first).toMatchObject({
    event: 'journal-damaged',
    detail: 'record 1 is not the one that the head was made for',
  });
});
