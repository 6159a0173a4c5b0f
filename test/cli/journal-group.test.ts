import { spawnSync } from 'node:child_process';
import { chmod, lstat, readdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { readersGroup } from '../../cli/journal/readers-group.ts';
import { kubeconfigToNowhere } from './nowhere.ts';
import { run, start, temporaryFolder } from './run.ts';

const isRoot = process.getuid?.() === 0;
/** Root may give files to a group that nobody is in; others to one of their own. */
const group = isRoot ? 54_321 : (process.getegid?.() ?? 0);

if (isRoot) console.log('skipped: root may give a file to every group');
else console.log('skipped: only root can read as another user');

let data = '';
let flags: string[] = [];

beforeEach(async () => {
  const folder = await temporaryFolder();
  data = join(folder, 'data');
  await chmod(folder, 0o755);
  flags = [
    '--kubeconfig',
    await kubeconfigToNowhere(folder),
    '--write-kubeconfig',
    join(data, 'client.yaml'),
    '--data',
    data,
  ];
});

async function gateway(...more: string[]) {
  const running = start('gateway', ...flags, ...more);
  onTestFinished(async () => {
    running.stop();
    await running.exit;
  });
  await running.printed('ready');
  return running;
}

async function everythingIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return names.map((entry) => join(entry.parentPath, entry.name));
}

const mode = async (path: string) => ((await lstat(path)).mode & 0o7777).toString(8);

/** Whether somebody else, who is in this group alone, may open a file, list a folder, or reach a socket. */
function mayRead(path: string, gid: number): boolean {
  const script = 'if [ -d "$1" ]; then ls "$1"; elif [ -S "$1" ]; then [ -w "$1" ]; else cat "$1"; fi';
  const { status } = spawnSync('sh', ['-c', script, 'sh', path], { uid: 65_534, gid, stdio: 'ignore' });
  return status === 0;
}

test('the group gets through the data folder, and into the journal alone', async () => {
  await gateway('--journal-group', String(group));
  expect(await mode(data)).toBe('710');
  expect((await lstat(data)).gid).toBe(group);
  const all = await everythingIn(data);
  expect(all).toEqual(
    expect.arrayContaining([join(data, 'control.sock'), join(data, 'mask-key.json'), join(data, 'client.yaml')]),
  );
  const open = (
    await Promise.all(all.map(async (path) => [path, Number.parseInt(await mode(path), 8) & 0o077] as const))
  )
    .filter(([path, others]) => others !== 0 && !path.startsWith(join(data, 'journal')))
    .map(([path]) => path);
  expect(open).toEqual([]);
});

test.runIf(isRoot)(
  'another user of the group reads the journal and nothing else; one of another group reads nothing',
  async () => {
    await gateway('--journal-group', String(group));
    const all = [data, ...(await everythingIn(data))];
    const journal = all.filter((path) => /\/journal(?:$|\/)/.test(path) && !path.endsWith('/lock'));
    expect(journal.length).toBeGreaterThan(3);
    expect(all.filter((path) => mayRead(path, group)).sort()).toEqual(journal.sort());
    expect(all.filter((path) => mayRead(path, group + 1))).toEqual([]);
  },
);

test('a second start on the folder is refused, and takes nothing from the readers', async () => {
  await gateway('--journal-group', String(group));
  const { code, errors } = await run('gateway', ...flags);
  expect(errors).toMatch(/another gateway \(process \d+\) already writes to/);
  expect(code).toBe(1);
  expect(await mode(data)).toBe('710');
});

test('without the flag the next start closes it again', async () => {
  const running = await gateway('--journal-group', String(group));
  running.stop();
  await running.exit;
  await gateway();
  for (const path of [data, join(data, 'journal')]) expect(await mode(path)).toBe('700');
  expect(await mode(join(data, 'journal', 'public-key.pem'))).toBe('600');
});

test('what lies open in the data folder stops the start, by name, and the folder stays closed', async () => {
  const first = await gateway();
  first.stop();
  await first.exit;
  await writeFile(join(data, 'notes.txt'), 'mine', { mode: 0o644 });
  await chmod(join(data, 'notes.txt'), 0o644);
  const { code, errors } = await run('gateway', ...flags, '--journal-group', String(group));
  expect(errors.split('\n').at(-1)).toMatch(
    /--journal-group lets a group into the data folder, and \S+notes\.txt is open to others \(its mode is 644\): close it/,
  );
  expect(code).toBe(1);
  expect(await mode(data)).toBe('700');
});

test.each(['no-such-group', '99999999999', '-x'])('there is no group %j: 2, and nothing is made', async (name) => {
  const { code, errors } = await run('gateway', ...flags, `--journal-group=${name}`);
  expect(errors).toMatch(/--journal-group: there is no group ".*" here: make it \(groupadd\), or give/);
  expect(code).toBe(2);
  await expect(lstat(data)).rejects.toMatchObject({ code: 'ENOENT' });
});

test.skipIf(isRoot)('a group that the user is not in', async () => {
  await expect(readersGroup('gateway', '54321')).rejects.toMatchObject({
    message: expect.stringMatching(new RegExp(`${userInfo().username} is not in the group 54321: add it \\(usermod`)),
  });
});

test.skipIf(process.platform !== 'linux')('a group has its number from the system', async () => {
  expect(await readersGroup('gateway', 'root').catch(({ message }) => message)).toSatisfy(
    (found) => found === 0 || /is not in the group root/.test(found),
  );
});
