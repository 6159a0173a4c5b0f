import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Document, parseDocument } from 'yaml';
import type { PolicyUpgrade, PolicyUpgraded } from '../../../../model/policy-upgrade.ts';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import { openPolicyFolder } from '../../../../proxy/policy/source/policy-folder.ts';
import { readPolicyFolder } from '../../../../proxy/policy/source/read-policy-folder.ts';
import { UPGRADE_MARK } from '../../../../proxy/policy/source/upgrade-mark.ts';
import { planUpgrade, takeOver } from '../../../../proxy/policy/upgrade/policy-upgrade.ts';
import { takeBackUnfinished } from '../../../../proxy/policy/upgrade/take-back.ts';
import { FIRST_POLICY, firstPolicy, NEW_SINCE_FIRST } from './first-policy.ts';

let folder = '';
let root = '';

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-upgrade-'));
  folder = join(root, 'policy');
  await fill(folder, FIRST_POLICY);
  onTestFinished(async () => {
    await chmod(folder, 0o700).catch(() => undefined);
    await rm(root, { recursive: true });
  });
});

async function fill(place: string, files: Iterable<readonly [string, string]>): Promise<void> {
  await mkdir(place, { recursive: true, mode: 0o700 });
  for (const [name, text] of files) await writeFile(join(place, name), text, { mode: 0o600 });
}

const read = (name: string) => readFile(join(folder, name), 'utf8');
const offeredIn = ({ parts }: PolicyUpgrade) => parts.filter((part) => part.offered).map(({ id }) => id);

/** Everything in the folder, hidden too, by name and content. */
async function snapshot(): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).toSorted();
  const entries = names.map(async (name) => {
    const path = join(folder, name);
    return [name, (await lstat(path)).isFile() ? await readFile(path, 'utf8') : ''] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function takeAll(): Promise<PolicyUpgraded> {
  const plan = await planUpgrade(folder);
  return takeOver(folder, { digest: plan.digest, parts: offeredIn(plan) });
}

describe('taking over what the folder lacks', () => {
  test('writes it, and the folder lacks nothing more', async () => {
    const done = await takeAll();
    expect(done.taken).toEqual(expect.arrayContaining(NEW_SINCE_FIRST));
    expect(done.files).toEqual(['confirm.yaml', 'everyday.yaml', 'never.yaml']);
    const after = await readPolicyFolder(folder);
    expect(after).toMatchObject({ problems: [], digest: done.digest });
    expect(after.rules.map(({ id }) => id)).toEqual(expect.arrayContaining(NEW_SINCE_FIRST));
    expect(offeredIn(await planUpgrade(folder))).toEqual([]);
  });

  test('keeps every line that was there, and a copy of each file as it was', async () => {
    const { copies, files } = await takeAll();
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
    const { copies } = await takeAll();
    const left = (await readdir(folder)).filter((name) => !(copies ?? '').endsWith(name));
    expect(left.toSorted()).toEqual(['confirm.yaml', 'everyday.yaml', 'never.yaml']);
    expect((await stat(join(folder, 'never.yaml'))).mode & 0o777).toBe(0o640);
    expect((await stat(join(folder, 'confirm.yaml'))).mode & 0o777).toBe(0o600);
    expect((await stat(copies ?? '')).mode & 0o777).toBe(0o700);
  });

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
    await takeAll();
    const after = await read('never.yaml');
    expect(after.startsWith('\ufeff# What')).toBe(true);
    expect(after.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });

  test('goes to the folder that a link leads to', async () => {
    await rename(folder, join(root, 'real'));
    await symlink(join(root, 'real'), folder);
    expect((await takeAll()).folder).toMatch(/\/real$/);
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
    await takeAll();
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
    const before = await snapshot().catch(() => null);
    const attempt = async () => {
      const plan = await planUpgrade(folder);
      await takeOver(folder, { digest: plan.digest, parts: parts ?? offeredIn(plan) });
    };
    await expect(attempt()).rejects.toMatchObject({ name: 'PolicyUpgradeError', code });
    expect(await snapshot().catch(() => null)).toEqual(before);
  });

  test('a folder that was changed since it was shown', async () => {
    const plan = await planUpgrade(folder);
    await writeFile(join(folder, 'mine.yaml'), own);
    const before = await snapshot();
    await expect(takeOver(folder, { digest: plan.digest, parts: offeredIn(plan) })).rejects.toMatchObject({
      code: 'policy-folder-changed',
    });
    expect(await snapshot()).toEqual(before);
  });
});

describe('while several files are written', () => {
  /** The folder as it is in the middle of it: the looser half in force alone would be a policy that nobody wrote. */
  async function cutOff(): Promise<{ before: Record<string, string> }> {
    const before = await snapshot();
    const { copies } = await takeAll();
    await writeFile(join(folder, 'confirm.yaml'), firstPolicy('confirm.yaml'));
    const named = {
      copies: copies?.split('/').at(-1),
      changed: ['confirm.yaml', 'everyday.yaml', 'never.yaml'],
      added: [],
    };
    await writeFile(join(folder, UPGRADE_MARK), `# mark\n${JSON.stringify(named)}\n`);
    return { before };
  }
  const age = () => utimes(join(folder, UPGRADE_MARK), 1, 1);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

  test('no reader takes the folder: what was in force goes on, and a gateway that starts denies', async () => {
    const running = await openPolicyFolder(folder, { log });
    onTestFinished(() => running.close());
    const { digest } = running.state();
    await cutOff();
    await expect.poll(() => running.state()).toMatchObject({ status: 'stale', digest });
    expect(running.state().problems).toMatchObject([{ file: UPGRADE_MARK, code: 'upgrade-unfinished' }]);
    const starting = await openPolicyFolder(folder, { log });
    onTestFinished(() => starting.close());
    expect(starting.state().status).toBe('none');
  });

  test('one that was cut off is put back as it was', async () => {
    const { before } = await cutOff();
    await age();
    expect(await takeBackUnfinished(folder)).toBe(true);
    expect(await snapshot()).toMatchObject(before);
    expect(await readdir(folder)).not.toContain(UPGRADE_MARK);
    expect(await takeBackUnfinished(folder)).toBe(false);
  });

  test('one that is going on is left alone', async () => {
    await cutOff();
    await expect(takeBackUnfinished(folder)).rejects.toMatchObject({ code: 'policy-upgrade-unfinished' });
    expect(await readdir(folder)).toContain(UPGRADE_MARK);
  });

  test.each([
    ['no JSON', '# only words\n'],
    ['a way out of the folder', '{"copies":".before-upgrade-1","changed":["../x.yaml"],"added":[]}\n'],
    ['a removal outside of it', '{"copies":null,"changed":[],"added":["a/../../x.yaml"]}\n'],
    ['copies from elsewhere', '{"copies":"../elsewhere","changed":["never.yaml"],"added":[]}\n'],
  ])('a mark with %s is not followed', async (_what, text) => {
    await writeFile(join(folder, UPGRADE_MARK), text);
    await age();
    const before = await snapshot();
    await expect(takeBackUnfinished(folder)).rejects.toMatchObject({ code: 'policy-upgrade-unfinished' });
    expect(await snapshot()).toEqual(before);
  });

  test('a gateway that follows the folder has the one policy or the other, never a third', async () => {
    const source = await openPolicyFolder(folder, { log });
    onTestFinished(() => source.close());
    const seen = [source.state().digest];
    const done = new Promise<void>((resolve) => {
      source.onChange((state) => {
        if (state.status === 'loaded') seen.push(state.digest);
        if (state.digest === upgraded?.digest) resolve();
      });
    });
    let upgraded: PolicyUpgraded | null = null;
    const [before] = seen;
    upgraded = await takeAll();
    await done;
    expect(seen).toEqual([before, upgraded.digest]);
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
