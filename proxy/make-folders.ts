import { lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { visible } from '../model/visible-text.ts';
import { DiskError } from './disk-error.ts';

/**
 * Makes a folder, and those above it that are missing, each with the mode. Step by step: Node's own `mkdir` with `recursive` says
 * `ENOENT` of a read-only file system, and does not come back from one that takes no folders, such as `/proc`.
 * @throws {DiskError} which names the folder that could not be made.
 * @throws {NotFolderError} where something else stands at the path.
 */
export async function makeFolders(path: string, mode = 0o700): Promise<void> {
  const missing: string[] = [];
  for (let folder = path; !(await isThere(folder)); folder = dirname(folder)) {
    missing.unshift(folder);
    if (folder === dirname(folder)) break;
  }
  for (const folder of missing) {
    try {
      await mkdir(folder, { mode });
    } catch (error) {
      // Another process was first.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      throw new DiskError(folder, 'made', error);
    }
  }
  const found = await stat(path).catch(() => null);
  if (found === null)
    throw new NotFolderError(path, 'is a symbolic link that leads nowhere: remove it, or choose another place');
  if (!found.isDirectory()) throw new NotFolderError(path, 'is not a folder: move it away, or choose another place');
}

/** What may not be looked at is neither there nor missing. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return false;
    throw new DiskError(path, 'used', error);
  }
}

/** Something that is no folder stands where one is needed. */
export class NotFolderError extends Error {
  override readonly name = 'NotFolderError';
  readonly code = 'not-a-folder';

  constructor(path: string, what: string) {
    super(`${visible(path)} ${what}`);
  }
}
