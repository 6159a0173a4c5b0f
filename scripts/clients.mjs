/*
 * `npm run clients`: the everyday work of real clients, directly and through the gateway, as one table. Exit code 1 when
 * something differs that should not. `npm run clients -- --cluster real` takes the test control plane instead of the demo
 * cluster, `--client 1.36` (again and again) only some clients, `--step secret` only some steps.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { provideKubectlReleases } from './clients/kubectl-releases.mjs';
import { provideLibraries } from './clients/libraries.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { provideControlPlane } from './set-up/control-plane.mjs';
import { installDependencies } from './set-up/dependencies.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

await runOnNode();

const { values } = parseArgs({
  options: {
    cluster: { type: 'string', default: 'demo' },
    client: { type: 'string', multiple: true, default: [] },
    step: { type: 'string', multiple: true, default: [] },
  },
});

console.log('Clients:');
await installDependencies();
const { kubectl, helm } = await provideKubectlReleases();
const libraries = await provideLibraries();
const newest = kubectl.at(-1)?.path;
if (!newest) throw new Error('without the pinned kubectl there is nothing to compare with');
process.env['GATEHOUSE_TEST_KUBECTL'] = newest;
if (values.cluster === 'real') {
  const programs = await provideControlPlane();
  if (programs === null) throw new Error('the control plane could not be built here');
  process.env['GATEHOUSE_TEST_CONTROL_PLANE'] = programs;
}

const chosen = (/** @type {{ name: string }} */ { name }) =>
  values.client.length === 0 || values.client.some((part) => name.includes(part));
const withVersion = (/** @type {import('./clients/kubectl-releases.mjs').ClientProgram} */ client) => ({
  ...client,
  version: client.path === null ? '' : versionOf(client.path),
});

const { runnerImport } = await import('vite');
const { module } = await runnerImport(join(repository, 'test/clients/matrix.ts'), {
  configFile: false,
  root: repository,
  logLevel: 'warn',
});
const { text, unexpected } = await module.runMatrix({
  cluster: values.cluster === 'real' ? 'real' : 'demo',
  kubectl: kubectl.filter(chosen).map(withVersion),
  helm: helm.filter(chosen).map(withVersion),
  libraries: libraries.filter(chosen),
  only: values.step,
  onProgress: (/** @type {string} */ said) => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K  ${said}`);
    else if (/: 1 of /.test(said)) console.log(`  ${said}, …`);
  },
});
if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
console.log(`\n${text}\n`);
console.log(unexpected === 0 ? 'nothing differs that should not' : `${unexpected} steps differ that should not`);
process.exitCode = unexpected === 0 ? 0 : 1;

/**
 * The version that a kubectl or helm gives itself.
 * @param {string} path
 */
function versionOf(path) {
  const args = path.endsWith('helm') ? ['version', '--short'] : ['version', '--client'];
  const { stdout } = spawnSync(path, args, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  return /v(\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
}
