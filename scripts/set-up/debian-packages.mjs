import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './run.mjs';

/**
 * What Electron and a display without a screen need, the shells whose prompts the tests watch, and tmux, which asks more of its
 * terminal than they do. Each entry lists the names of one library, newest first: since
 * Debian 13 some carry the suffix of the 64-bit time_t transition.
 */
const REQUIRED = [
  ['libgtk-3-0t64', 'libgtk-3-0'],
  ['libnss3'],
  ['libasound2t64', 'libasound2'],
  ['libgbm1'],
  ['libxss1'],
  ['libatk-bridge2.0-0t64', 'libatk-bridge2.0-0'],
  ['libdrm2'],
  ['libnotify4'],
  ['libsecret-1-0'],
  ['libxtst6'],
  ['xvfb'],
  ['zsh'],
  ['fish'],
  ['tmux'],
];

/**
 * Installs the Debian packages that are missing when this is root on Debian; otherwise prints the command that does.
 * @returns {Promise<boolean>} whether all of them are there (true as well where there is no dpkg to ask)
 */
export async function installDebianPackages() {
  if (process.platform !== 'linux' || !existsSync('/usr/bin/dpkg-query')) {
    if (process.platform === 'linux')
      console.log('System packages: not Debian; Electron needs GTK 3, NSS, ALSA, GBM and Xvfb');
    return true;
  }
  const missing = findMissing(REQUIRED, installedPackages());
  if (missing.length === 0) {
    console.log('Debian packages: installed');
    return true;
  }
  if (process.getuid?.() !== 0) {
    console.log(`Debian packages: missing ${missing.map((names) => names.at(-1)).join(' ')}. Install them with:`);
    console.log(
      `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${choose(missing).join(' ')}`,
    );
    return false;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  console.log('Debian packages: apt-get update');
  await run('apt-get', ['update'], { env });
  const chosen = choose(missing);
  console.log(`Debian packages: apt-get install ${chosen.join(' ')}`);
  const { code } = await run('apt-get', ['install', '-y', '--no-install-recommends', ...chosen], { env });
  if (code !== 0) console.log(`Debian packages: apt-get install ended with exit code ${code}`);
  return code === 0;
}

/**
 * @param {readonly (readonly string[])[]} wanted
 * @param {ReadonlySet<string>} installed
 */
export function findMissing(wanted, installed) {
  return wanted.filter((names) => !names.some((name) => installed.has(name)));
}

/** Of each library's names the first that this release of Debian has.
 * @param {readonly (readonly string[])[]} missing */
function choose(missing) {
  return missing.map((names) => {
    const known = names.find((name) => spawnSync('apt-cache', ['show', name], { stdio: 'ignore' }).status === 0);
    return known ?? names.at(-1) ?? '';
  });
}

function installedPackages() {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own field syntax
  const listed = spawnSync('dpkg-query', ['-W', '-f', '${db:Status-Abbrev}\t${Package}\n'], {
    encoding: 'utf8',
  }).stdout;
  return new Set(
    listed
      .split('\n')
      .filter((line) => line.startsWith('ii'))
      .map((line) => line.split('\t')[1] ?? ''),
  );
}
