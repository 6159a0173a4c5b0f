import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { repository } from '../set-up/cache-folder.mjs';
import { table } from './table.mjs';

/**
 * @typedef {object} Survivor
 * @property {string} place `file:line`, from the repository's root
 * @property {string} change what was there and what stood there instead
 * @property {boolean} reached whether a test ran through it at all
 */

/**
 * @typedef {object} FolderResult
 * @property {string} folder
 * @property {number} mutants those that could run
 * @property {number} killed
 * @property {number} timedOut among those killed: the tests did not end
 * @property {readonly Survivor[]} survivors
 */

const SOURCES = /\.tsx?$/;
const TESTS = /\.test\.tsx?$/;

/**
 * A folder to change, as it is named from the repository's root.
 * @param {string} given
 * @throws {Error} when there is no such folder, or no test beside its code
 */
export function mutableFolder(given, root = repository) {
  const folder = given.replace(/^\.\//, '').replace(/\/+$/, '');
  if (folder === '' || folder.startsWith('/') || folder.split('/').includes('..'))
    throw new Error(`${given}: name a folder from the repository's root, such as proxy/approvals`);
  if (filesUnder(join(root, folder), SOURCES).length === 0) {
    const why = existsSync(join(root, folder)) ? 'holds no TypeScript' : 'does not exist';
    throw new Error(`${folder} ${why}; npm run test:mutants names the folders there are`);
  }
  if (filesUnder(join(root, 'test', folder), TESTS).length === 0)
    throw new Error(`${folder} has no tests: they would be in test/${folder}`);
  return folder;
}

/** The folders of `proxy/` that have tests beside their code. */
export function mutableFolders(root = repository) {
  return readdirSync(join(root, 'proxy'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `proxy/${name}`)
    .filter((folder) => filesUnder(join(root, 'test', folder), TESTS).length > 0)
    .sort();
}

/**
 * @param {string} folder
 * @param {RegExp} name
 */
function filesUnder(folder, name) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => name.test(file));
}

/**
 * Changes a folder's code, one place at a time, and runs the tests beside it each time.
 * @param {string} folder
 * @returns {Promise<FolderResult>}
 */
export async function runMutants(folder) {
  const { Stryker } = await import('@stryker-mutator/core');
  const name = folder.replaceAll('/', '-');
  const cache = join('.cache', 'mutants');
  await mkdir(join(repository, cache), { recursive: true });
  process.chdir(repository);
  process.env['GATEHOUSE_MUTANTS_FOLDER'] = folder;
  const results = await new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'scripts/test/mutants.vitest.config.ts', related: false },
    mutate: [`${folder}/**/*.ts`, `${folder}/**/*.tsx`],
    // Words are changed in hundreds of messages; where a word decides, it is a literal type, and does not compile.
    mutator: { excludedMutations: ['StringLiteral'] },
    // What runs once when a module is loaded needs a process for each change.
    ignoreStatic: true,
    coverageAnalysis: 'perTest',
    concurrency: availableParallelism(),
    // Behind the tests' own limits: for what never gives up the processor.
    timeoutMS: 25_000,
    timeoutFactor: 3,
    dryRunTimeoutMinutes: 20,
    cleanTempDir: 'always',
    incremental: true,
    incrementalFile: join(cache, `${name}.json`),
    tempDirName: join(cache, 'sandbox'),
    ignorePatterns: ['/out', '/test-output', '/demo-output', '/.cache'],
    // Stryker would read it with the interface of TypeScript 6, which 7 does not have; nothing here builds by it.
    tsconfigFile: 'none',
    disableTypeChecks: false,
    reporters: [process.stdout.isTTY ? 'progress' : 'progress-append-only', 'html', 'json'],
    htmlReporter: { fileName: join('test-output', 'mutants', `${name}.html`) },
    jsonReporter: { fileName: join('test-output', 'mutants', `${name}.json`) },
    allowConsoleColors: false,
  }).runMutationTest();
  return toResult(folder, results);
}

/**
 * @param {string} folder
 * @param {readonly import('@stryker-mutator/api/core').MutantResult[]} results
 * @returns {FolderResult}
 */
export function toResult(folder, results, root = repository) {
  const count = (/** @type {string} */ status) => results.filter((mutant) => mutant.status === status).length;
  const timedOut = count('Timeout');
  const killed = count('Killed') + timedOut;
  const survivors = results
    .filter(({ status }) => status === 'Survived' || status === 'NoCoverage')
    .map((mutant) => ({ ...mutant, file: relative(root, resolve(root, mutant.fileName)) }))
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.location.start.line - b.location.start.line))
    .map(({ file, location, replacement, status }) => ({
      place: `${file}:${location.start.line}`,
      change: `${short(excerpt(readFileSync(join(root, file), 'utf8'), location))} → ${short(replacement ?? '')}`,
      reached: status === 'Survived',
    }));
  return { folder, mutants: killed + survivors.length, killed, timedOut, survivors };
}

/**
 * The text at a place. Lines and columns count from 1, and the end is not part of it.
 * @param {string} source
 * @param {import('@stryker-mutator/api/core').Location} location
 */
function excerpt(source, { start, end }) {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  const last = lines.length - 1;
  lines[last] = (lines[last] ?? '').slice(0, end.column - 1);
  lines[0] = (lines[0] ?? '').slice(start.column - 1);
  return lines.join('\n');
}

/** @param {string} text */
function short(text) {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

/**
 * What the run says at its end: the survivors, then the table.
 * @param {readonly FolderResult[]} results
 */
export function describeMutants(results) {
  const lines = [];
  for (const { folder, survivors } of results) {
    if (survivors.length > 0) lines.push(`Survivors in ${folder}:`);
    for (const { place, change, reached } of survivors)
      lines.push(`  ${place}  ${change}${reached ? '' : '  (no test runs it)'}`);
    if (survivors.length > 0) lines.push('');
  }
  const rows = results.map(({ folder, mutants, killed, timedOut, survivors }) => [
    folder,
    ...[mutants, killed, timedOut, survivors.filter(({ reached }) => reached).length].map(String),
    String(survivors.filter(({ reached }) => !reached).length),
    mutants === 0 ? '-' : `${((100 * killed) / mutants).toFixed(1)} %`,
  ]);
  return [
    ...lines,
    ...table([['folder', 'mutants', 'killed', 'by time', 'survived', 'not run', 'score'], ...rows]),
  ].join('\n');
}
