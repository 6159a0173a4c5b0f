/*
 * `npm run test:mutants proxy/approvals [folder …]`: changes the code of a folder, one place at a time, and runs the
 * tests beside it each time. A change that no test notices is a survivor: a test is missing there, or the code does
 * nothing. What was changed and tested before is taken from `.cache/mutants`. The report with the code is in
 * `test-output/mutants`.
 */
import { installDependencies } from './set-up/dependencies.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';
import { describeMutants, mutableFolder, mutableFolders, runMutants } from './test/mutants.mjs';

const given = process.argv.slice(2);
if (given.length === 0 || given.some((argument) => argument.startsWith('-'))) {
  console.error(
    `usage: npm run test:mutants FOLDER [FOLDER …]\nfolders: ${mutableFolders().join(', ')}, and others with tests`,
  );
  process.exit(2);
}
/** @type {string[]} */
let folders = [];
try {
  folders = given.map((folder) => mutableFolder(folder));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(2);
}
await runOnNode();
await installDependencies();
const results = [];
for (const folder of folders) results.push(await runMutants(folder));
console.log(`\n${describeMutants(results)}`);
