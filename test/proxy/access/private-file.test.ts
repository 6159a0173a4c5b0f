import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ensurePrivateFolder, writePrivateFile } from '../../../proxy/access/private-file.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse-private-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const modeOf = async (path: string) => (await stat(path)).mode & 0o777;

describe('a private folder', () => {
  it.each([
    ['is made', null],
    ['that others could enter is closed', 0o755],
  ])('%s for its owner alone', async (_, mode) => {
    const path = join(root, 'a', 'b');
    if (mode !== null) {
      await mkdir(path, { recursive: true });
      await chmod(path, mode);
    }
    await ensurePrivateFolder(path);
    expect(await modeOf(path)).toBe(0o700);
  });

  it.each([
    ['a link that leads elsewhere', () => symlink(join(root, 'elsewhere'), join(root, 'a'))],
    ['a file', () => writeFile(join(root, 'a'), '')],
  ])('is never %s', async (_, make) => {
    await mkdir(join(root, 'elsewhere'), { mode: 0o755 });
    await make();
    await expect(ensurePrivateFolder(join(root, 'a'))).rejects.toThrow();
    expect(await modeOf(join(root, 'elsewhere'))).toBe(0o755);
  });
});

describe('a private file', () => {
  it('is for its owner alone, even over one that was not', async () => {
    const path = join(root, 'key');
    await writeFile(path, 'old', { mode: 0o644 });
    await writePrivateFile(path, 'new');
    expect([await readFile(path, 'utf8'), await modeOf(path)]).toEqual(['new', 0o600]);
  });

  it('leaves nothing half written behind where it cannot be', async () => {
    await mkdir(join(root, 'key', 'full'), { recursive: true });
    await expect(writePrivateFile(join(root, 'key'), 'new')).rejects.toThrow();
    expect(await readdir(root)).toEqual(['key']);
  });
});
