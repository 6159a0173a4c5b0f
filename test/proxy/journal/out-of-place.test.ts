import {
  appendFile,
  cp,
  link,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Journal } from '../../../proxy/journal/journal.ts';
import { verifyJournal } from '../../../proxy/journal/verify-journal.ts';
import { decided, openTestJournal, publicKey, temporaryFolder } from './entries.ts';

const durable = { durable: true };
const soon = { durable: false };
const NAME = 'journal-000001.ndjson';

/** A journal with two records, and an older copy of it with one. */
async function journalOfTwo() {
  const place = await temporaryFolder();
  const folder = join(place, 'journal');
  const journal = await openTestJournal(folder);
  await journal.append(decided(), durable);
  await cp(folder, join(place, 'older'), { recursive: true });
  await journal.append(decided(), durable);
  return { place, folder, journal, file: join(folder, NAME), older: join(place, 'older', NAME) };
}

type Setting = Awaited<ReturnType<typeof journalOfTwo>>;

/** Settles as soon as the journal says of itself that it cannot be written: nobody has to ask it for anything. */
function problemOf(journal: Journal): Promise<string> {
  return new Promise((resolve) => {
    journal.onProblem((problem) => {
      if (problem !== null) resolve(problem);
    });
  });
}

const WAYS: ReadonlyArray<[how: string, tamper: (setting: Setting) => Promise<unknown>, why: RegExp]> = [
  ['its file removed', ({ file }) => rm(file), /journal-000001\.ndjson is gone/],
  ['its folder removed', ({ folder }) => rm(folder, { recursive: true }), /is gone/],
  ['its folder moved away', ({ folder, place }) => rename(folder, join(place, 'elsewhere')), /is gone/],
  [
    'its folder replaced by an older copy',
    async ({ folder, place }) => {
      await rename(folder, join(place, 'elsewhere'));
      await cp(join(place, 'older'), folder, { recursive: true });
    },
    /stands in the place of journal/,
  ],
  [
    'a new empty folder in the place of the old one',
    async ({ folder }) => {
      await rm(folder, { recursive: true });
      await mkdir(folder);
    },
    /is gone|stands in the place/,
  ],
  [
    'an older copy moved over its file',
    ({ file, older }) => rename(older, file),
    /something else stands in the place of journal-000001\.ndjson/,
  ],
  [
    'an older copy written over its file',
    async ({ file, older }) => writeFile(file, await readFile(older)),
    /was cut from \d+ bytes to \d+/,
  ],
  ['its file emptied', ({ file }) => truncate(file, 0), /was cut from \d+ bytes to 0/],
  [
    'its file moved away and a link put there',
    async ({ file, place }) => {
      await rename(file, join(place, 'real'));
      await symlink(join(place, 'real'), file);
    },
    /is a link now/,
  ],
  [
    'its folder moved away and a link put there',
    async ({ folder, place }) => {
      await rename(folder, join(place, 'elsewhere'));
      await symlink(join(place, 'elsewhere'), folder);
    },
    /another folder stands in the place of journal/,
  ],
  [
    'its file kept under another name alone',
    async ({ file, place }) => {
      await link(file, join(place, 'kept'));
      await rm(file);
    },
    /is gone/,
  ],
  [
    'bytes of somebody else behind its last record',
    ({ file }) => appendFile(file, 'x\n'),
    /2 bytes that somebody else/,
  ],
];

describe('case 64: while a journal runs', () => {
  test.each(WAYS)('%s: no write is confirmed from then on', async (_, tamper, why) => {
    const setting = await journalOfTwo();
    await tamper(setting);
    // Those that find the folder alone replaced are told within a second, by the look that nobody asks for.
    const told = problemOf(setting.journal);
    await setting.journal.append(decided(), durable).catch(() => undefined);
    expect(await told).toMatch(why);
    await expect(setting.journal.append(decided(), durable)).rejects.toMatchObject({
      code: 'journal-unavailable',
      message: expect.stringMatching(why),
    });
    await expect(setting.journal.append(decided(), soon)).rejects.toMatchObject({ code: 'journal-unavailable' });
  });

  test.each(WAYS)('%s: a person is told though nobody asks for anything', async (_, tamper, why) => {
    const setting = await journalOfTwo();
    const told = problemOf(setting.journal);
    await tamper(setting);
    expect(await told).toMatch(why);
    expect(setting.journal.problem()).toMatch(/Put it back as it was, or start Gatehouse again/);
  });

  test('what need not be on the disk goes on for a hundredth of a second at most', async () => {
    const { journal, file } = await journalOfTwo();
    await rm(file);
    const removedAt = performance.now();
    let lastConfirmed = removedAt;
    for (;;) {
      const asked = performance.now();
      try {
        await journal.append(decided(), soon);
      } catch {
        break;
      }
      lastConfirmed = asked;
    }
    expect(lastConfirmed - removedAt).toBeLessThan(20);
  });

  test('a closed file of it removed: refused within a second', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder, { fileBytes: 1_000 });
    for (let count = 0; count < 8; count += 1) await journal.append(decided(), durable);
    expect((await readdir(folder)).filter((name) => name.endsWith('.ndjson')).length).toBeGreaterThan(3);
    const told = problemOf(journal);
    await rm(join(folder, 'journal-000002.ndjson'));
    expect(await told).toMatch(/journal-000002\.ndjson is gone/);
    await expect(journal.append(decided(), durable)).rejects.toMatchObject({ code: 'journal-unavailable' });
  });

  test('a file that is full is not followed by another where it is gone', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder, { fileBytes: 1 });
    await journal.append(decided(), durable);
    await rm(join(folder, NAME));
    await expect(journal.append(decided(), soon)).rejects.toMatchObject({ code: 'journal-unavailable' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.ndjson'))).toEqual([]);
  });

  test('put back as it was it goes on, and notes since when and how many records it refused', async () => {
    const { journal, folder, place } = await journalOfTwo();
    await rename(folder, join(place, 'elsewhere'));
    await journal.append(decided(), durable).catch(() => undefined);
    await rename(join(place, 'elsewhere'), folder);
    const resumed = new Promise((resolve) =>
      journal.onProblem((problem) => problem === null && resolve('written again')),
    );
    expect(await resumed).toBe('written again');
    expect(await journal.append(decided(), durable)).toMatchObject({ seq: 4 });
    await journal.close();
    expect(await verifyJournal(folder, { publicKey })).toMatchObject({ ok: true, records: 4 });
    const [note] = (await readFile(join(folder, NAME), 'utf8')).split('\n').slice(2);
    expect(JSON.parse(note ?? '')).toMatchObject({
      event: 'journal-resumed',
      detail: expect.stringMatching(/^since 20\S+Z 1 records could not be written: .*is gone/),
    });
  });

  test('another name that backups give its file does no harm', async () => {
    const { journal, file, place } = await journalOfTwo();
    await link(file, join(place, 'backup'));
    expect(await journal.append(decided(), durable)).toMatchObject({ seq: 3 });
  });

  test('a folder that is a link from the start is no replaced one', async () => {
    const place = await temporaryFolder();
    await mkdir(join(place, 'other-disk'));
    await symlink(join(place, 'other-disk'), join(place, 'journal'));
    const journal = await openTestJournal(join(place, 'journal'));
    expect(await journal.append(decided(), durable)).toMatchObject({ seq: 1 });
  });

  test('what retention removes is not missed', async () => {
    const folder = await temporaryFolder();
    const journal = await openTestJournal(folder, { fileBytes: 1_000, retention: { days: 1, bytes: 3_000 } });
    for (let count = 0; count < 30; count += 1) await journal.append(decided(), durable);
    expect((await readdir(folder)).filter((name) => name.endsWith('.ndjson')).length).toBeLessThan(6);
    expect(journal.problem()).toBeNull();
  });

  test('what stands in its place is left as it is: no head of ours is written there', async () => {
    const { journal, folder, place } = await journalOfTwo();
    await rm(folder, { recursive: true });
    await cp(join(place, 'older'), folder, { recursive: true });
    await problemOf(journal);
    await journal.close();
    expect((await readdir(folder)).filter((name) => name !== 'lock').sort()).toEqual([
      'head.json',
      NAME,
      'public-key.pem',
    ]);
    const head = (at: string) => readFile(join(at, 'head.json'), 'utf8');
    expect(await head(folder)).toBe(await head(join(place, 'older')));
  });
});
