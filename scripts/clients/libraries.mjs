import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, repository } from '../set-up/cache-folder.mjs';
import { lastLines, run, runNpm } from '../set-up/run.mjs';
import { provide } from './kubectl-releases.mjs';

/**
 * A client library with its program of everyday work.
 * @typedef {import('./kubectl-releases.mjs').ClientProgram & { readonly version: string, readonly command: string[] }} Library
 */

const sources = join(repository, 'test', 'clients', 'libraries');
const quiet = { onLine: () => {} };

/**
 * Installs and builds what the cache has not, one after the other. Versions are pinned by a lock file, by go.sum and by
 * requirements.txt.
 * @returns {Promise<Library[]>}
 */
export async function provideLibraries() {
  return [
    await library('JavaScript', '@kubernetes/client-node 1.4.0', 'javascript', installJavaScript, (folder) => [
      process.execPath,
      join(folder, 'everyday.mjs'),
    ]),
    await library('Python', 'kubernetes 36.0.3', 'python', installPython, (folder) => [
      join(folder, 'environment', 'bin', 'python'),
      join(folder, 'everyday.py'),
    ]),
    await library('Go', 'client-go 0.36.3', 'go', buildGo('everyday'), (folder) => [join(folder, 'everyday')]),
  ];
}

/**
 * Builds what reads kubeconfigs as kubectl does, for the comparison with our own reader.
 * @returns {Promise<string | null>} the program; null where it cannot be built, which it says in one line
 */
export async function provideKubeconfigReader() {
  const { path, command } = await library(
    'client-go',
    'client-go 0.36.3',
    'kubeconfigs',
    buildGo('kubeconfigs'),
    (folder) => [join(folder, 'kubeconfigs')],
  );
  return path === null ? null : (command[0] ?? null);
}

/**
 * @param {string} name
 * @param {string} version
 * @param {string} source folder of the program
 * @param {(folder: string) => Promise<void>} install makes a copy of the source ready
 * @param {(folder: string) => string[]} command
 * @returns {Promise<Library>}
 */
async function library(name, version, source, install, command) {
  const program = await provide(name, async () => {
    const folder = cacheFolder('clients', `${source}-${await digest(join(sources, source))}`);
    if (!existsSync(folder)) {
      console.log(`  ${name}: installing ${version}`);
      await build(join(sources, source), folder, install);
    }
    return folder;
  });
  return { ...program, version, command: program.path === null ? [] : command(program.path) };
}

/**
 * @param {string} source
 * @param {string} folder
 * @param {(folder: string) => Promise<void>} install
 */
async function build(source, folder, install) {
  await mkdir(cacheFolder('clients'), { recursive: true });
  const work = await mkdtemp(cacheFolder('clients', '.building-'));
  try {
    await cp(source, work, { recursive: true });
    await install(work);
    await rename(work, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** @param {string} folder */
async function installJavaScript(folder) {
  const { code, output } = await runNpm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    ...quiet,
  });
  if (code !== 0) throw new Error(lastLines(output, 3));
}

/** @param {string} folder */
async function installPython(folder) {
  const environment = join(folder, 'environment');
  await succeed('python3', ['-m', 'venv', environment]);
  const pip = join(environment, 'bin', 'python');
  const options = ['--quiet', '--disable-pip-version-check', '--only-binary=:all:'];
  await succeed(pip, ['-m', 'pip', 'install', ...options, '-r', join(folder, 'requirements.txt')]);
}

/**
 * @param {string} program
 * @returns {(folder: string) => Promise<void>}
 */
function buildGo(program) {
  return (folder) => succeed('go', ['build', '-mod=readonly', '-trimpath', '-o', program, '.'], folder);
}

/**
 * @param {string} program
 * @param {string[]} programArguments
 * @param {string} [cwd]
 */
async function succeed(program, programArguments, cwd) {
  const { code, output } = await run(program, programArguments, { ...quiet, ...(cwd === undefined ? {} : { cwd }) });
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}: ${lastLines(output, 3)}`);
}

/** @param {string} folder */
async function digest(folder) {
  const hash = createHash('sha256');
  for (const file of (await readdir(folder)).sort())
    hash.update(`${file}\0`).update(await readFile(join(folder, file)));
  return hash.digest('hex').slice(0, 12);
}
