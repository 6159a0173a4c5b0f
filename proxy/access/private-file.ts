import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Ends the name of a file that is being written; one that is left over belongs to a crash. */
const UNFINISHED = /^\..*\.[0-9a-f]{12}\.tmp$/;

/** Writes a file that only its owner can read, so that readers see the old text or the new, never a part. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

export function isUnfinished(name: string): boolean {
  return UNFINISHED.test(name);
}

/**
 * Makes sure that a folder exists and that only its owner can enter it.
 * @throws where it is something else, or a symbolic link that leads elsewhere.
 */
export async function ensurePrivateFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  const found = await lstat(path);
  if (!found.isDirectory()) throw new Error(`${path} is not a folder`);
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
}
