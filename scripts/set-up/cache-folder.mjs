import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The repository's root. */
export const repository = resolve(import.meta.dirname, '../..');

/**
 * Where what was fetched or built outside the repository is kept, so that a fresh clone finds it again.
 * @param {...string} parts
 */
export function cacheFolder(...parts) {
  return join(process.env['XDG_CACHE_HOME'] || join(homeFolder(), '.cache'), 'gatehouse', ...parts);
}

/** Node throws where HOME is not set and the user has no entry in passwd(5), as in a container that runs as any user. */
function homeFolder() {
  try {
    return homedir();
  } catch {
    throw new Error('there is no home folder for the cache (HOME is not set): name a folder with XDG_CACHE_HOME');
  }
}
