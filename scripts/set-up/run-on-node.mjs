import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { majorOf, providePinnedNode, WANTED_MAJOR } from './node.mjs';

/** The variable that says which Node started a command that runs itself again; set for the second run alone. */
export const MARK = 'GATEHOUSE_STARTED_BY_NODE';
/** @type {readonly NodeJS.Signals[]} */
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Makes the command that this process is run on Node 24 or newer, and says which. Under an older Node it runs the same
 * command again on the pinned one and ends as that ends; what follows the call is not reached then.
 * @param {{ quiet?: boolean, needed?: number, provide?: typeof providePinnedNode }} [options] quiet: says nothing but a
 *   download, and that to stderr; for a command whose output others read. The others are for tests.
 */
export async function runOnNode({ quiet = false, needed = WANTED_MAJOR, provide = providePinnedNode } = {}) {
  const startedBy = process.env[MARK];
  if (startedBy !== undefined) {
    Reflect.deleteProperty(process.env, MARK);
    endWithStarter();
  }
  if (majorOf(process.version) >= needed) {
    const starter = startedBy ? `, started by ${startedBy}` : '';
    if (!quiet) console.log(`Node: ${process.version.slice(1)} (${process.execPath}${starter})`);
    return;
  }
  try {
    const { node } = await provide(needed, { stream: quiet ? process.stderr : process.stdout });
    await runAgain(node);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`This needs Node ${needed} or newer and was started by ${process.version.slice(1)}: ${why}`);
    process.exit(1);
  }
}

/**
 * Node cannot put another program in its own place (`process.execve` came with Node 22.15), so this process stays: it
 * passes signals on, and ends as the other does.
 * @param {string} node
 * @returns {Promise<never>}
 */
async function runAgain(node) {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(1)], {
    // The channel carries nothing: it closes when this process ends, even by SIGKILL.
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, [MARK]: process.version.slice(1) },
  });
  // A terminal and systemd send a signal to both, which then comes twice; kill sends it to this one alone.
  for (const signal of PASSED_ON) process.on(signal, () => child.kill(signal));
  const [code, signal] = await new Promise((ended, failed) => {
    child.once('error', failed);
    child.once('exit', (...end) => ended(end));
  });
  if (signal !== null) {
    for (const passed of PASSED_ON) process.removeAllListeners(passed);
    process.kill(process.pid, signal);
    process.exit(128 + constants.signals[/** @type {NodeJS.Signals} */ (signal)]);
  }
  process.exit(code ?? 1);
}

/** A gateway must not outlive the process that its owner knows: what stops that one stops this. */
function endWithStarter() {
  const stop = () => process.kill(process.pid, 'SIGTERM');
  if (process.connected === false) stop();
  process.once('disconnect', stop);
  // It must not keep a command from ending.
  process.channel?.unref();
}
