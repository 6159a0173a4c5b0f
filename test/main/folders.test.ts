import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { prepareFolders } from '../../main/folders.ts';

test("the app's folders are entered by their owner alone, also those that were there with another mode", async () => {
  const root = await mkdtemp(join(tmpdir(), 'gatehouse-folders-'));
  onTestFinished(() => rm(root, { recursive: true }));
  await chmod(root, 0o755);
  await mkdir(join(root, 'recordings'), { mode: 0o755 });
  const folders = await prepareFolders(root);
  const modes = await Promise.all(
    Object.values(folders).map(async (folder: string) => [folder, ((await stat(folder)).mode & 0o777).toString(8)]),
  );
  expect(modes).toEqual(Object.values(folders).map((folder) => [folder, '700']));
  expect(Object.values(folders).filter((folder: string) => !folder.startsWith(root))).toEqual([]);
});
