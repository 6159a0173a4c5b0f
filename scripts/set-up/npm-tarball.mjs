import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { startProgress } from './progress.mjs';
import { lastLines, runNpm } from './run.mjs';

/**
 * @typedef {object} PinnedPackage
 * @property {string} name
 * @property {string} version
 * @property {string} integrity `sha512-<base64>` of the tarball
 * @property {number} bytes size of the tarball
 */

/**
 * Fetches one package's tarball without making it a dependency, through npm and so from the registry, proxy and
 * credentials that the person has set up, and checks its digest.
 * @param {PinnedPackage} pinned
 * @param {string} folder an existing folder; the tarball is left there
 * @param {NodeJS.WriteStream} [stream] where the progress is shown
 * @returns {Promise<string>} the tarball's path
 */
export async function fetchPinnedTarball({ name, version, integrity, bytes }, folder, stream = process.stdout) {
  // npm says nothing about a download while it runs: give it a cache of its own and watch that grow.
  const cache = join(folder, 'npm-cache');
  await mkdir(cache, { recursive: true });
  const progress = startProgress(`${name} ${version}`, { total: bytes, stream });
  const watch = setInterval(async () => progress.update(await sizeOf(join(cache, '_cacache'))), 250);
  const { code, output } = await runNpm(
    ['pack', `${name}@${version}`, '--json', '--pack-destination', folder, '--cache', cache, '--loglevel=error'],
    { cwd: folder, onLine: () => {} },
  );
  clearInterval(watch);
  await rm(cache, { recursive: true, force: true });
  if (code !== 0) throw new Error(`npm pack ${name}@${version} ended with exit code ${code}:\n${lastLines(output)}`);
  const [tarball] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'));
  if (!tarball) throw new Error(`npm pack ${name}@${version} left no tarball`);
  const path = join(folder, tarball);
  const found = await digest(path);
  if (found !== integrity) {
    await rm(path);
    throw new Error(`${name} ${version} has the digest ${found}, expected ${integrity}: not used`);
  }
  progress.end('fetched, digest verified');
  return path;
}

/** @param {string} file */
async function digest(file) {
  const hash = createHash('sha512');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return `sha512-${hash.digest('base64')}`;
}

/** @param {string} folder */
async function sizeOf(folder) {
  let total = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])) {
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size;
  }
  return total;
}
