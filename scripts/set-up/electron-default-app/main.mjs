import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { app } from 'electron';

/*
 * What `electron FOLDER` runs when the runtime carries no app of its own: loads the modules named by `-r`, then the
 * app in the folder. An ES module with top-level await, because Electron holds back `ready` until the entry module has
 * settled, and an app must be able to act before that.
 */
const valued = new Set(['-r', '--require']);
/** @type {string[]} */
const preloaded = [];
/** @type {string | null} */
let folder = null;
for (let index = 1; index < process.argv.length && folder === null; index += 1) {
  const argument = process.argv[index] ?? '';
  if (valued.has(argument)) preloaded.push(process.argv[++index] ?? '');
  else if (!argument.startsWith('-')) folder = resolve(argument);
}
if (folder === null || !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
  process.stderr.write(`electron: name the folder of an app (got ${folder ?? 'none'})\n`);
  process.exit(1);
}
const description = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
// Not in Electron's types: they are there for its own default app, whose place this one takes.
const named = /** @type {typeof app & { setAppPath(path: string): void, setVersion(version: string): void }} */ (app);
named.setAppPath(folder);
named.setName(description.productName ?? description.name);
named.setVersion(description.version);

const require = createRequire(join(folder, 'package.json'));
for (const module of preloaded) require(resolve(module));
await import(pathToFileURL(join(folder, description.main ?? 'index.js')).href);
