import { chmod, lstat, mkdir, readdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { witnessFile } from '../../../proxy/journal/head-witness.ts';
import { openBeside } from '../../../proxy/journal/readers.ts';
import { decided, openTestJournal, temporaryFolder } from './entries.ts';

/** Root may give files to a group that nobody else is in. */
const group = process.getuid?.() === 0 ? 54_321 : (process.getegid?.() ?? 0);
let umask = 0;
beforeEach(() => {
  // As the unit file in the documents has it.
  umask = process.umask(0o077);
});
afterEach(() => {
  process.umask(umask);
});

async function modes(folder: string): Promise<Record<string, string>> {
  const names = ['.', ...(await readdir(folder))].filter((name) => name !== 'lock');
  const found = await Promise.all(names.map(async (name) => [name, await lstat(join(folder, name))] as const));
  return Object.fromEntries(
    found.map(([name, { mode, gid }]) => [name, `${(mode & 0o7777).toString(8)} ${gid === group}`]),
  );
}

async function write(folder: string, readers: number | null, count = 40): Promise<void> {
  const witness = witnessFile(join(folder, '..', 'kept', 'head.json'), readers);
  const options = { readers, witness, fileBytes: 3_000, retention: { days: 30, bytes: 12_000 } };
  const journal = await openTestJournal(folder, options);
  for (let index = 0; index < count; index += 1) await journal.append(decided(), { durable: false });
  await journal.close();
}

test('files made later, the head, the anchor and the key are for the group too; whoever starts without it closes all', async () => {
  const folder = join(await temporaryFolder(), 'journal');
  await write(folder, group);
  const opened = await modes(folder);
  const names = Object.keys(opened).filter((name) => name !== '.');
  expect(names).toEqual(expect.arrayContaining(['anchor.json', 'head.json', 'public-key.pem']));
  expect(names.filter((name) => name.endsWith('.ndjson')).length).toBeGreaterThan(2);
  expect(opened).toEqual({ '.': '750 true', ...Object.fromEntries(names.map((name) => [name, '640 true'])) });
  expect((await modes(join(folder, '..', 'kept')))['head.json']).toBe('640 true');

  await write(folder, null, 1);
  const closed = Object.entries(await modes(folder)).map(([name, mode]) => [name, mode.split(' ')[0]]);
  for (const [name, mode] of closed) expect(mode, name).toBe(name === '.' ? '700' : '600');

  await write(folder, group, 1);
  expect(new Set(Object.values(await modes(folder)))).toEqual(new Set(['750 true', '640 true']));
});

test("the lock stays the gateway's own", async () => {
  const folder = await temporaryFolder();
  await openTestJournal(folder, { readers: group });
  expect((await lstat(join(folder, 'lock'))).mode & 0o777).toBe(0o600);
});

test('what lies open beside the journal is named; a link is as what it leads to', async () => {
  const data = await temporaryFolder();
  await mkdir(join(data, 'journal'), { mode: 0o755 });
  await writeFile(join(data, 'key.json'), '', { mode: 0o600 });
  await symlink('/etc/passwd', join(data, 'link'));
  expect(await openBeside(data)).toBeNull();
  await chmod(join(data, 'key.json'), 0o604);
  expect(await openBeside(data)).toMatch(/key\.json is open to others \(its mode is 604\)/);
});
