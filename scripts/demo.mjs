/*
 * `npm run demo`: sets the machine up, builds the app and opens it on the demo cluster. Without a display it starts
 * one, has a scripted tour drive the app (demo/tour.mjs), and leaves what it saw in demo-output/.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { buildApp } from './build.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { run } from './set-up/run.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';
import { setUp } from './set-up.mjs';
import { openDisplay } from './test/display.mjs';
import { prepareUnprivileged } from './test/unprivileged.mjs';

await runOnNode();
const { electron, tools } = await setUp();
if (!electron || !tools) process.exit(1);
console.log('building the app');
await buildApp();
process.exitCode = hasDisplay() ? await openWindow(electron, tools) : await runTour(electron, tools);

function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/**
 * Opens the app for a person, until they close it.
 * @param {import('./set-up/electron.mjs').ElectronRuntime} runtime
 * @param {import('./set-up/kubectl.mjs').ClusterTools} clusterTools
 * @returns {Promise<number>} exit code
 */
async function openWindow(runtime, clusterTools) {
  const root = process.getuid?.() === 0;
  if (root)
    console.log('Chromium refuses its sandbox to root: starting without it. Better start this as another user.');
  console.log('opening the app on the demo cluster; close its window to end');
  // Chromium tells of every missing desktop service and software renderer; what the app itself says is in its log.
  const quiet = '--log-level=3';
  const app = spawn(runtime.executable, [repository, '--demo', quiet, ...(root ? ['--no-sandbox'] : [])], {
    cwd: repository,
    stdio: 'inherit',
    env: { ...process.env, GATEHOUSE_TOOLS_FOLDER: dirname(clusterTools.kubectl) },
  });
  return new Promise((done) => app.on('exit', (code) => done(code ?? 1)));
}

/**
 * @param {import('./set-up/electron.mjs').ElectronRuntime} runtime
 * @param {import('./set-up/kubectl.mjs').ClusterTools} clusterTools
 * @returns {Promise<number>} exit code
 */
async function runTour(runtime, clusterTools) {
  const place = await prepareUnprivileged({ electron: runtime.folder, tools: clusterTools });
  const { display, close } = await openDisplay(place.prefix, place.env);
  const seen = join(place.scratch, 'seen');
  const output = join(repository, 'demo-output');
  try {
    const tour = join(place.tree, 'scripts/demo/tour.mjs');
    const [command = '', ...rest] = [...place.prefix, place.node, tour, place.electron, place.tools.kubectl, seen];
    const { code } = await run(command, rest, { cwd: place.tree, env: { ...place.env, DISPLAY: display } });
    await rm(output, { recursive: true, force: true });
    await mkdir(output);
    if (existsSync(seen)) await cp(seen, output, { recursive: true });
    console.log(`screenshots and the recorded session are in ${output}`);
    return code;
  } finally {
    close();
    await place.close();
  }
}
