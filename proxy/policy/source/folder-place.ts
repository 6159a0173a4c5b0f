import { lstat, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';

/** Where a folder lies, and which it is: another of the same name is another folder. */
export interface FolderPlace {
  readonly path: string;
  readonly identity: string;
}

/** Null where there is no such folder, or it cannot be looked at. */
export async function placeOf(folder: string): Promise<FolderPlace | null> {
  try {
    const path = await realpath(folder);
    const { dev, ino } = await stat(path, { bigint: true });
    return { path, identity: `${dev} ${ino}` };
  } catch {
    return null;
  }
}

/** What is said of a folder that is not the one that was there. Its contents are judged like any change. */
export function replacedInWords(folder: string, before: FolderPlace | null, now: FolderPlace | null): string[] {
  if (before === null || now === null) return [];
  if (before.path !== now.path)
    return [`The policy folder ${folder} leads to another place now: ${now.path}, was ${before.path}`];
  if (before.identity !== now.identity) return [`The policy folder ${folder} was replaced by another of the same name`];
  return [];
}

/** Which of the files are links that lead out of the folder: whoever writes there writes policy. */
export async function linksOutside(folder: string, names: readonly string[]): Promise<string[]> {
  const place = await placeOf(folder);
  if (place === null) return [];
  const said = names.map(async (name) => {
    try {
      const path = join(place.path, name);
      if (!(await lstat(path)).isSymbolicLink()) return [];
      const target = await realpath(path);
      if (target.startsWith(place.path + sep)) return [];
      return [`${name} is a link that leads out of the policy folder, to ${target}`];
    } catch {
      return [`${basename(name)} is a link that leads nowhere`];
    }
  });
  return (await Promise.all(said)).flat();
}
