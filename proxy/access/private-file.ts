import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import { DiskError, withPath } from '../disk-error.ts';
import { ForeignOwnerError, ownUid, userInWords } from '../file-owner.ts';
import { makeFolders, NotFolderError } from '../make-folders.ts';

/** Ends the name of a file that is being written; one that is left over belongs to a crash. */
const UNFINISHED = /^\..*\.[0-9a-f]{12}\.tmp$/;

/**
 * Writes a file that only its owner can read, so that readers see the old text or the new, never a part.
 * @throws {DiskError} then nothing of it is left.
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  await writeAside(path, text, (unfinished) => rename(unfinished, path));
}

/**
 * As {@link writePrivateFile}, of a file that must not be there yet.
 * @returns false where there is one: of several that write at the same time one gets true.
 * @throws {DiskError}
 */
export async function createPrivateFile(path: string, text: string): Promise<boolean> {
  let isNew = true;
  await writeAside(path, text, async (unfinished) => {
    isNew = await linked(unfinished, path);
    await rm(unfinished, { force: true });
  });
  return isNew;
}

async function linked(unfinished: string, path: string): Promise<boolean> {
  try {
    await link(unfinished, path);
    return true;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    // File systems without hard links: exFAT, and what some machines share with their containers.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw error;
  }
  try {
    await copyFile(unfinished, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/**
 * The text of a file; null where there is none.
 * @throws {DiskError} where it cannot be read.
 */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw withPath(error, path, 'read');
  }
}

async function writeAside(
  path: string,
  text: string,
  putInPlace: (unfinished: string) => Promise<void>,
): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await putInPlace(unfinished);
  } catch (error) {
    // What could not be made cannot be removed either, and for the same reason.
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw withPath(error, path, 'written');
  }
}

/** Whether a file of this name was being written when its writer ended. */
export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name);
}

/**
 * Makes sure that a folder exists, that it is this user's, and that only its owner can enter it.
 * @throws {DiskError} where it cannot be made, or is something else, or a symbolic link that leads elsewhere.
 * @throws {ForeignOwnerError}
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await makeFolders(path);
  const found = await lookAt(path);
  if (found.isSymbolicLink()) throw new NotFolderError(path, 'is a symbolic link: name the folder that it leads to');
  const own = ownUid();
  if (own !== null && found.uid !== own) {
    throw new ForeignOwnerError(
      `${visible(path)} belongs to ${userInWords(found.uid)}, and this runs as ${userInWords(own)}: choose a folder of your own`,
    );
  }
  if ((found.mode & 0o077) === 0) return;
  try {
    await chmod(path, 0o700);
  } catch (error) {
    throw new DiskError(path, 'closed to others', error);
  }
}

async function lookAt(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    throw new DiskError(path, 'used', error);
  }
}
