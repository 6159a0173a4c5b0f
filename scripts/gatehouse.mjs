#!/usr/bin/env node
/*
 * The `gatehouse` command in a checkout: the command line as it was built. It never builds by itself: a server must run what
 * was built and tried, and often may not write where its program lies.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { commandLine, stateOfBuild } from './build/command-line.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

if (!existsSync(join(repository, 'node_modules/pino')))
  end(`its packages are not installed: run "npm ci" in ${repository}`);
await runOnNode({ quiet: true });
const state = await stateOfBuild();
if (state === 'missing') end(`it is not built yet: run "npm run build" in ${repository}`);
if (state === 'stale') end(`its build is older than its sources: run "npm run build" in ${repository}`);
process.argv[1] = commandLine;
await import(pathToFileURL(commandLine).href);

/**
 * @param {string} message
 * @returns {never}
 */
function end(message) {
  console.error(`gatehouse: ${message}`);
  process.exit(1);
}
