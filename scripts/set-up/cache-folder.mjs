import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** The repository's root. */
export const repository = resolve(import.meta.dirname, '../..');

/**
 * Where what was fetched or built outside the repository is kept, so that a fresh clone finds it again.
 * @param {...string} parts
 */
export function cacheFolder(...parts) {
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'gatehouse', ...parts);
}
