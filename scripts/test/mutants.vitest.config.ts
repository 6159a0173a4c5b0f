import { defineConfig } from 'vitest/config';

/** The tests beside one folder's code; `mutants.mjs` says which, and Stryker runs them in a copy of the repository. */
export default defineConfig({
  test: {
    include: [`test/${process.env['GATEHOUSE_MUTANTS_FOLDER']}/**/*.test.{ts,tsx}`],
    exclude: ['**/*.long.test.ts'],
    testTimeout: 30_000,
  },
});
