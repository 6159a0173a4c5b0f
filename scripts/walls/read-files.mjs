import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';

/** What imports are read from. */
export const SOURCE = /\.(ts|tsx|mts|mjs)$/;

/** What is made, not written. */
const MADE = new Set(['node_modules', 'out', 'demo-output', 'test-output']);

/**
 * Every file of the repository that is not made by a command.
 * @param {string} root
 * @param {string} [folder] from the root
 * @returns {Promise<Map<string, string>>} by its path from the root, with its text where it is source
 */
export async function readFiles(root, folder = '') {
  /** @type {Map<string, string>} */
  const files = new Map();
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    if (entry.name.startsWith('.') || MADE.has(entry.name)) continue;
    const path = posix.join(folder, entry.name);
    if (entry.isDirectory()) for (const [file, text] of await readFiles(root, path)) files.set(file, text);
    else files.set(path, SOURCE.test(path) ? await readFile(join(root, path), 'utf8') : '');
  }
  return files;
}
