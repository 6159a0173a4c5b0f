import type { Stats } from 'node:fs';
import { chmod, type FileHandle, lchown, lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The group whose members may read the journal (its number), and nothing else of the data folder; null: its owner alone.
 * Set file by file, since a set-group-ID folder is what `RestrictSUIDSGID=` of a systemd unit forbids.
 */
export type ReadersGroup = number | null;

/** What readers need: the records, what is signed about them, and the key. The lock is the gateway's own. */
const READ_FILE = /^(?:journal-\d{6,}\.ndjson|head\.json|anchor\.json|public-key\.pem)$/;

/** Gives a file that was just made the group and mode of the journal's files, whatever the umask. */
export async function giveToReaders(handle: FileHandle, group: ReadersGroup): Promise<void> {
  if (group === null) return;
  await handle.chown((await handle.stat()).uid, group);
  await handle.chmod(0o640);
}

/** Opens the folder of a journal and what is in it to its readers, or closes both. */
export async function setReaders(folder: string, group: ReadersGroup): Promise<void> {
  // Closed first: between two calls there must be nobody who may read without being of the group.
  await chmod(folder, 0o700);
  for (const name of (await readdir(folder)).filter((one) => READ_FILE.test(one))) {
    await setMode(join(folder, name), group, group === null ? 0o600 : 0o640);
  }
  if (group !== null) await setMode(folder, group, 0o750);
}

/** Lets the readers of the journal through its data folder: they may neither list it nor make anything in it. */
export async function letThrough(dataFolder: string, group: number): Promise<void> {
  await setMode(dataFolder, group, 0o710);
}

/** What in a data folder would be open to whoever is let through it, in words; null: nothing is. */
export async function openBeside(dataFolder: string): Promise<string | null> {
  for (const name of await readdir(dataFolder)) {
    if (name === 'journal') continue;
    const found = await lstat(join(dataFolder, name)).catch(() => null);
    if (found === null || found.isSymbolicLink() || (found.mode & 0o077) === 0) continue;
    return `${join(dataFolder, name)} is open to others (its mode is ${(found.mode & 0o777).toString(8)})`;
  }
  return null;
}

async function setMode(path: string, group: ReadersGroup, mode: number): Promise<void> {
  const found: Stats = await lstat(path);
  if (found.isSymbolicLink()) return;
  if (group !== null && found.gid !== group) await lchown(path, found.uid, group);
  if ((found.mode & 0o7777) !== mode) await chmod(path, mode);
}
