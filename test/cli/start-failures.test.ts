import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { FIRST_POLICY } from '../proxy/policy/upgrade/first-policy.ts';
import { kubeconfigToNowhere } from './nowhere.ts';
import { complaints, home, run, start, temporaryFolder } from './run.ts';

/** Mounts file systems and gives files to others. */
const isRoot = process.geteuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
if (!isRoot)
  console.log('skipped: starts on full and read-only disks and on folders of others, which take root to make');
const OTHER = 12_345;

let folder = '';
let own = '';
const mounted: string[] = [];

beforeEach(async () => {
  folder = await temporaryFolder();
  own = await kubeconfigToNowhere(folder);
});

afterEach(() => {
  for (const place of mounted.splice(0)) spawnSync('umount', ['--lazy', place]);
});

/** A small file system of its own; null where the machine lets nobody mount one (a container without the right). */
async function mount(options: string): Promise<string | null> {
  const place = await mkdtemp(join(tmpdir(), 'gatehouse-disk-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }).catch(() => undefined));
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', place]).status !== 0) return null;
  mounted.push(place);
  return place;
}

function remount(place: string, options: string): void {
  expect(spawnSync('mount', ['-o', `remount,${options}`, place]).status).toBe(0);
}

async function fill(place: string): Promise<void> {
  await writeFile(join(place, 'fill'), Buffer.alloc(1024 * 1024)).catch(() => undefined);
}

interface Way {
  readonly data?: string;
  readonly client?: string;
  readonly more?: readonly string[];
}

const words = ({ data = join(folder, 'data'), client = join(folder, 'client.yaml'), more = [] }: Way = {}) => [
  'gateway',
  ...['--kubeconfig', own, '--data', data, '--write-kubeconfig', client],
  ...more,
];

/** A start that fails: one sentence on stderr that names the path, and no stack. */
async function failure(way: Way): Promise<{ readonly code: number; readonly sentence: string }> {
  const { code, out, errors } = await run(...words(way));
  expect(out).toBe('');
  const said = errors.split('\n').filter((line) => !line.startsWith('{') && !line.startsWith('Run "gatehouse'));
  expect(said).toHaveLength(1);
  expect(errors).not.toMatch(/^\s+at /m);
  return { code, sentence: said[0] ?? '' };
}

/** Starts it in the end, as if nothing had been: with its policy in force. */
async function startsAfterAll(way: Way): Promise<void> {
  const running = start(...words(way));
  await running.printed('ready');
  running.stop();
  expect(await running.exit).toBe(0);
  expect(complaints(running.errors)).toEqual([]);
  expect(running.errors.map((line) => JSON.parse(line).event)).toContain('policy-loaded');
  expect((await run('journal', 'verify', '--data', way.data ?? join(folder, 'data'))).code).toBe(0);
}

describe('a start that finds a place of another kind', () => {
  const cases: ReadonlyArray<readonly [what: string, prepare: () => Promise<Way>, says: RegExp]> = [
    [
      'a data folder below a file',
      async () => ({ data: join(own, 'data') }),
      /^gatehouse: --data: .*own\.yaml\/data cannot be made: a part of its path is no folder \(ENOTDIR\); choose another/,
    ],
    [
      'a data folder that is a symbolic link to nowhere',
      async () => {
        await symlink(join(folder, 'nothing'), join(folder, 'link'));
        return { data: join(folder, 'link') };
      },
      /--data: .*link is a symbolic link that leads nowhere/,
    ],
    [
      'symbolic links in a circle',
      async () => {
        await symlink('circle', join(folder, 'circle'));
        return { data: join(folder, 'circle', 'data') };
      },
      /--data: .*circle\/data cannot be used: its symbolic links lead in a circle \(ELOOP\)/,
    ],
    [
      'a folder for the client kubeconfig',
      async () => ({ client: folder }),
      /--write-kubeconfig: .* is a folder: name a file/,
    ],
    [
      'a client kubeconfig below a file, with a line break in its name',
      async () => ({ client: join(own, 'a\nb') }),
      /own\.yaml\/a\\u000ab cannot be written: a part of its path is no folder \(ENOTDIR\)/,
    ],
    [
      'a name that is too long',
      async () => ({ client: join(folder, 'x'.repeat(300)) }),
      /x{300} cannot be written: a name in the path is longer than the file system takes \(ENAMETOOLONG\)/,
    ],
    [
      'a policy folder that is a file',
      async () => ({ more: ['--policy', own] }),
      /--policy: .*own\.yaml is not a folder: move it away/,
    ],
    ...['journal', 'kubeconfig', 'sessions'].map(
      (name) =>
        [
          `a file in the place of ${name}`,
          async () => {
            await mkdir(join(folder, 'data'), { mode: 0o700 });
            await writeFile(join(folder, 'data', name), '');
            return {};
          },
          new RegExp(`--data: .*data/${name} is not a folder: move it away`),
        ] as const,
    ),
    ...['certificate-authority.json', 'mask-key.json', 'policy-key.json', 'accepted-policy.json', 'control.sock'].map(
      (name) =>
        [
          `a folder in the place of ${name}`,
          async () => {
            await mkdir(join(folder, 'data', name), { recursive: true, mode: 0o700 });
            return {};
          },
          new RegExp(`--data: .*data/${name.replace('.', '\\.')} is not a (?:file|socket): move it away`),
        ] as const,
    ),
  ];

  test.each(cases)('%s', async (_what, prepare, says) => {
    const { code, sentence } = await failure(await prepare());
    expect(sentence).toMatch(says);
    expect(code).toBe(1);
  });

  test.runIf(process.platform === 'linux')('a file system that takes no folders, without an end', async () => {
    const { code, sentence } = await failure({ data: '/proc/gatehouse/data' });
    expect(sentence).toMatch(/^gatehouse: --data: \/proc\/gatehouse\S* cannot be (?:made|used): .* \(E[A-Z]+\); \w/);
    if (isRoot)
      expect(sentence).toContain('/proc/gatehouse cannot be made: the file system takes no folders there (ENOENT)');
    expect(code).toBe(1);
  });

  test('a port that another program has: nothing is left of the client kubeconfig', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const { code, out, errors } = await run(...words({ more: ['--listen', `127.0.0.1:${port}`] }));
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(errors).toMatch(/cannot listen on 127\.0\.0\.1:\d+: another program has this port; choose another/);
    await expect(stat(join(folder, 'client.yaml'))).rejects.toMatchObject({ code: 'ENOENT' });
    await startsAfterAll({});
  });
});

describe('a start without a home folder', () => {
  test('says that the data folder has to be named', async () => {
    const { code, errors } = await run('requests');
    expect(code).toBe(4);
    expect(errors).toContain(home);
    const { GATEHOUSE_DATA: _none, HOME: _home, ...environment } = process.env;
    const built = join(import.meta.dirname, '../../out/cli/gatehouse.js');
    if (!isRoot) return;
    const nobody = spawnSync(process.execPath, [built, 'requests'], { env: environment, uid: OTHER, gid: OTHER });
    // Root's folders may be closed to others, the program's own with them.
    if (nobody.error !== undefined || nobody.status === 126 || nobody.stderr.includes('Cannot find module')) return;
    expect(nobody.stderr.toString()).toMatch(
      /^gatehouse: there is no home folder for the data folder \(HOME is not set/,
    );
    expect(nobody.status).toBe(2);
  });
});

describe('a start on a full disk', () => {
  asRoot('says which file there is no room for, and goes through once there is some', async (context) => {
    const disk = await mount('size=64k');
    if (disk === null) return context.skip('nothing can be mounted here');
    const way = { data: join(disk, 'data') };
    await fill(disk);
    expect(await failure(way)).toEqual({
      code: 1,
      sentence: expect.stringMatching(
        /^gatehouse: .*data\/[\w-]+\.json cannot be written: the disk is full \(ENOSPC\); free some space, or choose another place$/,
      ),
    });
    await rm(join(disk, 'fill'));
    remount(disk, 'size=4m');
    await startsAfterAll(way);
  });

  asRoot('leaves nothing half made, wherever the room ends', async (context) => {
    // Each room lets the start come some files further: keys, lock, journal, policy, its record, the control socket.
    for (let kibibytes = 8; kibibytes <= 96; kibibytes += 4) {
      const disk = await mount(`size=${kibibytes}k`);
      if (disk === null) return context.skip('nothing can be mounted here');
      const way = { data: join(disk, 'data'), client: join(disk, 'client', 'c.yaml') };
      const running = start(...words(way));
      await running.printed('ready');
      running.stop();
      const code = await running.exit;
      const last = running.errors.filter((line) => !line.startsWith('{'));
      expect([kibibytes, code, last]).toEqual([
        kibibytes,
        code === 0 ? 0 : 1,
        code === 0 ? [] : [expect.stringMatching(/^gatehouse: .*\(ENOSPC\)/)],
      ]);
      expect(running.errors.join('\n')).not.toMatch(/^\s+at /m);
      remount(disk, 'size=4m');
      await startsAfterAll(way);
    }
  });
});

describe('a start on a read-only file system', () => {
  const readOnly = async (): Promise<string | null> => {
    const disk = await mount('size=1m');
    if (disk === null) return null;
    await mkdir(join(disk, 'policy'), { mode: 0o755 });
    await writeFile(join(disk, 'policy', 'mine.yaml'), MINE);
    remount(disk, 'ro');
    return disk;
  };
  const REMEDY = 'the file system is read-only \\(EROFS\\); choose a place that can be written to';

  asRoot('names the path and the way out', async (context) => {
    const disk = await readOnly();
    if (disk === null) return context.skip('nothing can be mounted here');
    for (const [way, says] of [
      [{ data: join(disk, 'a', 'b') }, `--data: ${disk}/a cannot be made: ${REMEDY}`],
      [{ client: join(disk, 'c.yaml') }, `${disk}/c\\.yaml\\.ca\\.crt cannot be written: ${REMEDY}`],
      [{ client: join(disk, 'x', 'c.yaml') }, `${disk}/x cannot be made: ${REMEDY}`],
      [{ more: ['--policy', join(disk, 'none')] }, `--policy: ${disk}/none cannot be made: ${REMEDY}`],
      [
        { more: ['--journal-witness', join(disk, 'head')] },
        `--journal-witness: ${disk}/head: the file system is read-only`,
      ],
    ] as const) {
      const { code, sentence } = await failure(way);
      expect(sentence).toMatch(new RegExp(says));
      expect(code).toBe(1);
    }
  });

  asRoot('takes a policy folder there as it is', async (context) => {
    const disk = await readOnly();
    if (disk === null) return context.skip('nothing can be mounted here');
    await startsAfterAll({ more: ['--policy', join(disk, 'policy')] });
    expect((await stat(join(disk, 'policy'))).mode & 0o777).toBe(0o755);
  });

  asRoot('and does not start on one that is empty, where it may write none', async (context) => {
    const disk = await mount('size=1m');
    if (disk === null) return context.skip('nothing can be mounted here');
    await mkdir(join(disk, 'policy'), { mode: 0o755 });
    remount(disk, 'ro');
    const way = { more: ['--policy', join(disk, 'policy')] };
    expect((await failure(way)).sentence).toMatch(
      /--policy: .*policy holds no policy, and .*: put the policy there first/,
    );
    remount(disk, 'rw');
    await writeFile(join(disk, 'policy', 'mine.yaml'), MINE);
    remount(disk, 'ro');
    await startsAfterAll(way);
  });
});

const MINE = FIRST_POLICY.get('never.yaml') ?? '';

describe('a start on a folder of somebody else’s', () => {
  const ownersBelow = async (path: string): Promise<number[]> => {
    const names = await readdir(path, { recursive: true });
    return [...new Set(await Promise.all(names.map(async (name) => (await stat(join(path, name))).uid)))];
  };

  asRoot('names the owner, and leaves nothing of its own there', async () => {
    const data = join(folder, 'data');
    await mkdir(join(data, 'journal'), { recursive: true, mode: 0o700 });
    for (const one of [data, join(data, 'journal')]) await chown(one, OTHER, OTHER);
    const { code, sentence } = await failure({});
    expect(sentence).toBe(
      `gatehouse: --data: ${data} belongs to uid ${OTHER}, and this runs as root (uid 0): start the gateway as that user (sudo -u '#${OTHER}' …), or choose a folder of your own`,
    );
    expect(code).toBe(1);
    expect(await ownersBelow(data)).toEqual([OTHER]);
  });

  asRoot('makes none in the home folder of another, which sudo may leave in HOME', async () => {
    const theirs = await mkdtemp(join(tmpdir(), 'gatehouse-their-home-'));
    onTestFinished(() => rm(theirs, { recursive: true, force: true }));
    await chown(theirs, OTHER, OTHER);
    const built = join(import.meta.dirname, '../../out/cli/gatehouse.js');
    const { GATEHOUSE_DATA: _none, ...environment } = process.env;
    const { status, stderr } = spawnSync(
      process.execPath,
      [built, 'gateway', '--kubeconfig', own, '--write-kubeconfig', join(folder, 'client.yaml')],
      { encoding: 'utf8', env: { ...environment, HOME: theirs } },
    );
    expect(stderr).toMatch(
      /^gatehouse: --data is missing: HOME is .*, which belongs to uid 12345, and this runs as root/,
    );
    expect(status).toBe(1);
    expect(await readdir(theirs)).toEqual([]);
  });

  asRoot('names a file in it that is', async () => {
    await startsAfterAll({});
    const head = join(folder, 'data', 'journal', 'head.json');
    await chown(head, OTHER, OTHER);
    const { sentence } = await failure({});
    expect(sentence).toMatch(/--data: .*journal\/head\.json belongs to uid 12345, and this runs as root.*chown -R 0 /);
  });

  asRoot.each([
    ['--write-kubeconfig', (place: string): Way => ({ client: join(place, 'client.yaml') })],
    ['--policy', (place: string): Way => ({ more: ['--policy', join(place, 'new')] })],
    ['--journal-witness', (place: string): Way => ({ more: ['--journal-witness', join(place, 'head.json')] })],
  ])('%s: nor there', async (flag, wayOf) => {
    const place = join(folder, 'theirs');
    await mkdir(place);
    await chown(place, OTHER, OTHER);
    const { sentence } = await failure(wayOf(place));
    expect(sentence).toMatch(
      new RegExp(`${flag}: ${place} belongs to uid ${OTHER}, who could not use what root writes`),
    );
    expect(await readdir(place)).toEqual([]);
    await expect(stat(join(folder, 'data'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  asRoot('reads a policy folder of somebody else’s, and changes nothing of it', async () => {
    const policy = join(folder, 'theirs');
    await mkdir(policy, { mode: 0o755 });
    await writeFile(join(policy, 'mine.yaml'), MINE);
    for (const one of [policy, join(policy, 'mine.yaml')]) await chown(one, OTHER, OTHER);
    await startsAfterAll({ more: ['--policy', policy] });
    expect(await readdir(policy)).toEqual(['mine.yaml']);
    const { mode, uid } = await stat(policy);
    expect([mode & 0o777, uid]).toEqual([0o755, OTHER]);
    await chmod(policy, 0o777);
    expect((await failure({ more: ['--policy', policy] })).sentence).toMatch(
      /others can write to it \(its mode is 777\)/,
    );
  });
});

describe('a first start that fails half-way', () => {
  test('leaves no key that says that a policy was accepted', async () => {
    const client = join(folder, 'client.yaml');
    await writeFile(client, 'not ours');
    await mkdir(join(folder, 'data', 'policy', '.default.yaml.new'), { recursive: true });
    expect((await failure({})).code).toBe(1);
    expect(await readFile(client, 'utf8')).toBe('not ours');
    await rm(client);
    await startsAfterAll({});
  });
});
