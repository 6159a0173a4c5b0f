import { readFile } from 'node:fs/promises';

/**
 * The name of a user id in `/etc/passwd`, which is all that Node can ask: users of a directory service have their number
 * alone.
 * @returns null where it has none there.
 */
export async function userName(uid: number): Promise<string | null> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return nameIn(text, uid);
}

/** passwd(5): `name:password:uid:gid:…`. The first line counts, as for getpwuid(3). */
export function nameIn(passwd: string, uid: number): string | null {
  for (const line of passwd.split('\n')) {
    const [name = '', , number] = line.split(':');
    if (number === String(uid) && name !== '') return name;
  }
  return null;
}
