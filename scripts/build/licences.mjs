import { existsSync } from 'node:fs';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from '../set-up/cache-folder.mjs';

/** What Vite writes into each bundle's folder: the packages in it. Gone after `writeLicences`. */
export const BUNDLE_LIST = 'bundled-packages.json';

/** The texts of all that the app carries, beside its bundles. */
export const licencesFile = join(repository, 'out', 'licences.txt');

/**
 * A package as npm installed it. `needed`: by the app as it runs, not only to build or test it.
 * @typedef {{ name: string, version: string, folder: string, licence: string, needed: boolean }} Installed
 */

/** Packages that were published without a text: the package of the same authors and licence that has it. */
const TEXT_OF = [
  { name: /^@lydell\/node-pty-/, as: '@lydell/node-pty' },
  { name: /^@xterm\/addon-serialize$/, as: '@xterm/addon-search' },
  { name: /^react-remove-scroll-bar$/, as: 'react-remove-scroll' },
];

/**
 * Carried, though no bundler knows: AssemblyScript's runtime is compiled into the byte scanner, solid-js lies inside
 * asciinema-player's own files.
 */
const UNSEEN = ['assemblyscript', 'electron', 'solid-js'];

/**
 * Writes `licencesFile`.
 * @param {readonly string[]} bundles folders, each with its `BUNDLE_LIST`
 * @throws {Error} when a package has no licence text
 */
export async function writeLicences(bundles) {
  const installed = await installedPackages();
  const bundled = [];
  for (const bundle of bundles) {
    const list = join(bundle, BUNDLE_LIST);
    bundled.push(...JSON.parse(await readFile(list, 'utf8')));
    await rm(list);
  }
  await writeFile(licencesFile, await describeLicences(carriedPackages(bundled, installed), installed));
}

/**
 * What the app carries: what Vite says that it bundled, and what is needed in node_modules beside the bundles.
 * @param {readonly { name: string, version: string }[]} bundled
 * @param {readonly Installed[]} installed
 * @returns {Installed[]} by name
 */
export function carriedPackages(bundled, installed) {
  for (const { name, version } of bundled) {
    if (!installed.some((one) => one.name === name && one.version === version))
      throw new Error(`${name} ${version} is in a bundle, and npm knows nothing of it`);
  }
  const carried = installed.filter(
    ({ name, version, needed }) =>
      needed || UNSEEN.includes(name) || bundled.some((one) => one.name === name && one.version === version),
  );
  return [...new Map(carried.map((one) => [`${one.name} ${one.version}`, one])).values()].sort((one, other) =>
    one.name.localeCompare(other.name),
  );
}

/**
 * @param {readonly Installed[]} packages
 * @param {readonly Installed[]} installed where packages without a text find that of another
 * @throws {Error} when a package has no licence text
 */
export async function describeLicences(packages, installed) {
  const parts = [introduction];
  const missing = [];
  for (const { name, version, folder, licence } of packages) {
    const as = TEXT_OF.find((entry) => entry.name.test(name))?.as;
    const texts = await licenceTexts(
      as === undefined ? folder : (installed.find((one) => one.name === as)?.folder ?? ''),
    );
    if (texts.length === 0) missing.push(`${name} ${version} (${licence})`);
    parts.push([`${name} ${version} (${licence})`, ...texts].join('\n\n'));
  }
  if (missing.length > 0) {
    throw new Error(
      `no licence text in the packages ${missing.join(', ')}; when another package has it, say so in scripts/build/licences.mjs`,
    );
  }
  return parts.join(`\n\n${'='.repeat(80)}\n\n`).concat('\n');
}

const introduction = `Gatehouse is under the Apache License 2.0. It carries the packages below, each under its own licence.
Those of Chromium, Node and what is in them are in LICENSES.chromium.html beside Electron's program.`;

/**
 * The licence of a package and the notices that go with it.
 * @param {string} folder
 * @returns {Promise<string[]>} empty when there is no licence
 */
async function licenceTexts(folder) {
  const files = (await readdir(folder).catch(() => []))
    .filter((file) => /^(?:licen[cs]e|copying|notice|copyright)/i.test(file) && !/\.(?:[cm]?[jt]s|json)$/i.test(file))
    .sort();
  if (!files.some((file) => /^(?:licen[cs]e|copying)/i.test(file))) return [];
  return Promise.all(files.map(async (file) => (await readFile(join(folder, file), 'utf8')).trim()));
}

/**
 * What npm has installed, by its own record.
 * @returns {Promise<Installed[]>}
 */
export async function installedPackages() {
  const { packages } = JSON.parse(await readFile(join(repository, 'node_modules/.package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .map(([path, { version, license = 'no licence named', dev = false, devOptional = false }]) => ({
      name: path.replace(/^.*node_modules\//, ''),
      version,
      folder: join(repository, path),
      licence: license,
      needed: !dev && !devOptional,
    }))
    .filter(({ folder }) => existsSync(folder));
}
