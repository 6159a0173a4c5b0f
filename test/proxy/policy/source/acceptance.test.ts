import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PolicyState } from '../../../../model/policy-state.ts';
import { DEFAULT_POLICY } from '../../../../proxy/policy/default-policy/default-policy.ts';
import type { PolicySource } from '../../../../proxy/policy/policy-source.ts';
import { type AcceptanceKey, acceptedPolicyIn } from '../../../../proxy/policy/source/accepted-policy.ts';
import { openPolicyFolder } from '../../../../proxy/policy/source/policy-folder.ts';
import { looserIn } from '../change/looser-decision.ts';
import { document, question } from '../policies.ts';
import { opening } from './opening.ts';
import { stateWith } from './state-with.ts';

const PODS = '  - {id: pods, effect: allow, match: {verbs: [get, delete], resources: [pods]}}\n';
const VAULT = '  - {id: vault, effect: deny, match: {namespaces: [vault]}}\n';
const ASK =
  '  - {id: ask, effect: requireApproval, match: {verbs: [delete], resources: [pods]}, approval: {level: ownerConfirm}}\n';
const SECRETS =
  '  - {id: secrets, effect: allow, match: {verbs: [get], resources: [secrets]}, obligations: {mask: [{resource: secrets, fields: ["data.*"]}]}}\n';
const BASE = document(PODS + VAULT + ASK + SECRETS);
const OPEN = document('  - {id: all, effect: allow, match: {}}\n');
const QUESTIONS = [
  question(),
  question({ namespace: 'vault' }),
  question({ verb: 'delete' }),
  question({ verb: 'create' }),
  question({ resource: 'secrets' }),
  question({ resource: '', nonResourcePath: '/metrics' }),
];

let root: string;
let folder: string;
let key: AcceptanceKey;
let journal: ReturnType<typeof opening>;
let source: PolicySource;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-policy-'));
  folder = join(root, 'policy');
  key = { key: new Uint8Array(randomBytes(32)), origin: 'made' };
  journal = opening();
  await mkdir(folder);
  await writeFile(join(folder, 'a.yaml'), BASE);
  source = await start();
});

afterEach(async () => {
  await source.close();
  await rm(root, { recursive: true });
});

function start(trustsFolder = false): Promise<PolicySource> {
  return openPolicyFolder(folder, { store: acceptedPolicyIn(join(root, 'data'), key), trustsFolder }, journal);
}

/** As the gateway would be after its process was killed; the key is there from before. */
async function startAgain(trustsFolder = false): Promise<void> {
  await source.close();
  key = { ...key, origin: key.origin === 'made' ? 'kept' : key.origin };
  source = await start(trustsFolder);
}

const write = (text: string, name = 'a.yaml') => writeFile(join(folder, name), text);
const decisions = () => QUESTIONS.map((asked) => source.decide(asked));
const outcomes = () => decisions().map(({ outcome }) => outcome);

/** Has the folder read now: a digest that nothing has is refused, after a look. */
async function lookedAt(): Promise<PolicyState> {
  await expect(source.accept('0'.repeat(64), { by: 'nobody' })).rejects.toMatchObject({
    code: 'policy-change-not-waiting',
  });
  return source.state();
}

describe('case 63: a change of the policy folder', () => {
  it('that loosens waits, is told rule by rule, and is in force once a person accepts it', async () => {
    const { digest } = source.state();
    await write(document(PODS.replace('get, delete', 'get, delete, create') + SECRETS));
    const state = await stateWith(source, ({ waiting }) => waiting !== null);
    expect(state).toMatchObject({ status: 'loaded', digest, waiting: { opens: 3 } });
    expect(outcomes()).toEqual(['allow', 'deny', 'requireApproval', 'deny', 'allow', 'deny']);
    expect(source.waiting()).toMatchObject({
      against: 'accepted',
      rules: [
        { id: 'p/ask', file: 'a.yaml', kind: 'removed', opens: ['asks a person for less'], closes: ['allows less'] },
        { id: 'p/pods', kind: 'changed', opens: ['allows more'], closes: [], differences: ['verbs: also create'] },
        { id: 'p/vault', kind: 'removed', about: 'denies: namespaces vault', opens: ['denies less'] },
      ],
    });
    await source.accept(source.waiting()?.digest ?? '', { by: 'local:ada' });
    expect(outcomes()).toEqual(['allow', 'allow', 'allow', 'allow', 'allow', 'deny']);
    expect(source.state()).toMatchObject({ waiting: null, digest: state.waiting?.digest });
    expect(journal.records).toEqual([
      `policy-accepted ${digest} as it was found at the first start`,
      `policy-waits ${state.waiting?.digest}: p/ask, p/pods, p/vault`,
      `policy-accepted ${state.waiting?.digest} by local:ada: p/ask, p/pods, p/vault`,
    ]);
  });

  it('that only tightens is in force at once, and taking it back waits', async () => {
    const { digest } = source.state();
    await write(document(VAULT + ASK + SECRETS));
    const state = await stateWith(source, (one) => one.digest !== digest);
    expect(state.waiting).toBeNull();
    expect(outcomes()).toEqual(['deny', 'deny', 'requireApproval', 'deny', 'allow', 'deny']);
    await write(BASE);
    await stateWith(source, ({ waiting }) => waiting !== null);
    expect(outcomes()).toEqual(['deny', 'deny', 'requireApproval', 'deny', 'allow', 'deny']);
  });

  it('that both tightens and loosens waits as a whole', async () => {
    const { digest } = source.state();
    await write(document(PODS + ASK));
    expect(await stateWith(source, ({ waiting }) => waiting !== null)).toMatchObject({ digest });
    expect(source.decide(question({ resource: 'secrets' })).outcome).toBe('allow');
  });

  it('that was undone does not wait any more', async () => {
    await write(OPEN);
    await stateWith(source, ({ waiting }) => waiting !== null);
    await write(BASE);
    await stateWith(source, ({ waiting }) => waiting === null);
    expect(source.waiting()).toBeNull();
  });

  it('is not accepted while the journal cannot be told, and waits on', async () => {
    await write(OPEN);
    const before = outcomes();
    const { digest = '' } = (await lookedAt()).waiting ?? {};
    journal.isFull = true;
    await expect(source.accept(digest, { by: 'local:me' })).rejects.toMatchObject({
      code: 'journal-unavailable',
      message: 'not accepted: the disk is full',
    });
    expect(outcomes()).toEqual(before);
    await startAgain();
    expect(outcomes()).toEqual(before);
    journal.isFull = false;
    await source.accept(digest, { by: 'local:me' });
    expect(outcomes()).not.toEqual(before);
    expect(journal.records.at(-1)).toContain(`policy-accepted ${digest} by local:me`);
  });

  it('is accepted as it was shown, and not as it is by then', async () => {
    await write(
      document(`${PODS}${VAULT}${ASK}${SECRETS}  - {id: logs, effect: allow, match: {resources: [pods/log]}}\n`),
    );
    const shown = await stateWith(source, ({ waiting }) => waiting !== null);
    await write(OPEN);
    await expect(source.accept(shown.waiting?.digest ?? '', { by: 'local:ada' })).rejects.toThrow(
      /changed since it was shown/,
    );
    expect(outcomes()).toEqual(['allow', 'deny', 'requireApproval', 'deny', 'allow', 'deny']);
    expect(journal.records.filter((record) => record.includes(' by local:ada'))).toEqual([]);
  });

  it('waits across a start too, with what was accepted in force', async () => {
    await source.close();
    await write(OPEN);
    await startAgain();
    expect(outcomes()).toEqual(['allow', 'deny', 'requireApproval', 'deny', 'allow', 'deny']);
    expect(source.state().waiting).toMatchObject({ opens: 4 });
  });

  it('is taken at once where the folder is trusted, and is what counts when it is not any more', async () => {
    await startAgain(true);
    await write(OPEN);
    const { digest } = await stateWith(source, (state) => state.policies.some(({ rules }) => rules === 1));
    expect(outcomes()).toEqual(QUESTIONS.map(() => 'allow'));
    await startAgain();
    expect(source.state()).toMatchObject({ digest, waiting: null });
  });
});

/** What a program of the same user may do to the folder. None of it may let anything through that was not let through. */
const REWRITES: ReadonlyArray<readonly [string, (elsewhere: string) => Promise<unknown>]> = [
  ['one file rewritten', () => write(OPEN)],
  ['a file more', () => write(OPEN.replace('name: p', 'name: q'), 'b.yaml')],
  [
    'a file more with the old rules gone',
    async () => {
      await write(OPEN, 'b.yaml');
      await rm(join(folder, 'a.yaml'));
    },
  ],
  [
    'a file renamed over it',
    async () => {
      await write(OPEN, '.new');
      await rename(join(folder, '.new'), join(folder, 'a.yaml'));
    },
  ],
  ['the deny rule renamed', () => write(BASE.replace('id: vault', 'id: vaults'))],
  ['the deny rule with another expression', () => write(BASE.replace('[vault]', '["vaul"]'))],
  ['the mask with a field kept', () => write(BASE.replace('["data.*"]', '["data.*"], keep: ["data.password"]'))],
  [
    'the question made an allow',
    () => write(BASE.replace(/effect: requireApproval/, 'effect: allow').replace(/, approval: \{.*?\}/, '')),
  ],
  ['all files removed', () => rm(join(folder, 'a.yaml'))],
  ['the folder removed', () => rm(folder, { recursive: true })],
  ['the file emptied', () => write('')],
  ['the file cut in the middle', () => write(BASE.slice(0, BASE.indexOf('  - {id: ask')))],
  ['the file cut within a rule', () => write(BASE.slice(0, BASE.indexOf('namespaces')))],
  [
    'a folder of its name in the place of the file',
    async () => {
      await rm(join(folder, 'a.yaml'));
      await mkdir(join(folder, 'a.yaml'));
    },
  ],
  [
    'a link in the place of the file',
    async (to) => {
      await rm(join(folder, 'a.yaml'));
      await symlink(join(to, 'open.yaml'), join(folder, 'a.yaml'));
    },
  ],
  [
    'a link that leads to itself',
    async () => {
      await rm(join(folder, 'a.yaml'));
      await symlink('a.yaml', join(folder, 'a.yaml'));
    },
  ],
  [
    'a link in the place of the folder',
    async (to) => {
      await rename(folder, `${folder}-away`);
      await symlink(to, folder);
    },
  ],
  [
    'another folder in its place',
    async (to) => {
      await rename(folder, `${folder}-away`);
      await cp(to, folder, { recursive: true });
    },
  ],
  [
    'the same size and times',
    async () => {
      const { atime, mtime, size } = await stat(join(folder, 'a.yaml'));
      await write(OPEN.trimEnd().padEnd(size));
      await utimes(join(folder, 'a.yaml'), atime, mtime);
    },
  ],
  [
    'a thousand files',
    () =>
      Promise.all(
        Array.from({ length: 999 }, (_, index) => write(OPEN.replace('name: p', `name: q${index}`), `q${index}.yaml`)),
      ),
  ],
  [
    'more files than are read',
    () =>
      Promise.all(
        Array.from({ length: 1200 }, (_, index) => write(OPEN.replace('name: p', `name: q${index}`), `q${index}.yaml`)),
      ),
  ],
  ['a byte order mark and other line ends', () => write(`\ufeff${OPEN.replaceAll('\n', '\r\n')}`)],
  ['a second document behind the first', () => write(`${BASE}---\n${OPEN.replace('name: p', 'name: q')}`)],
  [
    'a set of the same name elsewhere',
    () =>
      write(document(`${PODS}${VAULT.replace('[vault]', '$there')}${ASK}${SECRETS}`, '  sets: {there: [nowhere]}\n')),
  ],
];

it.each(REWRITES)('case 63: a program that rewrites the policy folder opens nothing: %s', async (_what, rewrite) => {
  const elsewhere = join(root, 'elsewhere');
  await mkdir(elsewhere);
  await writeFile(join(elsewhere, 'open.yaml'), OPEN);
  const before = decisions();
  await rewrite(elsewhere);
  for (const when of ['at once', 'after a start']) {
    await lookedAt();
    const looser = decisions().map((after, index) => looserIn(before[index] ?? after, after));
    expect({ when, looser }).toEqual({ when, looser: QUESTIONS.map(() => null) });
    await startAgain();
  }
});

describe('case 63: what is no file, among the files of the policy folder', () => {
  it.each<[string, (path: string) => unknown]>([
    ['a named pipe', (path) => execFileSync('mkfifo', [path])],
    [
      'a link to a named pipe',
      (path) => execFileSync('sh', ['-c', 'mkfifo "$1.pipe" && ln -s "$1.pipe" "$1"', '-', path]),
    ],
    ['a link to a device without an end', (path) => symlink('/dev/zero', path)],
    ['a folder', (path) => mkdir(path)],
  ])('%s holds nothing up: it is said, and what tightens is in force when it is gone', async (_what, put) => {
    const before = decisions();
    const path = join(folder, 'odd.yaml');
    await put(path);
    await write(document(VAULT).replace('name: p', 'name: more').replace('[vault]', '[shop]'), 'more.yaml');
    const { problems } = await lookedAt();
    expect(problems).toEqual([expect.objectContaining({ file: 'odd.yaml', code: 'unreadable' })]);
    expect(problems[0]?.message).toContain('it is not a regular file');
    expect(decisions()).toEqual(before);
    await rm(path, { recursive: true });
    await lookedAt();
    expect(source.decide(question({ namespace: 'shop' })).outcome).toBe('deny');
  });

  it('a file that grows beyond 1 MiB is a problem, and what was accepted stays in force', async () => {
    const before = decisions();
    await write(`${BASE}# ${'x'.repeat(1024 * 1024)}\n`);
    expect((await lookedAt()).problems).toMatchObject([{ file: 'a.yaml', code: 'too-large' }]);
    expect(decisions()).toEqual(before);
  });
});

describe('case 63: an emptied policy folder', () => {
  it.each([
    ['without its files', () => rm(join(folder, 'a.yaml'))],
    ['that is gone', () => rm(folder, { recursive: true })],
    ['with files of another kind only', () => rename(join(folder, 'a.yaml'), join(folder, 'a.yaml.bak'))],
  ])('%s denies everything, says so, and is not filled with the built-in policy', async (_how, empty) => {
    await empty();
    for (const _start of [1, 2]) {
      await lookedAt();
      expect(source.state()).toMatchObject({ status: 'none', digest: '', waiting: null });
      expect(source.state().problems[0]?.message).toContain('not a first start');
      expect(outcomes()).toEqual(QUESTIONS.map(() => 'deny'));
      expect((await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.yaml'))).toEqual([]);
      await startAgain();
    }
    await mkdir(folder, { recursive: true });
    await write(BASE);
    await stateWith(source, ({ status }) => status === 'loaded');
    expect(outcomes()).toEqual(['allow', 'deny', 'requireApproval', 'deny', 'allow', 'deny']);
  });
});

describe('case 63: what is noticed of the folder', () => {
  it('a folder swapped by a link to another with the same files', async () => {
    await cp(folder, join(root, 'copy'), { recursive: true });
    await rename(folder, `${folder}-away`);
    await symlink(join(root, 'copy'), folder);
    expect((await lookedAt()).notices).toEqual([expect.stringContaining('leads to another place now: ')]);
    expect(journal.records.at(-1)).toContain('policy-folder-noticed');
  });

  it('another folder of the same name', async () => {
    await cp(folder, join(root, 'copy'), { recursive: true });
    await rename(folder, `${folder}-away`);
    await rename(join(root, 'copy'), folder);
    expect((await lookedAt()).notices).toEqual([expect.stringContaining('was replaced by another')]);
  });

  it('a file that is a link out of the folder, and no link within', async () => {
    await rename(join(folder, 'a.yaml'), join(root, 'a.yaml'));
    await symlink(join(root, 'a.yaml'), join(folder, 'a.yaml'));
    expect((await lookedAt()).notices).toEqual([
      expect.stringContaining('a.yaml is a link that leads out of the policy folder'),
    ]);
    await rm(join(folder, 'a.yaml'));
    await mkdir(join(folder, '..data'));
    await rename(join(root, 'a.yaml'), join(folder, '..data', 'a.yaml'));
    await symlink(join('..data', 'a.yaml'), join(folder, 'a.yaml'));
    expect((await lookedAt()).notices).toEqual([]);
  });
});

describe('case 63: the record of what was accepted', () => {
  const record = () => join(root, 'data', 'accepted-policy.json');

  it('is a file of its owner alone, outside of the folder, with the whole texts', async () => {
    expect((await stat(record())).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(record(), 'utf8'))).toMatchObject({ files: [{ name: 'a.yaml', text: BASE }] });
  });

  const forged = async (change: (stored: { files: object[]; seal: string }) => object) =>
    writeFile(record(), JSON.stringify(change(JSON.parse(await readFile(record(), 'utf8')))));

  it.each<[string, () => Promise<unknown>]>([
    ['removed', () => rm(record())],
    ['emptied', () => writeFile(record(), '')],
    ['cut', async () => writeFile(record(), (await readFile(record(), 'utf8')).slice(0, 200))],
    ['changed', () => forged((stored) => ({ ...stored, files: [{ name: 'a.yaml', text: OPEN }] }))],
    [
      'of another gateway',
      () =>
        acceptedPolicyIn(join(root, 'data'), { key: new Uint8Array(32), origin: 'kept' }).write([
          { name: 'a.yaml', text: OPEN },
        ]),
    ],
    [
      'a folder',
      async () => {
        await rm(record());
        await mkdir(record());
      },
    ],
    [
      'removed with its key',
      async () => {
        await rm(record());
        key = { key: new Uint8Array(32), origin: 'made' };
      },
    ],
  ])(
    'that was %s is not believed: everything is denied until a person accepts what the folder says',
    async (_how, damage) => {
      await write(OPEN);
      await lookedAt();
      await source.close();
      await damage();
      const { origin } = key;
      await startAgain();
      key = { ...key, origin };
      expect(outcomes()).toEqual(QUESTIONS.map(() => 'deny'));
      expect(source.state()).toMatchObject({
        status: 'none',
        waiting: { why: expect.stringContaining('everything is denied') },
      });
      expect(source.decide(question()).message).toContain('until you accept what the folder says');
      expect(source.waiting()).toMatchObject({ against: 'built-in' });
      await source.accept(source.waiting()?.digest ?? '', { by: 'local:ada' });
      expect(outcomes()).toEqual(QUESTIONS.map(() => 'allow'));
    },
  );

  it('that cannot be written is said, and the person is not locked out', async () => {
    await rm(join(root, 'data'), { recursive: true });
    await writeFile(join(root, 'data'), 'in the way');
    await write(OPEN);
    await stateWith(source, ({ waiting }) => waiting !== null);
    await source.accept(source.waiting()?.digest ?? '', { by: 'local:ada' });
    expect(outcomes()).toEqual(QUESTIONS.map(() => 'allow'));
    expect(source.state().notices).toEqual([expect.stringContaining('so the next start asks about it')]);
  });
});

describe('case 63: without a safe key store', () => {
  const launch = async (text: string) => {
    await source.close();
    await write(text);
    key = { key: new Uint8Array(randomBytes(32)), origin: 'launch' };
    source = await start();
  };

  it('each start asks about a folder that opens more than the built-in policy, and denies until then', async () => {
    for (const _start of [1, 2]) {
      await launch(OPEN);
      expect(source.state()).toMatchObject({ status: 'none', waiting: { digest: expect.any(String) } });
      expect(source.state().waiting?.why).toContain('no safe key store');
      await source.accept(source.waiting()?.digest ?? '', { by: 'local:ada' });
      expect(outcomes()).toEqual(QUESTIONS.map(() => 'allow'));
      await startAgain();
      // The same launch: its gateway only came back.
      expect(source.state()).toMatchObject({ status: 'loaded', waiting: null });
    }
  });

  it('the built-in policy, and one that only tightens it, is in force without a question', async () => {
    await rm(join(folder, 'a.yaml'));
    for (const { file, text } of DEFAULT_POLICY) await write(text, file);
    await launch(document('  - {id: vault, effect: deny, match: {namespaces: [vault]}}\n'));
    expect(source.state()).toMatchObject({ status: 'loaded', waiting: null });
    expect(source.decide(question({ namespace: 'vault' })).outcome).toBe('deny');
    expect(source.decide(question()).outcome).toBe('allow');
  });
});

describe('case 63: the first start of a data folder', () => {
  it('writes the built-in policy into an empty folder, once', async () => {
    await source.close();
    await rm(root, { recursive: true });
    await mkdir(root);
    journal = opening();
    key = { ...key, origin: 'made' };
    source = await start();
    expect((await readdir(folder)).sort()).toEqual(['confirm.yaml', 'everyday.yaml', 'never.yaml']);
    expect(source.state()).toMatchObject({ status: 'loaded', waiting: null });
    for (const name of await readdir(folder)) await rm(join(folder, name));
    await startAgain();
    expect(await readdir(folder)).toEqual([]);
    expect(source.state().status).toBe('none');
  });

  it('accepts nothing of a folder with a mistake: mended, it waits', async () => {
    await source.close();
    await rm(join(root, 'data'), { recursive: true });
    journal = opening();
    key = { ...key, origin: 'made' };
    await write(`${BASE}nonsense`);
    source = await start();
    expect(source.state().status).toBe('none');
    await write(BASE);
    await stateWith(source, ({ waiting }) => waiting !== null);
    expect(outcomes()).toEqual(QUESTIONS.map(() => 'deny'));
  });
});
