import { configDefaults, defineConfig } from 'vitest/config';
import { MANY_ROUNDS } from './scripts/test/many-rounds.mjs';

// Limits are for what never ends: a machine that is busy with something else must not reach them.
const patience = {
  testTimeout: 60_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 30_000 } },
};
/** What is long by nature, wherever it stands: `npm run test:long` runs it. */
const long = '**/*.long.test.ts';
/** Builds what gateways need besides their sources: the program of the threads that look through large bodies. */
const globalSetup = ['scripts/test/build-command-line.mjs'];
const exclude = [...configDefaults.exclude, long];

export default defineConfig({
  test: {
    // One fewer than there are cores would leave one of CI's two idle: many tests wait for programs and timers.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{model,proxy,cli,clients,demo,docs,fuzz,main,preload,renderer,scripts}/**/*.test.{ts,tsx}'],
          exclude,
          globalSetup,
          ...patience,
        },
      },
      { test: { name: 'gateway', include: ['test/gateway/**/*.test.ts'], exclude, globalSetup, ...patience } },
      {
        test: {
          ...patience,
          name: 'cluster',
          globalSetup,
          include: ['test/cluster/**/*.test.ts'],
          exclude,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          ...patience,
          name: 'long',
          globalSetup,
          include: [`test/${long}`, ...MANY_ROUNDS],
          env: { GATEHOUSE_TEST_ROUNDS: '40' },
          testTimeout: 1_200_000,
        },
      },
    ],
  },
});
