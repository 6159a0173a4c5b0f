import * as files from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { planUpgrade, takeOver } from '../../../../proxy/policy/upgrade/policy-upgrade.ts';
import { FIRST_POLICY } from './first-policy.ts';

/** Which call of which function fails, and how: root may write everywhere, and no test fills a disk. */
let failing = { name: '', call: 0, code: '' };
let calls = 0;

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  const failingAs =
    <Words extends unknown[], Answer>(name: string, run: (...words: Words) => Promise<Answer>) =>
    async (...words: Words): Promise<Answer> => {
      if (name === failing.name) calls += 1;
      if (name === failing.name && calls === failing.call) {
        throw Object.assign(new Error(failing.code), { code: failing.code, path: String(words[0]) });
      }
      return run(...words);
    };
  return {
    ...real,
    rename: failingAs('rename', real.rename),
    access: failingAs('access', real.access),
    mkdir: failingAs('mkdir', real.mkdir),
    copyFile: failingAs('copyFile', real.copyFile),
    chmod: failingAs('chmod', real.chmod),
  };
});

let folder = '';
beforeEach(async () => {
  folder = await files.mkdtemp('/tmp/gatehouse-upgrade-');
  onTestFinished(() => files.rm(folder, { recursive: true }));
  for (const [name, text] of FIRST_POLICY) await files.writeFile(join(folder, name), text);
  calls = 0;
});

test.each([
  ['a folder on a disk that is read-only', 'mkdir', 1, 'EROFS'],
  ['a file that its owner may not write', 'access', 2, 'EACCES'],
  ['no room for the copies', 'copyFile', 3, 'ENOSPC'],
  ['no room for what is new', 'chmod', 2, 'ENOSPC'],
  ['the first file', 'rename', 1, 'EIO'],
  ['the second file', 'rename', 2, 'EIO'],
  ['the last file', 'rename', 3, 'EIO'],
])('a write that fails at %s leaves all files as they were, and nothing beside them', async (_at, name, call, code) => {
  failing = { name, call, code };
  const { digest, parts } = await planUpgrade(folder);
  const chosen = parts.filter((part) => part.offered).map(({ id }) => id);
  await expect(takeOver(folder, { digest, parts: chosen })).rejects.toMatchObject({
    code: 'policy-folder-not-writable',
    message: expect.stringContaining(code),
  });
  expect(calls).toBeGreaterThanOrEqual(call);
  expect((await files.readdir(folder)).toSorted()).toEqual([...FIRST_POLICY.keys()].toSorted());
  for (const [file, text] of FIRST_POLICY) expect(await files.readFile(join(folder, file), 'utf8')).toBe(text);
});
