import { readFileSync } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { visible } from '../model/visible-text.ts';

/** A file or folder that belongs to somebody else than the user that this process runs as. */
export class ForeignOwnerError extends Error {
  override readonly name = 'ForeignOwnerError';
  readonly code = 'owned-by-another';

  /** @param message which path, whose it is, and what to do. */
  constructor(message: string) {
    super(message);
  }
}

/** The user that this process runs as; null where the system knows no such numbers (Windows). */
export function ownUid(): number | null {
  return process.geteuid?.() ?? null;
}

/** What is at a path belongs to this user alone; null: it does not, or nothing is there. */
export async function foreignOwner(path: string): Promise<number | null> {
  const own = ownUid();
  const found = await lstat(path).catch(() => null);
  return own === null || found === null || found.uid === own ? null : found.uid;
}

/**
 * Whose folder root would write into: what root makes there is root's, and its owner can neither change nor read it.
 * Null where this is not root, or where it is root's own.
 */
export async function rootWouldWriteTo(
  path: string,
): Promise<{ readonly folder: string; readonly uid: number } | null> {
  if (ownUid() !== 0) return null;
  for (let folder = path; ; folder = dirname(folder)) {
    const found = await lstat(folder).catch(() => null);
    if (found !== null) return found.uid === 0 ? null : { folder, uid: found.uid };
    if (folder === dirname(folder)) return null;
  }
}

/** `ada (uid 1000)`, by the machine's own list; `uid 1000` for those of a directory service, or of no list. */
export function userInWords(uid: number): string {
  const name = userName(uid);
  return name === null ? `uid ${uid}` : `${visible(name)} (uid ${uid})`;
}

/** How to run a command as a user: what stands in front of it. */
export function asUser(uid: number): string {
  return uid === 0 ? 'sudo' : `sudo -u ${userName(uid) ?? `'#${uid}'`}`;
}

/**
 * The name of a user id in passwd(5), which is all that Node can ask: users of a directory service have their number
 * alone.
 * @returns null where it has none there.
 */
export function userName(uid: number): string | null {
  try {
    return nameIn(readFileSync('/etc/passwd', 'utf8'), uid);
  } catch {
    return null;
  }
}

/** passwd(5): `name:password:uid:gid:…`. The first line counts, as for getpwuid(3). */
export function nameIn(passwd: string, uid: number): string | null {
  for (const line of passwd.split('\n')) {
    const [name = '', , number] = line.split(':');
    if (number === String(uid) && name !== '') return name;
  }
  return null;
}
