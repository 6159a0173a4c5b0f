import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './cache-folder.mjs';
import { startProgress } from './progress.mjs';
import { lastLines, runNpm } from './run.mjs';

/**
 * Installs the npm packages of package-lock.json, unless node_modules already holds exactly them.
 * @returns {Promise<void>}
 */
export async function installDependencies() {
  const wanted = await readLock(join(repository, 'package-lock.json'));
  if (!wanted)
    throw new Error('package-lock.json is missing or cannot be read; restore it with: git checkout package-lock.json');
  const difference = findDifference(wanted, await readLock(join(repository, 'node_modules/.package-lock.json')));
  if (difference === null) {
    console.log('npm packages: installed');
    return;
  }
  console.log(`npm packages: ${difference}; running npm ci`);
  const total = Object.keys(wanted).length;
  const progress = startProgress('npm ci', { total, unit: 'count', noun: 'packages fetched' });
  let fetched = 0;
  const { code, output } = await runNpm(['ci', '--no-audit', '--no-fund', '--loglevel=http'], {
    cwd: repository,
    onLine(line) {
      if (/^npm http (fetch|cache) .*\.tgz/.test(line)) fetched += 1;
      progress.update(Math.min(fetched, total));
    },
  });
  if (code !== 0) throw new Error(`npm ci ended with exit code ${code}:\n${lastLines(output)}`);
  progress.end('done');
}

/** @typedef {Record<string, { version?: string, integrity?: string, optional?: boolean }>} LockedPackages by folder */

/**
 * Says what is missing from node_modules, by the record that npm itself keeps there (it writes it last, so an
 * interrupted install is seen). Optional packages may be absent: they are those of other platforms.
 * @param {LockedPackages} wanted
 * @param {LockedPackages | null} installed
 * @returns {string | null} null when all is there
 */
export function findDifference(wanted, installed) {
  if (installed === null) return 'not installed';
  for (const [folder, entry] of Object.entries(wanted)) {
    const found = installed[folder];
    const name = folder.replace(/^.*node_modules\//, '');
    if (!found) {
      if (entry.optional) continue;
      return `${name} is missing`;
    }
    if (found.version !== entry.version || found.integrity !== entry.integrity) {
      return `${name} is ${found.version}, package-lock.json has ${entry.version}`;
    }
  }
  return null;
}

/**
 * @param {string} file
 * @returns {Promise<LockedPackages | null>}
 */
async function readLock(file) {
  try {
    const { packages } = JSON.parse(await readFile(file, 'utf8'));
    const { '': _root, ...others } = packages;
    return others;
  } catch {
    return null;
  }
}
