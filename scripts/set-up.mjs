/*
 * Makes a machine with Node 20.18 or newer and npm ready to build, run and test Gatehouse; skips what is there. Only Node's own
 * modules may be imported here and in what it imports: at the start there are no others.
 */
import { installDebianPackages } from './set-up/debian-packages.mjs';
import { installDependencies } from './set-up/dependencies.mjs';
import { provideElectron } from './set-up/electron.mjs';
import { provideKubectl } from './set-up/kubectl.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

/**
 * @typedef {object} SetUp
 * @property {boolean} systemReady the Debian packages are there
 * @property {import('./set-up/electron.mjs').ElectronRuntime | null} electron null: could not be had, and it was said
 * @property {import('./set-up/kubectl.mjs').ClusterTools | null} tools null: likewise
 */

/** @returns {Promise<SetUp>} */
export async function setUp() {
  await installDependencies();
  const systemReady = await installDebianPackages();
  return {
    systemReady,
    electron: await orSay('Electron', provideElectron),
    tools: await orSay('kubectl and helm', provideKubectl),
  };
}

/**
 * @template Provided
 * @param {string} what
 * @param {() => Promise<Provided>} provide
 */
async function orSay(what, provide) {
  try {
    return await provide();
  } catch (error) {
    console.log(`${what}: not available. ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

if (process.argv[1] === import.meta.filename) {
  await runOnNode();
  const { electron, tools } = await setUp();
  if (!electron || !tools) process.exitCode = 1;
}
