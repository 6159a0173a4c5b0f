import { configDefaults, defineConfig } from 'vitest/config';
import { MANY_ROUNDS } from './many-rounds.mjs';

/** The tests beside one folder's code; `mutants.mjs` says which, and Stryker runs them in a copy of the repository. */
export default defineConfig({
  test: {
    include: [`test/${process.env['GATEHOUSE_MUTANTS_FOLDER']}/**/*.test.{ts,tsx}`],
    // What starts processes of its own would start them for every change, and they would run without it.
    exclude: [...configDefaults.exclude, '**/*.long.test.ts', ...MANY_ROUNDS],
    // A change often makes a test wait for ever. Ended here it costs these seconds, ended by Stryker a new process too.
    testTimeout: 10_000,
    hookTimeout: 10_000,
  },
});
