/*
 * `npm run behind`: lists the direct dependencies that are behind their newest release, and why. Exit code 1 when one
 * could be moved. Not called `dependencies`: npm runs a script of that name after each install.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './set-up/cache-folder.mjs';
import { lastLines, runNpm } from './set-up/run.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

await runOnNode();
const { howFarBehind } = await import('./how-far-behind.mjs');

/** The oldest Node of each place. Inside Electron it is that of Electron 33; docs/decisions/node-runtime.md. */
const runtimes = { app: '20.18.1', 'unit tests': '20.20.2', tools: '24.0.0' };

/** What of the tools the unit tests need, which run on Node 20 as well. */
const UNIT_TESTS = new Set(['assemblyscript', 'semver', 'vite', 'vitest', 'yauzl']);

const mantine = { within: '<9.7.4', why: 'all of @mantine must be one version, and spotlight has none after 9.7.3' };
/** @type {Readonly<Record<string, import('./how-far-behind.mjs').Hold>>} */
const holds = {
  '@mantine/core': mantine,
  '@mantine/hooks': mantine,
  '@mantine/notifications': mantine,
  '@mantine/spotlight': mantine,
  vite: {
    within: '<8.4.0',
    why: 'names an optional package that the registry lacks, so that npm ci refuses the lock file',
  },
  '@types/node': { within: '20', why: 'describes the oldest runtime of our code, Node 20' },
};

const { dependencies, devDependencies } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8'));
const imported = await importedByTheApp();
const direct = Object.entries({ ...dependencies, ...devDependencies });
const rows = await Promise.all([0, 1, 2, 3].map(async (lane) => look(direct.filter((_, at) => at % 4 === lane))));
const behind = rows.flat().sort((one, other) => one.name.localeCompare(other.name));
for (const { name, current, place, newest, reachable, why } of behind) {
  const said = reachable === newest ? [] : [why];
  if (reachable !== null) said.unshift(`can move to ${reachable}`);
  console.log(`${name} ${current}, newest ${newest} (${place}): ${said.join('; ')}`);
}
const movable = behind.filter(({ reachable }) => reachable !== null).length;
console.log(`${direct.length} direct dependencies: ${behind.length} behind, ${movable} of them can be moved`);
if (movable > 0) process.exitCode = 1;

/** @param {readonly [string, string][]} packages names and versions */
async function look(packages) {
  const found = [];
  for (const [name, current] of packages) {
    const place = placeOf(name);
    const state = howFarBehind(current, await releasesAfter(name, current), runtimes[place], holds[name]);
    if (state !== null) found.push({ name, current, place, ...state });
  }
  return found;
}

/**
 * @param {string} name
 * @returns {keyof typeof runtimes}
 */
function placeOf(name) {
  // Electron is the runtime itself; what runs on our side of it is its installer.
  if (name !== 'electron' && (name in dependencies || imported.has(name))) return 'app';
  return UNIT_TESTS.has(name) ? 'unit tests' : 'tools';
}

/** The packages that the code of the app names; what of them is no dependency of its own is bundled. */
async function importedByTheApp() {
  const names = new Set();
  for (const folder of ['main', 'preload', 'renderer', 'proxy', 'demo']) {
    for (const file of await readdir(join(repository, folder), { recursive: true })) {
      if (!/\.tsx?$/.test(file)) continue;
      const source = await readFile(join(repository, folder, file), 'utf8');
      for (const [, name] of source.matchAll(/(?:from|import) '((?:@[^/']+\/)?[^./'][^/']*)/g)) names.add(name);
    }
  }
  return names;
}

/**
 * @param {string} name
 * @param {string} current
 * @returns {Promise<import('./how-far-behind.mjs').Release[]>}
 */
async function releasesAfter(name, current) {
  let json = '';
  const { code, output } = await runNpm(
    ['view', `${name}@>=${current}`, 'name', 'version', 'engines', '--json', '--loglevel=silent'],
    {
      cwd: repository,
      onLine: (line) => {
        json += `${line}\n`;
      },
    },
  );
  if (code !== 0) throw new Error(`npm view ${name} ended with exit code ${code}:\n${lastLines(output, 3)}`);
  return [JSON.parse(json)].flat();
}
