/*
 * `npm run bench [section …]`: bundles test/bench and runs it. Every `*.program.ts` there becomes a program of its own,
 * so that what is measured can run in a fresh process and on a CPU of its own.
 */
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { repository } from './set-up/cache-folder.mjs';
import { provideKubectl } from './set-up/kubectl.mjs';
import { run } from './set-up/run.mjs';

const folder = join(repository, 'test/bench');
const outDir = join(repository, 'out/bench');

const { build } = await import('vite');
/** @type {Record<string, string>} */
const input = { run: join(folder, 'run.ts') };
for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (path.endsWith('.program.ts')) input[basename(path, '.program.ts')] = join(folder, path);
}
await build({
  configFile: false,
  root: repository,
  logLevel: 'warn',
  build: {
    ssr: true,
    outDir,
    emptyOutDir: true,
    target: 'node20.18',
    minify: false,
    rollupOptions: { input, output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' } },
  },
});
// kubectl proxy is a peer; without it the tables say that it was left out.
const tools = await provideKubectl().catch(() => null);
const { code } = await run(process.execPath, [join(outDir, 'run.js'), ...process.argv.slice(2)], {
  cwd: repository,
  env: { ...process.env, ...(tools === null ? {} : { GATEHOUSE_BENCH_KUBECTL: tools.kubectl }) },
});
process.exitCode = code;
