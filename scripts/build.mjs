/*
 * Builds the app into out/{main,preload,renderer} and the command line into out/cli, after the compiled byte scanner.
 */
import { buildCommandLine } from './build/command-line.mjs';
import { buildWasm } from './build/wasm.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

export async function buildApp() {
  const { build } = await import('electron-vite');
  await build({ root: repository, logLevel: 'warn' });
}

if (process.argv[1] === import.meta.filename) {
  await runOnNode();
  await buildWasm();
  await buildApp();
  await buildCommandLine();
  console.log('built: out/main out/preload out/renderer out/cli');
}
