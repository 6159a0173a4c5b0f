/* `npm run load [scenario …]`: what must not bring the gateway down, done to it. */
import { join } from 'node:path';
import { runBundled } from './bundled-program.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

await runOnNode();
const test = join(repository, 'test');
const input = {
  run: join(test, 'load/run.ts'),
  gateway: join(test, 'bench/peers/gateway.program.ts'),
  'large-body-worker': join(repository, 'proxy/large-bodies/worker.ts'),
  'api-server': join(test, 'bench/peers/api-server.program.ts'),
};
process.exitCode = await runBundled('load', input, process.argv.slice(2));
