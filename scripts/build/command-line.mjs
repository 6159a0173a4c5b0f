import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { repository } from '../set-up/cache-folder.mjs';
import { WANTED_MAJOR } from '../set-up/node.mjs';
import { keepEffects } from './keep-effects.mjs';

/** The built `gatehouse` command. */
export const commandLine = join(repository, 'out/cli/gatehouse.js');

/** The program of its threads that look through large bodies. */
export const largeBodyWorker = join(repository, 'out/cli/large-body-worker.js');

/** Says what both were made of: a copy of a checkout has new times and the same contents. */
const builtFrom = join(repository, 'out/cli/built-from');

/** What it is made of; a change in any of these makes it stale. */
const SOURCES = ['cli', 'model', 'proxy', 'package.json', 'scripts/build/command-line.mjs'];

/** Bundles the command line into one file, and the program of its threads into another; packages stay in node_modules. */
export async function buildCommandLine() {
  const out = join(repository, 'out');
  await mkdir(out, { recursive: true });
  const work = await mkdtemp(join(out, '.command-line-'));
  // Before the build: what changes while it runs is not in it.
  const digest = await digestOfSources();
  try {
    for (const { file, source } of [
      { file: largeBodyWorker, source: 'proxy/large-bodies/worker.ts' },
      { file: commandLine, source: 'cli/gatehouse.ts' },
    ]) {
      await bundle(source, work, basename(file));
      await mkdir(dirname(file), { recursive: true });
      // One rename, so that a command started at this moment reads the old file or the new one, never half of one.
      await rename(join(work, basename(file)), file);
    }
    await writeFile(builtFrom, `${digest}\n`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} source
 * @param {string} outDir
 * @param {string} name of the one file that it becomes.
 */
async function bundle(source, outDir, name) {
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: repository,
    logLevel: 'warn',
    build: {
      ssr: source,
      outDir,
      emptyOutDir: false,
      target: `node${WANTED_MAJOR}`,
      rollupOptions: { treeshake: keepEffects, output: { format: 'es', entryFileNames: name, codeSplitting: false } },
    },
  });
}

/** Builds the command line when it is missing or older than what it is made of: for tests and tools of development. */
export async function refreshCommandLine() {
  if ((await stateOfBuild()) !== 'fresh') await buildCommandLine();
}

/**
 * Whether the built command line is that of the sources beside it. Where there are no sources it is.
 * @returns {Promise<'fresh' | 'stale' | 'missing'>}
 */
export async function stateOfBuild() {
  if (!existsSync(commandLine) || !existsSync(largeBodyWorker)) return 'missing';
  const { mtimeMs: built } = await stat(commandLine);
  const changes = await Promise.all(SOURCES.map((source) => newestChange(join(repository, source))));
  if (changes.every((change) => change < built)) return 'fresh';
  const digest = await readFile(builtFrom, 'utf8').catch(() => '');
  return digest.trim() === (await digestOfSources()) ? 'fresh' : 'stale';
}

/**
 * When a file, or anything in a folder, last changed; a folder's own time tells of files that are gone.
 * @param {string} path
 * @returns {Promise<number>} milliseconds since the epoch; 0 for what is not there, or may not be read
 */
async function newestChange(path) {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0;
  const inside = await Promise.all((await namesIn(path)).map((name) => newestChange(join(path, name))));
  return Math.max(found.mtimeMs, ...inside);
}

async function digestOfSources() {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const file of await filesIn(join(repository, source))) {
      hash.update(`${relative(repository, file)}\n`).update(await readFile(file).catch(() => ''));
    }
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {Promise<string[]>} itself where it is a file; in one order everywhere
 */
async function filesIn(path) {
  const found = await stat(path).catch(() => null);
  if (!found?.isDirectory()) return found === null ? [] : [path];
  return (await Promise.all((await namesIn(path)).sort().map((name) => filesIn(join(path, name))))).flat();
}

/** @param {string} folder */
async function namesIn(folder) {
  return await readdir(folder).catch(() => /** @type {string[]} */ ([]));
}
