import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { usualWitness } from '../../cli/journal/journal-witness.ts';
import { makeStatement, parseStatement, readJournalKey } from '../../proxy/journal/signed-head.ts';
import { commandLine } from '../../scripts/build/command-line.mjs';
import { decided, openTestJournal, publicKey, signingKey } from '../proxy/journal/entries.ts';
import { dataFolderOfThree } from './journal-of-three.ts';
import { home, run, temporaryFolder } from './run.ts';

describe('journal verify', () => {
  test('a whole journal: 0, and what was checked', async () => {
    const data = await dataFolderOfThree();
    const { code, out } = await run('journal', 'verify', '--data', data);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^the journal in .* is whole and unchanged, if the key beside it is the gateway's\n {2}3 records in 1 file, 1 \(.*\) to 3 \(.*\)\n/,
    );
    expect(out).toContain('the signature of the head is right');
    expect(out).toContain('checked with the key beside the journal');
  });

  test('with a key from elsewhere there is nothing to add', async () => {
    const data = await dataFolderOfThree();
    const key = join(await temporaryFolder(), 'key.pem');
    await writeFile(key, publicKey);
    const { code, out } = await run('journal', 'verify', '--data', data, '--public-key', key);
    expect(code).toBe(0);
    expect(out).not.toContain('beside the journal');
  });

  test('a changed journal: 3, with file, line and reason', async () => {
    const data = await dataFolderOfThree();
    const path = join(data, 'journal', 'journal-000001.ndjson');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"db"', '"web"'));
    const { code, out } = await run('journal', 'verify', '--data', data);
    expect(code).toBe(3);
    expect(out).toMatch(/^NOT VERIFIED: journal-000001\.ndjson, line 2: record 2 was changed/);
    const json = await run('journal', 'verify', '--data', data, '--json');
    expect(json.code).toBe(3);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, problem: { line: 2 } });
  });

  describe('case 64: beside the second place that keeps how far it reached', () => {
    test('says with what it was compared', async () => {
      const data = await dataFolderOfThree();
      const { code, out } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(0);
      expect(out).toMatch(/\n {2}it was compared with .*journal-head-gatehouse-.*\.json, which knows of record 3$/);
    });

    test('a folder that is gone: 3, and how far it had come', async () => {
      const data = await dataFolderOfThree();
      await rm(join(data, 'journal'), { recursive: true });
      const { code, out } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(3);
      expect(out).toMatch(/^NOT VERIFIED: .*journal is gone, but .* says that record 3 was written there at 20/);
    });

    test('an empty folder in its place: 3', async () => {
      const data = await dataFolderOfThree();
      await rm(join(data, 'journal'), { recursive: true });
      await mkdir(join(data, 'journal'));
      const { code, out } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(3);
      expect(out).toMatch(/^NOT VERIFIED: the journal is empty, but .* says that record 3 was written at 20/);
    });

    test('nothing in the second place: 6, and what was not checked; by itself, when asked for that: 0', async () => {
      const data = await dataFolderOfThree();
      await rm(await usualWitness(data, { environment: {}, home }));
      const { code, out } = await run('journal', 'verify', '--data', data);
      expect(code).toBe(6);
      expect(out).toMatch(
        /^nothing wrong was found in the journal in .*, but not all could be checked: how far it should reach\n/,
      );
      expect(out).toMatch(/\n {2}not checked: nothing is kept in .*: whether a later part .* cannot be told\n/);
      expect((await run('journal', 'verify', '--data', data, '--without-witness')).code).toBe(0);
    });

    test('the place that the app has, and one that a flag names', async () => {
      const data = join(await temporaryFolder(), 'data');
      await rename(await dataFolderOfThree(), data);
      const place = await temporaryFolder();
      const kept = join(place, 'kept.json');
      const { seq, hash, time, ...rest } = JSON.parse(await readFile(join(data, 'journal', 'head.json'), 'utf8'));
      await writeFile(kept, JSON.stringify({ seq, hash, time, ...rest }));
      expect((await run('journal', 'verify', '--data', data)).code).toBe(6);
      expect((await run('journal', 'verify', '--data', data, '--journal-witness', kept)).code).toBe(0);
      await mkdir(join(data, '..', 'keys'));
      await rename(kept, join(data, '..', 'keys', 'journal-head.json'));
      expect((await run('journal', 'verify', '--data', data)).code).toBe(0);
    });

    test.each([
      [['--journal-witness', ''], /--journal-witness is empty: give it FILE/],
      [['--without-witness', '--journal-witness', 'x'], /exclude each other/],
      [['--without-signature', '--public-key', 'x'], /exclude each other/],
    ])('%j is a wrong usage', async (flags, complaint) => {
      const { code, errors } = await run('journal', 'verify', '--data', await dataFolderOfThree(), ...flags);
      expect(errors).toMatch(complaint);
      expect(code).toBe(2);
    });
  });

  test.each([
    ['no journal', [], 1, /there is no journal in/],
    [
      'no such key',
      ['--public-key', '/nonexistent/key.pem'],
      1,
      /the public key \/nonexistent\/key\.pem cannot be read \(ENOENT\)/,
    ],
    [
      'no key in the file',
      ['--public-key', import.meta.filename],
      2,
      /--public-key: the file holds no public key in PEM/,
    ],
  ])('%s', async (what, flags, expected, complaint) => {
    const data = what === 'no journal' ? await temporaryFolder() : await dataFolderOfThree();
    const { code, errors } = await run('journal', 'verify', '--data', data, ...flags);
    expect(errors).toMatch(complaint);
    expect(code).toBe(expected);
  });
});

const otherKey = generateKeyPairSync('ed25519');
const otherPem = otherKey.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const otherSigner = readJournalKey(otherKey.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());

interface Place {
  readonly data: string;
  readonly witness: string;
  readonly copy: string;
}
const journalOf = ({ data }: Place, name: string) => join(data, 'journal', name);

/** Writes a statement anew: with another key, or with none. */
async function resign(path: string, key: typeof otherSigner | null): Promise<void> {
  const statement = parseStatement(await readFile(path, 'utf8'));
  if (statement === null) throw new Error('no statement');
  await writeFile(path, JSON.stringify(makeStatement('head', statement, key)));
}

/** Moves when a statement was made; its signature is right. */
async function agedTo(path: string, seq: number, time: string, hash?: string): Promise<void> {
  const statement = parseStatement(await readFile(path, 'utf8'));
  if (statement === null) throw new Error('no statement');
  const about = { seq, hash: hash ?? statement.hash, time };
  await writeFile(path, JSON.stringify(makeStatement('head', about, readJournalKey(signingKey))));
}

async function hashOf(place: Place, seq: number): Promise<string> {
  const lines = (await readFile(journalOf(place, 'journal-000001.ndjson'), 'utf8')).split('\n');
  return JSON.parse(lines[seq - 1] ?? '').hash;
}

const withCopy = ({ copy }: Place) => ['--public-key', copy];
const alone = () => ['--without-witness'];
const asIs = () => [];
const WHOLE = /^the journal in \S+ is whole and unchanged$/;
const BESIDE = /^the journal in \S+ is whole and unchanged, if the key beside it is the gateway's$/;
const CHAIN = /^the journal in \S+ is whole and unchanged, as far as its chain alone shows$/;
const open = (parts: string) =>
  new RegExp(`^nothing wrong was found in the journal in \\S+, but not all could be checked: ${parts}$`);

describe('"whole and unchanged" is said of what was checked alone', () => {
  test.each<
    [
      what: string,
      change: (place: Place) => Promise<unknown>,
      flags: (place: Place) => string[],
      code: number,
      says: RegExp,
      more?: RegExp,
    ]
  >([
    ['all is there', async () => 0, asIs, 0, BESIDE],
    ['all is there, and a copy of the key', async () => 0, withCopy, 0, WHOLE],
    [
      'the key is gone',
      (at) => rm(journalOf(at, 'public-key.pem')),
      asIs,
      6,
      open('the signatures'),
      /public-key\.pem is gone/,
    ],
    ['the key is gone, and a copy given', (at) => rm(journalOf(at, 'public-key.pem')), withCopy, 0, WHOLE],
    [
      'the key is gone, and signatures are not asked for',
      (at) => rm(journalOf(at, 'public-key.pem')),
      () => ['--without-signature'],
      0,
      CHAIN,
    ],
    [
      'the key and the second place are gone',
      async (at) => Promise.all([rm(journalOf(at, 'public-key.pem')), rm(at.witness)]),
      asIs,
      6,
      open('the signatures; how far it should reach'),
    ],
    [
      'another key beside it',
      (at) => writeFile(journalOf(at, 'public-key.pem'), otherPem),
      asIs,
      3,
      /^NOT VERIFIED: head\.json: .*another key/,
    ],
    [
      'another key beside it, and a copy given',
      (at) => writeFile(journalOf(at, 'public-key.pem'), otherPem),
      withCopy,
      0,
      WHOLE,
    ],
    [
      'another key beside it, and all signed anew with that',
      async (at) => {
        await writeFile(journalOf(at, 'public-key.pem'), otherPem);
        await resign(journalOf(at, 'head.json'), otherSigner);
      },
      asIs,
      6,
      open('how far it should reach'),
      /the head was signed with another key/,
    ],
    [
      'the same, and a copy of the key given',
      async (at) => {
        await writeFile(journalOf(at, 'public-key.pem'), otherPem);
        await resign(journalOf(at, 'head.json'), otherSigner);
      },
      withCopy,
      3,
      /^NOT VERIFIED: head\.json: the head was signed with another key/,
    ],
    [
      'no key in public-key.pem',
      (at) => writeFile(journalOf(at, 'public-key.pem'), 'x'),
      asIs,
      3,
      /^NOT VERIFIED: public-key\.pem: it holds no public key/,
    ],
    ['the head is gone', (at) => rm(journalOf(at, 'head.json')), asIs, 3, /^NOT VERIFIED: head\.json is missing/],
    [
      'the head is not signed',
      (at) => resign(journalOf(at, 'head.json'), null),
      asIs,
      3,
      /^NOT VERIFIED: head\.json: the head is not signed/,
    ],
    [
      'the head is of another key',
      (at) => resign(journalOf(at, 'head.json'), otherSigner),
      asIs,
      3,
      /^NOT VERIFIED: head\.json: .*another key/,
    ],
    [
      'the second place is gone',
      (at) => rm(at.witness),
      withCopy,
      6,
      open('how far it should reach'),
      /nothing is kept in/,
    ],
    [
      'the second place is gone, and not asked for',
      (at) => rm(at.witness),
      (at) => [...withCopy(at), ...alone()],
      0,
      WHOLE,
    ],
    [
      'the second place is no file',
      async (at) => rm(at.witness).then(() => mkdir(at.witness)),
      withCopy,
      6,
      open('how far it should reach'),
      /cannot be read: .*\(EISDIR\)/,
    ],
    [
      'the second place holds something else',
      (at) => writeFile(at.witness, 'x'),
      withCopy,
      6,
      open('how far it should reach'),
      /holds no head of a journal/,
    ],
    [
      'the second place is of another key',
      (at) => resign(at.witness, otherSigner),
      withCopy,
      6,
      open('how far it should reach'),
      /another key/,
    ],
    [
      'the second place is not signed',
      (at) => resign(at.witness, null),
      withCopy,
      6,
      open('how far it should reach'),
      /not signed/,
    ],
    [
      'the second place stayed behind for long',
      async (at) => agedTo(at.witness, 1, '2026-01-01T00:00:00.000Z', await hashOf(at, 1)),
      withCopy,
      6,
      open('how far it should reach'),
      /was last written at 2026-01-01T00:00:00\.000Z, for record 1/,
    ],
    [
      'the second place is ahead',
      (at) => agedTo(at.witness, 9, new Date().toISOString()),
      withCopy,
      3,
      /^NOT VERIFIED: .*ends at record 3, but .* record 9/,
    ],
    [
      'records long after the last signature',
      async (at) => agedTo(journalOf(at, 'head.json'), 1, '2026-01-01T00:00:00.000Z', await hashOf(at, 1)),
      (at) => [...withCopy(at), ...alone()],
      6,
      open('its newest records'),
      /records 2 to 3 reach to/,
    ],
    [
      'the same, where the second place vouches for them',
      async (at) => agedTo(journalOf(at, 'head.json'), 1, '2026-01-01T00:00:00.000Z', await hashOf(at, 1)),
      withCopy,
      0,
      WHOLE,
    ],
    [
      'an empty folder without a second place',
      async (at) => {
        await rm(join(at.data, 'journal'), { recursive: true });
        await mkdir(join(at.data, 'journal'));
      },
      alone,
      6,
      open('whether there was anything'),
    ],
    [
      'the folder is gone, and so is the second place',
      (at) => rm(join(at.data, 'journal'), { recursive: true }).then(() => rm(at.witness)),
      asIs,
      1,
      /^gatehouse: there is no journal in/,
    ],
  ])('%s', async (_what, change, flags, code, says, more = /./) => {
    const data = await dataFolderOfThree();
    const copy = join(await temporaryFolder(), 'copy.pem');
    await writeFile(copy, publicKey);
    const place = { data, copy, witness: await usualWitness(data, { environment: {}, home }) };
    await change(place);
    const words = ['journal', 'verify', '--data', data, ...flags(place)];
    const told = await run(...words);
    const [first = '', ...rest] = `${told.out}${told.errors}`.split('\n');
    expect(first).toMatch(says);
    expect(`${first}\n${rest.join('\n')}`).toMatch(more);
    expect(told.code).toBe(code);
    if (code === 1) return;
    const json = await run(...words, '--json');
    expect(json.code).toBe(code);
    const report = JSON.parse(json.out);
    expect(report.verdict).toBe({ 0: 'whole', 3: 'wrong', 6: 'not all checked' }[code]);
    expect(report.unchecked.length > 0).toBe(code === 6);
    expect(report.problem !== null).toBe(code === 3);
  });

  test('a journal that never was signed, as the app writes it without a keystore', async () => {
    const data = await dataFolderOfThree({ signingKey: null });
    expect((await readdir(join(data, 'journal'))).sort()).toEqual(['head.json', 'journal-000001.ndjson']);
    const { code, out } = await run('journal', 'verify', '--data', data);
    expect(out.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(open('the signatures')),
      expect.stringMatching(/not checked: the journal is not signed, as by an app without a keystore/),
    ]);
    expect(code).toBe(6);
    const chain = await run('journal', 'verify', '--without-signature', '--data', data);
    expect(chain).toMatchObject({ code: 0, out: expect.stringMatching(/as far as its chain alone shows\n/) });
  });

  test('what retention removed is said, and not proved without a key', async () => {
    const data = await temporaryFolder();
    const options = { fileBytes: 2_000, retention: { days: 30, bytes: 4_000 } };
    const journal = await openTestJournal(join(data, 'journal'), options);
    for (let index = 0; index < 20; index += 1) await journal.append(decided(), { durable: false });
    await journal.close();
    const whole = await run('journal', 'verify', '--without-witness', '--data', data);
    expect(whole).toMatchObject({
      code: 0,
      out: expect.stringMatching(/\n {2}retention removed what was up to record \d+\n/),
    });
    await rm(join(data, 'journal', 'public-key.pem'));
    const unproved = await run('journal', 'verify', '--without-witness', '--data', data);
    expect(unproved).toMatchObject({ code: 6, out: expect.stringMatching(/up to record \d+ is not proved/) });
  });
});

describe('a journal that may not be read', () => {
  test.runIf(process.geteuid?.() !== 0)('is not said to be missing, or gone', async () => {
    const data = await dataFolderOfThree();
    await chmod(join(data, 'journal'), 0);
    onTestFinished(() => chmod(join(data, 'journal'), 0o700));
    for (const what of ['verify', 'tail']) {
      expect(await run('journal', what, '--data', data)).toMatchObject({
        code: 1,
        errors: expect.stringMatching(
          /^gatehouse: \S+\/journal\S* cannot be read: the user that this runs as may not read it \(EACCES\); read it as the user of the gateway, or as one of the group/,
        ),
      });
    }
  });

  test.runIf(process.geteuid?.() === 0)('names its owner', async () => {
    const data = await dataFolderOfThree();
    await chown(data, 12_345, 12_345);
    await chmod(data, 0o700);
    const words = [commandLine, 'journal', 'verify', '--data', data];
    const { status, stderr } = spawnSync(process.execPath, words, { encoding: 'utf8', uid: 12_346, gid: 12_346 });
    // The program itself may lie where only root can go.
    if (stderr.includes('EACCES: permission denied, open') || stderr.includes('MODULE_NOT_FOUND')) return;
    expect(stderr).toBe(
      `gatehouse: ${join(data, 'journal')} cannot be read: the user that this runs as may not read it (EACCES); it belongs to uid 12345: run this as that user (sudo -u '#12345' …), or as one of the group that "gatehouse gateway --journal-group" names\n`,
    );
    expect(status).toBe(1);
  });
});
