import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { access, chmod, chown, copyFile, lstat, mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UPGRADE_MARK } from '../source/upgrade-mark.ts';
import { PolicyUpgradeError } from './policy-upgrade-error.ts';
import { markText, takeBack } from './take-back.ts';

/** A policy file as it is to be; it may be new. */
export interface FileChange {
  readonly name: string;
  readonly bytes: Buffer;
  readonly isNew: boolean;
}

/**
 * Writes policy files so that a reader of the folder finds all of them as they were, or all as they are to be; each keeps
 * its mode and its owner. Returns the name of the hidden folder that holds copies of those that were there.
 * @param unchanged asked when all is prepared and before the first file is replaced.
 * @throws {PolicyUpgradeError} then the files are as they were.
 */
export async function writeFiles(
  folder: string,
  changes: readonly FileChange[],
  unchanged: () => Promise<boolean>,
): Promise<string | null> {
  const changed = changes.filter(({ isNew }) => !isNew).map(({ name }) => name);
  const added = changes.filter(({ isNew }) => isNew).map(({ name }) => name);
  const copies = changed.length === 0 ? null : `.before-upgrade-${new Date().toISOString().replace(/[-:]/g, '')}`;
  const prepared = new Map<string, string>();
  let replacing = false;
  try {
    for (const name of changed) await refuseLink(folder, name);
    if (copies !== null) await copyAway(folder, copies, changed);
    for (const change of changes) prepared.set(change.name, await prepare(folder, change));
    if (!(await unchanged())) {
      throw new PolicyUpgradeError('policy-folder-changed', 'the policy folder was changed meanwhile: look again');
    }
    // One file is replaced in one step. Of several, nobody may read some without the others.
    replacing = true;
    if (changes.length > 1) {
      await writeFile(join(folder, UPGRADE_MARK), markText({ copies, changed, added }), { flag: 'wx', flush: true });
    }
    for (const [name, file] of prepared) await rename(file, join(folder, name));
    await rm(join(folder, UPGRADE_MARK), { force: true });
    await syncFolder(folder);
    return copies;
  } catch (error) {
    if (replacing && !isTaken(error)) await takeBack(folder, { copies, changed, added });
    for (const file of prepared.values()) await rm(file, { force: true });
    if (copies !== null) await rm(join(folder, copies), { recursive: true, force: true });
    throw explained(folder, error);
  }
}

/** Replacing a link would leave the file that it leads to as it was, unread from then on. */
async function refuseLink(folder: string, name: string): Promise<void> {
  if (!(await lstat(join(folder, name))).isSymbolicLink()) return;
  const message = `${name} is a symbolic link: replace it by the file that it leads to, or upgrade the folder where that lies`;
  throw new PolicyUpgradeError('policy-file-linked', message);
}

async function copyAway(folder: string, copies: string, names: readonly string[]): Promise<void> {
  await mkdir(join(folder, copies), { mode: 0o700 });
  await giveTo(join(folder, copies), await stat(folder));
  for (const name of names) {
    // A file that its owner made read-only is not to be replaced behind his back.
    await access(join(folder, name), constants.W_OK);
    await copyFile(join(folder, name), join(folder, copies, name), constants.COPYFILE_EXCL);
    await giveTo(join(folder, copies, name), await stat(join(folder, name)));
  }
}

/** The file's new content, hidden beside its place. */
async function prepare(folder: string, { name, bytes, isNew }: FileChange): Promise<string> {
  const prepared = join(folder, `.${name}.${randomUUID()}`);
  const like = await stat(isNew ? folder : join(folder, name));
  const mode = isNew ? 0o600 : like.mode & 0o777;
  try {
    await writeFile(prepared, bytes, { flag: 'wx', mode, flush: true });
    // The umask may have taken something from the mode.
    await chmod(prepared, mode);
    await giveTo(prepared, like);
  } catch (error) {
    await rm(prepared, { force: true });
    throw error;
  }
  return prepared;
}

/** Run by root in the folder of another: that one must still be able to read its policy, and to go back. */
async function giveTo(path: string, { uid, gid }: Stats): Promise<void> {
  const own = await stat(path);
  if (own.uid !== uid || own.gid !== gid) await chown(path, uid, gid);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  // Some file systems cannot; the renames are in order all the same.
  await handle.sync().catch(() => undefined);
  await handle.close();
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST' && String(error).includes(UPGRADE_MARK);
}

function explained(folder: string, error: unknown): unknown {
  if (error instanceof PolicyUpgradeError) return error;
  if (isTaken(error)) {
    return new PolicyUpgradeError('policy-upgrade-unfinished', 'another upgrade writes into the policy folder', {
      cause: error,
    });
  }
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  const message = `the policy folder ${folder} cannot be written (${code}${path === undefined ? '' : ` at ${path}`}); its files are as they were`;
  return new PolicyUpgradeError('policy-folder-not-writable', message, { cause: error });
}
