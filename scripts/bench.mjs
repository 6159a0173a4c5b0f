/*
 * `npm run bench [section …]`: bundles test/bench and runs it. Every `*.program.ts` there becomes a program of its own,
 * so that what is measured can run in a fresh process and on a CPU of its own.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runBundled } from './bundled-program.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { provideKubectl } from './set-up/kubectl.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

await runOnNode();

const folder = join(repository, 'test/bench');

/** @type {Record<string, string>} */
const input = {
  run: join(folder, 'run.ts'),
  'large-body-worker': join(repository, 'proxy/large-bodies/worker.ts'),
};
for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (path.endsWith('.program.ts')) input[basename(path, '.program.ts')] = join(folder, path);
}
// kubectl proxy is a peer; without it the tables say that it was left out.
const tools = await provideKubectl().catch(() => null);
process.exitCode = await runBundled('bench', input, process.argv.slice(2), {
  ...(tools === null ? {} : { GATEHOUSE_BENCH_KUBECTL: tools.kubectl }),
});
