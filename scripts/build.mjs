/*
 * Builds the app into out/{main,preload,renderer} with the licences of what it carries (out/licences.txt), and the command
 * line into out/cli, after the compiled byte scanner. `npm run build -- command-line` leaves the app out.
 */
import { join } from 'node:path';
import { buildCommandLine } from './build/command-line.mjs';
import { writeLicences } from './build/licences.mjs';
import { buildWasm } from './build/wasm.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

export async function buildApp() {
  const { build } = await import('electron-vite');
  await build({ root: repository, logLevel: 'warn' });
  await writeLicences(['main', 'preload', 'renderer'].map((bundle) => join(repository, 'out', bundle)));
}

if (process.argv[1] === import.meta.filename) {
  await runOnNode();
  await buildWasm();
  const withApp = process.argv[2] !== 'command-line';
  if (withApp) await buildApp();
  await buildCommandLine();
  console.log(`built: ${withApp ? 'out/main out/preload out/renderer out/licences.txt ' : ''}out/cli`);
}
