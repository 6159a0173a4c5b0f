import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The newest recording in a folder or below it.
 * @param {string} folder
 * @returns {Promise<string>} its path
 */
export async function findRecording(folder) {
  const names = (await readdir(folder, { recursive: true }).catch(() => [])).filter((name) => name.endsWith('.cast'));
  const found = await Promise.all(
    names.map(async (name) => ({ path: join(folder, name), at: (await stat(join(folder, name))).mtimeMs })),
  );
  const [newest] = found.sort((one, other) => other.at - one.at);
  if (!newest) throw new Error(`no recording in ${folder}`);
  return newest.path;
}

/**
 * What the shell has printed so far, without the escape sequences that colour and place it.
 * @param {string} folder
 */
export async function readOutput(folder) {
  const path = await findRecording(folder).catch(() => null);
  if (path === null) return '';
  const output = (await readFile(path, 'utf8'))
    .split('\n')
    .filter((line) => line.startsWith('[') && line.endsWith(']'))
    .map((line) => JSON.parse(line))
    .filter(([, code]) => code === 'o')
    .map(([, , text]) => text)
    .join('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return output.replace(/\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07\x1b]*(\x07|\x1b\\))/g, '');
}
