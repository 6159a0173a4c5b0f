/*
 * `npm test`: sets the machine up, then type check, lint, unit tests on Node 24 and on Node 20, gateway and desktop tests. A
 * stage that fails does not stop the next. `npm test -- unit node20 gateway` runs only the stages named; `npm test -- desktop -g "first run"` hands the
 * rest to Playwright.
 */
import { join } from 'node:path';
import { buildCommandLine } from './build/command-line.mjs';
import { buildApp } from './build.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { run } from './set-up/run.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';
import { setUp } from './set-up.mjs';
import { runDesktopTests } from './test/desktop.mjs';
import { runUnitTestsOnNode20 } from './test/node-20.mjs';
import { startStages } from './test/stages.mjs';
import { runVitestProject } from './test/vitest-project.mjs';

const named = process.argv.slice(2);
const firstOption = named.findIndex((argument) => argument.startsWith('-'));
const wanted = new Set(firstOption < 0 ? named : named.slice(0, firstOption));
const options = firstOption < 0 ? [] : named.slice(firstOption);
const isWanted = (/** @type {string} */ stage) => wanted.size === 0 || wanted.has(stage);

await runOnNode();
const stages = startStages();
const machine = await stages.run('set-up', setUp);
if (machine) {
  const { tools } = machine;
  const toolPaths = tools ? { GATEHOUSE_TEST_KUBECTL: tools.kubectl, GATEHOUSE_TEST_HELM: tools.helm } : {};
  if (isWanted('types')) await stages.run('type check', () => succeed('node_modules/typescript/bin/tsc', '-b'));
  if (isWanted('lint')) {
    await stages.run('lint', () => succeed('node_modules/@biomejs/biome/bin/biome', 'check', '.'));
    await stages.run('walls', () => succeed('scripts/walls.mjs'));
  }
  if (isWanted('unit')) await stages.run('unit tests', () => runVitestProject('unit', toolPaths));
  if (isWanted('node20')) await stages.run('unit tests on Node 20', () => runUnitTestsOnNode20(toolPaths));
  if (isWanted('gateway')) {
    await stages.run('command line', buildCommandLine);
    await stages.run('gateway tests', () => runVitestProject('gateway', toolPaths));
  }
  if (isWanted('desktop')) {
    await stages.run('build', buildApp);
    await stages.run('desktop tests', () => runDesktopTests(machine, options));
  }
}
stages.finish();

/**
 * Runs a program to a successful end.
 * @param {string} program its path in the repository
 * @param {...string} programArguments
 */
async function succeed(program, ...programArguments) {
  const { code } = await run(process.execPath, [join(repository, program), ...programArguments], { cwd: repository });
  if (code !== 0) throw new Error(`${program.split('/').at(-1)} ended with exit code ${code}`);
}
