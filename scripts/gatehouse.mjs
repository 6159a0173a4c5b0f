#!/usr/bin/env node
/*
 * The `gatehouse` command in a checkout: builds the command line when its sources are newer, then is it.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandLine, refreshCommandLine } from './build/command-line.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

if (!existsSync(join(repository, 'node_modules/vite'))) {
  console.error('gatehouse: its packages are not installed; run "npm ci" in this checkout first');
  process.exit(1);
}
await runOnNode({ quiet: true });
await refreshCommandLine();
process.argv[1] = commandLine;
await import(pathToFileURL(commandLine).href);
