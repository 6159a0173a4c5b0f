/*
 * `npm run test:long`: what is longer by nature than a test on every change should be. `npm run test:long -- fuzz load`
 * runs only the stages named.
 */
import { join } from 'node:path';
import { repository } from './set-up/cache-folder.mjs';
import { installDependencies } from './set-up/dependencies.mjs';
import { provideKubectl } from './set-up/kubectl.mjs';
import { run } from './set-up/run.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';
import { describeMutants, runMutants } from './test/mutants.mjs';
import { startStages } from './test/stages.mjs';
import { runVitestProject } from './test/vitest-project.mjs';

/** Where a fault costs most: what decides, what is remembered, what is hidden. */
const MUTANT_FOLDERS = ['proxy/approvals', 'proxy/journal', 'proxy/pipeline', 'proxy/policy', 'proxy/rehydration'];
const FUZZ_CASES = '200000';

/** @type {Readonly<Record<string, readonly [name: string, action: (tools: { kubectl: string, helm: string }) => Promise<unknown>]>>} */
const all = {
  tests: [
    'long tests',
    ({ kubectl, helm }) => runVitestProject('long', { GATEHOUSE_TEST_KUBECTL: kubectl, GATEHOUSE_TEST_HELM: helm }),
  ],
  fuzz: ['fuzz', () => succeed('fuzz.mjs', '--cases', FUZZ_CASES)],
  load: ['load', () => succeed('load.mjs')],
  clients: ['clients', () => succeed('clients.mjs')],
  mutants: ['mutants', mutants],
};

const named = process.argv.slice(2);
const unknown = named.filter((name) => !Object.hasOwn(all, name));
if (unknown.length > 0) {
  console.error(
    `no such stage: ${unknown.join(', ')}\nusage: npm run test:long [-- ${Object.keys(all).join(' | ')} …]`,
  );
  process.exit(2);
}
await runOnNode();
const stages = startStages();
const tools = await stages.run('set-up', async () => {
  await installDependencies();
  return provideKubectl();
});
if (tools) {
  for (const [key, [name, action]] of Object.entries(all)) {
    if (named.length === 0 || named.includes(key)) await stages.run(name, () => action(tools));
  }
}
stages.finish();

/**
 * One of our own commands, as one test: it says itself what it found.
 * @param {string} script
 * @param {...string} scriptArguments
 */
async function succeed(script, ...scriptArguments) {
  const { code } = await run(process.execPath, [join(repository, 'scripts', script), ...scriptArguments]);
  if (code !== 0) throw new Error(`${script} ended with exit code ${code}`);
  return { passed: 1, failed: 0, skipped: 0 };
}

/** Survivors are for a reader to judge: the run fails only when it cannot be carried out. */
async function mutants() {
  const results = [];
  for (const folder of MUTANT_FOLDERS) results.push(await runMutants(folder));
  console.log(`\n${describeMutants(results)}`);
  return { passed: results.length, failed: 0, skipped: 0 };
}
