import { chmod, chown, lstat, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { Document, parseDocument } from 'yaml';
import type { PolicyUpgrade } from '../../../../model/policy-upgrade.ts';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import { readPolicyFolder } from '../../../../proxy/policy/source/read-policy-folder.ts';
import { UPGRADE_MARK } from '../../../../proxy/policy/source/upgrade-mark.ts';
import { planUpgrade, takeOver } from '../../../../proxy/policy/upgrade/policy-upgrade.ts';
import { FIRST_POLICY, firstPolicy, NEW_SINCE_FIRST } from './first-policy.ts';
import { fill, folderOfFirstVersion, offeredIn, snapshot, takeAll } from './older-folder.ts';

let folder = '';
let root = '';

beforeEach(async () => {
  folder = await folderOfFirstVersion();
  root = dirname(folder);
});

const read = (name: string) => readFile(join(folder, name), 'utf8');

describe('taking over what the folder lacks', () => {
  test('writes it, and the folder lacks nothing more', async () => {
    const done = await takeAll(folder);
    expect(done.taken).toEqual(expect.arrayContaining(NEW_SINCE_FIRST));
    expect(done.files).toEqual(['confirm.yaml', 'everyday.yaml', 'never.yaml']);
    const after = await readPolicyFolder(folder);
    expect(after).toMatchObject({ problems: [], digest: done.digest });
    expect(after.rules.map(({ id }) => id)).toEqual(expect.arrayContaining(NEW_SINCE_FIRST));
    expect(offeredIn(await planUpgrade(folder))).toEqual([]);
  });

  test('keeps every line that was there, and a copy of each file as it was', async () => {
    const { copies, files } = await takeAll(folder);
    for (const name of files) {
      const before = FIRST_POLICY.get(name) ?? '';
      const lines = (await read(name)).split('\n');
      let from = 0;
      for (const line of before.split('\n')) {
        from = lines.indexOf(line, from) + 1;
        expect(from, `${name}: ${line}`).toBeGreaterThan(0);
      }
      expect(await readFile(join(copies ?? '', name), 'utf8')).toBe(before);
    }
    expect(copies).toMatch(/\/policy\/\.before-upgrade-\d{8}T\d{6}\.\d{3}Z$/);
  });

  test('leaves nothing else behind, and each file its mode', async () => {
    await chmod(join(folder, 'never.yaml'), 0o640);
    const { copies } = await takeAll(folder);
    const left = (await readdir(folder)).filter((name) => !(copies ?? '').endsWith(name));
    expect(left.toSorted()).toEqual(['confirm.yaml', 'everyday.yaml', 'never.yaml']);
    expect((await stat(join(folder, 'never.yaml'))).mode & 0o777).toBe(0o640);
    expect((await stat(join(folder, 'confirm.yaml'))).mode & 0o777).toBe(0o600);
    expect((await stat(copies ?? '')).mode & 0o777).toBe(0o700);
  });

  if (process.getuid?.() !== 0)
    console.warn('policy upgrade: the folder of another is not tried: only root can write it');
  test.skipIf(process.getuid?.() !== 0)(
    'leaves files and copies to the owner of the folder, when root writes',
    async () => {
      for (const place of [folder, ...[...FIRST_POLICY.keys()].map((name) => join(folder, name))]) {
        await chown(place, 65_534, 65_534);
      }
      const { copies } = await takeAll(folder);
      for (const place of [join(folder, 'never.yaml'), copies ?? '', join(copies ?? '', 'never.yaml')]) {
        expect(await stat(place), place).toMatchObject({ uid: 65_534, gid: 65_534 });
      }
    },
  );

  test('takes one rule alone, and touches one file', async () => {
    const { digest } = await planUpgrade(folder);
    const done = await takeOver(folder, { digest, parts: ['never/act-as-privileged'] });
    expect(done).toMatchObject({ taken: ['never/act-as-privileged'], files: ['never.yaml'] });
    expect(await read('confirm.yaml')).toBe(firstPolicy('confirm.yaml'));
    const left = offeredIn(await planUpgrade(folder));
    expect(left).toContain('everyday/inline-credentials-masked');
    expect(left).not.toContain('never/act-as-privileged');
  });

  test('makes the file of a document that was removed, with what was chosen and what that needs', async () => {
    await rm(join(folder, 'never.yaml'));
    const { digest } = await planUpgrade(folder);
    const done = await takeOver(folder, { digest, parts: ['never/act-as-privileged'] });
    expect(done).toMatchObject({ taken: ['never/$privileged', 'never/act-as-privileged'], copies: null });
    expect(done.files).toEqual(['never.yaml']);
    expect((await stat(join(folder, 'never.yaml'))).mode & 0o777).toBe(0o600);
    expect((await readPolicyFolder(folder)).rules.filter(({ id }) => id.startsWith('never/'))).toHaveLength(1);
  });

  test('makes it under another name where that is taken', async () => {
    await writeFile(join(folder, 'never.yaml'), firstPolicy('never.yaml').replace('name: never', 'name: mine'));
    const { digest } = await planUpgrade(folder);
    const done = await takeOver(folder, { digest, parts: ['never/act-as-privileged'] });
    expect(done.files).toEqual(['built-in-never.yaml']);
  });

  test('keeps a byte order mark and the line ends of a file', async () => {
    const before = `\ufeff${firstPolicy('never.yaml').replaceAll('\n', '\r\n')}`;
    await writeFile(join(folder, 'never.yaml'), before);
    await takeAll(folder);
    const after = await read('never.yaml');
    expect(after.startsWith('\ufeff# What')).toBe(true);
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('goes to the folder that a link leads to', async () => {
    await rename(folder, join(root, 'real'));
    await symlink(join(root, 'real'), folder);
    expect((await takeAll(folder)).folder).toMatch(/\/real$/);
    expect((await lstat(folder)).isSymbolicLink()).toBe(true);
  });

  test.each([
    ['four columns', { indent: 4 }],
    ['lists not indented', { indentSeq: false }],
    ['between brackets', { collectionStyle: 'flow' as const }],
    ['in quotes', { defaultStringType: 'QUOTE_SINGLE' as const, defaultKeyType: 'QUOTE_DOUBLE' as const }],
    ['short lines', { lineWidth: 40 }],
  ])('works in files that were written anew with %s', async (_style, options) => {
    for (const [name, text] of FIRST_POLICY) {
      await writeFile(join(folder, name), new Document(parseDocument(text).toJS()).toString(options));
    }
    const plan = await planUpgrade(folder);
    expect(plan.parts.map(({ state }) => state)).toEqual((await firstPlan()).parts.map(({ state }) => state));
    await takeAll(folder);
    expect(offeredIn(await planUpgrade(folder))).toEqual([]);
  });
});

async function firstPlan(): Promise<PolicyUpgrade> {
  const place = join(root, 'first');
  await fill(place, FIRST_POLICY);
  return planUpgrade(place);
}

describe('nothing is written, and it is said why', () => {
  const own = 'apiVersion: gatehouse/v1\nkind: AccessPolicy\nmetadata: {name: mine}\nspec: {rules: []}\n';
  const cases: Array<[what: string, code: string, prepare: () => Promise<unknown>, parts?: string[]]> = [
    [
      'a rule that a person changed',
      'policy-part-not-available',
      () => change('never.yaml', '[proxy]', '[proxy, get]'),
      ['never/proxy-verb'],
    ],
    ['a rule that is there', 'policy-part-not-available', async () => undefined, ['never/proxy-verb']],
    ['a rule that never was', 'policy-part-unknown', async () => undefined, ['mine/everything']],
    ['the head of a document', 'policy-part-not-available', async () => undefined, ['never']],
    ['a file with a mistake', 'policy-folder-broken', () => change('never.yaml', 'effect: deny', 'effect: maybe')],
    [
      'an anchor, which the format does not have',
      'policy-folder-broken',
      () => change('never.yaml', '{name: never}', '&a {name: never}'),
    ],
    [
      'an empty folder',
      'policy-folder-missing',
      () => Promise.all([...FIRST_POLICY.keys()].map((name) => rm(join(folder, name)))),
    ],
    ['no folder', 'policy-folder-missing', () => rm(folder, { recursive: true })],
    [
      'a file that is a link',
      'policy-file-linked',
      async () => {
        await rename(join(folder, 'never.yaml'), join(root, 'elsewhere.yaml'));
        await symlink(join(root, 'elsewhere.yaml'), join(folder, 'never.yaml'));
      },
    ],
    [
      'a set that a rule refers to and a person made a set of another kind',
      'policy-upgrade-refused',
      () =>
        change('confirm.yaml', /discovery: \[[^\]]*\]/, 'discovery: {users: [x]}').then(() =>
          change('confirm.yaml', /, not: \{verbs[^\n]*/, '}'),
        ),
    ],
    [
      'an upgrade that another process writes',
      'policy-upgrade-unfinished',
      () => writeFile(join(folder, UPGRADE_MARK), '# now\n'),
    ],
  ];

  async function change(name: string, from: string | RegExp, to: string): Promise<void> {
    const text = await read(name);
    const changed = text.replace(from, to);
    expect(changed).not.toBe(text);
    await writeFile(join(folder, name), changed);
  }

  test.each(cases)('%s', async (_what, code, prepare, parts) => {
    await prepare();
    const before = await snapshot(folder).catch(() => null);
    const attempt = async () => {
      const plan = await planUpgrade(folder);
      await takeOver(folder, { digest: plan.digest, parts: parts ?? offeredIn(plan) });
    };
    await expect(attempt()).rejects.toMatchObject({ name: 'PolicyUpgradeError', code });
    expect(await snapshot(folder).catch(() => null)).toEqual(before);
  });

  test('a folder that was changed since it was shown', async () => {
    const plan = await planUpgrade(folder);
    await writeFile(join(folder, 'mine.yaml'), own);
    const before = await snapshot(folder);
    await expect(takeOver(folder, { digest: plan.digest, parts: offeredIn(plan) })).rejects.toMatchObject({
      code: 'policy-folder-changed',
    });
    expect(await snapshot(folder)).toEqual(before);
  });
});

test('a folder of this version has nothing to take over', async () => {
  const place = join(root, 'present');
  await fill(
    place,
    DEFAULT_POLICY.map(({ file, text }) => [file, text] as const),
  );
  expect((await planUpgrade(place)).parts.filter(({ state }) => state !== 'same')).toEqual([]);
});
