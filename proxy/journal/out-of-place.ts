import { lstatSync, type Stats } from 'node:fs';
import { basename } from 'node:path';
import type { KnownFile } from './recovery.ts';

/** Somebody removed, moved, replaced or cut a file of the journal, or its folder, while it was being written. */
export class OutOfPlaceError extends Error {
  override readonly name = 'OutOfPlaceError';

  /** @param why what is not where it was: `journal-000002.ndjson is gone`. */
  constructor(why: string) {
    super(`${why}. Put it back as it was, or start Gatehouse again: what is missing then is on record from there on`);
  }
}

export type FolderIdentity = Pick<Stats, 'dev' | 'ino'>;

/** Which folder this is, whatever it is called. */
export function folderIdentity(folder: string): FolderIdentity {
  const { dev, ino } = lstatSync(folder);
  return { dev, ino };
}

/**
 * What of a folder of closed files is not where it was, in words; null: nothing. What an edit changed within a file is
 * for verification to find.
 */
export function folderOutOfPlace(
  folder: string,
  identity: FolderIdentity,
  closed: ReadonlyArray<Pick<KnownFile, 'name' | 'path' | 'bytes'>>,
): string | null {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return `the folder ${basename(folder)} is gone`;
  if (found.ino !== identity.ino || found.dev !== identity.dev) {
    return `another folder stands in the place of ${basename(folder)}`;
  }
  for (const { name, path, bytes } of closed) {
    const file = lstatSync(path, { throwIfNoEntry: false });
    if (file === undefined) return `${name} is gone`;
    if (file.size < bytes) return `${name} was cut from ${bytes} bytes to ${file.size}`;
  }
  return null;
}
