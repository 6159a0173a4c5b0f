/* Programs of the tests that run longer than a test should: bundled, and run in a process of their own. */
import { join } from 'node:path';
import { keepEffects } from './build/keep-effects.mjs';
import { repository } from './set-up/cache-folder.mjs';
import { wantedMajor } from './set-up/node.mjs';
import { run } from './set-up/run.mjs';

/**
 * Bundles TypeScript entries into one folder and runs the one named `run`.
 * @param {string} name the folder under `out/`.
 * @param {Record<string, string>} input entry names and their files.
 * @param {readonly string[]} argv
 * @param {Readonly<Record<string, string>>} [env] beside the environment there is.
 * @returns {Promise<number>} the exit code.
 */
export async function runBundled(name, input, argv, env = {}) {
  const outDir = join(repository, 'out', name);
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: repository,
    logLevel: 'warn',
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: `node${wantedMajor}`,
      minify: false,
      rollupOptions: {
        input,
        treeshake: keepEffects,
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunk-[hash].js' },
      },
    },
  });
  const { code } = await run(process.execPath, [join(outDir, 'run.js'), ...argv], {
    cwd: repository,
    env: { ...process.env, ...env },
  });
  return code;
}
