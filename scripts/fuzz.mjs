/* `npm run fuzz [target …] [-- --cases 1000000] [--seed 1]`: throws mutated bytes at everything that reads a stranger's. */
import { join } from 'node:path';
import { runBundled } from './bundled-program.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

await runOnNode();
process.exitCode = await runBundled('fuzz', { run: join(repository, 'test/fuzz/run.ts') }, process.argv.slice(2));
