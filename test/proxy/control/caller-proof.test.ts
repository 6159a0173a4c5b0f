import { spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, chown, link, lstat, mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { canWriteProof, proofOf, provenUid, removeOldProofs, writeProof } from '../../../proxy/control/caller-proof.ts';

const own = process.geteuid?.() ?? -1;
const isRoot = own === 0;
const SOMEBODY = 4711;
const PROOF = proofOf('n'.repeat(64), '{"ask":"review"}');
let folder = '';
const place = () => join(folder, `.control-proof-${PROOF}`);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-proof-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a proof tells the user id of whoever made it, once', async () => {
  await writeProof(folder, PROOF);
  expect(await provenUid(folder, PROOF)).toBe(own);
  expect(await readdir(folder)).toEqual([]);
  expect(await provenUid(folder, PROOF)).toBeNull();
});

test('a proof can be read by the gateway whatever the umask of its caller is', async () => {
  const before = process.umask(0o777);
  try {
    await writeProof(folder, PROOF);
  } finally {
    process.umask(before);
  }
  expect((await lstat(place())).mode & 0o777).toBe(0o444);
  expect(await provenUid(folder, PROOF)).toBe(own);
});

test('a proof is for one nonce and one line, to the letter', () => {
  const others = [proofOf('m'.repeat(64), '{"ask":"review"}'), proofOf('n'.repeat(64), '{"ask":"review" }')];
  expect(new Set([PROOF, ...others]).size).toBe(3);
});

test('the caller takes its proof back', async () => {
  const remove = await writeProof(folder, PROOF);
  await remove();
  await remove();
  expect(await readdir(folder)).toEqual([]);
});

test('what lies at its place already is not written to', async () => {
  const target = join(folder, 'target');
  await symlink(target, place());
  await expect(writeProof(folder, PROOF)).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(lstat(target)).rejects.toMatchObject({ code: 'ENOENT' });
});

it.each<[string, () => Promise<unknown>]>([
  ['nothing', async () => undefined],
  ['a file with other words', () => proofFile('x'.repeat(PROOF.length))],
  ['a file with fewer words', () => proofFile(PROOF.slice(1))],
  ['a file with more words', () => proofFile(`${PROOF}\n`)],
  ['a file that its owner may still write to', () => proofFile(PROOF, 0o644)],
  ['a file that others may write to', () => proofFile(PROOF, 0o466)],
  ['a program that runs as its owner', () => proofFile(PROOF, 0o4444)],
  ['a symbolic link to a proof', async () => linked(symlink)],
  ['a hard link to a proof', async () => linked(link)],
  ['a folder', () => mkdir(place())],
  ['a pipe that nobody writes to', async () => void spawnSync('mkfifo', ['-m', '444', place()])],
])('%s is no proof', async (_what, make) => {
  await make();
  expect(await provenUid(folder, PROOF)).toBeNull();
});

async function proofFile(text: string, mode = 0o444, path = place()): Promise<string> {
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

async function linked(how: (target: string, path: string) => Promise<void>): Promise<void> {
  await how(await proofFile(PROOF, 0o444, join(folder, 'elsewhere')), place());
}

if (!isRoot) console.warn('caller-proof: files of other users are not tried: only root can make one');

it.skipIf(!isRoot)(
  'a file of another user that was moved to its place says nothing new (only root can try this)',
  async () => {
    const old = await proofFile(proofOf('o'.repeat(64), 'an earlier line'), 0o444, join(folder, 'left-over'));
    await chown(old, SOMEBODY, SOMEBODY);
    await rename(old, place());
    expect(await provenUid(folder, PROOF)).toBeNull();
  },
);

it.skipIf(!isRoot)('the user id is the one of the process that made it (only root can try this)', async () => {
  await chmod(folder, 0o777);
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const program = `process.setgroups([]);process.setgid(${SOMEBODY});process.setuid(${SOMEBODY});
    const fs=require('fs');const [path,proof]=process.argv.slice(1);
    const file=fs.openSync(path,${O_WRONLY | O_CREAT | O_EXCL},0o600);fs.writeSync(file,proof);fs.fchmodSync(file,0o444)`;
  const { status } = spawnSync(process.execPath, ['-e', program, place(), PROOF]);
  expect(status).toBe(0);
  expect(await provenUid(folder, PROOF)).toBe(SOMEBODY);
});

test('what killed callers left is removed, and nothing else', async () => {
  await writeProof(folder, PROOF);
  for (const name of ['.control-proof-short', 'journal-key.json']) await writeFile(join(folder, name), '');
  await removeOldProofs(folder);
  expect((await readdir(folder)).toSorted()).toEqual(['.control-proof-short', 'journal-key.json']);
});

test('whether a proof can be written is tried, and leaves nothing', async () => {
  expect(await canWriteProof(folder, PROOF)).toBe(true);
  expect(await readdir(folder)).toEqual([]);
  expect(await canWriteProof(join(folder, 'gone'), PROOF)).toBe(false);
});
