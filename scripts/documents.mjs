/* Writes the documents that the command line makes of what its commands say of themselves; a test keeps them so. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, refreshCommandLine } from './build/command-line.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { runOnNode } from './set-up/run-on-node.mjs';

await runOnNode();
await refreshCommandLine();
for (const [document, words] of Object.entries({
  'docs/man/gatehouse.1': ['man'],
  'docs/gatehouse.schema.json': ['config', 'schema'],
})) {
  const text = execFileSync(process.execPath, [commandLine, ...words], { encoding: 'utf8' });
  await writeFile(join(repository, document), text);
  console.log(`wrote ${document}`);
}
