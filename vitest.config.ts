import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{model,proxy,cli,clients,demo,docs,fuzz,main,preload,renderer,scripts}/**/*.test.{ts,tsx}'],
        },
      },
      { test: { name: 'gateway', include: ['test/gateway/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 } },
      {
        test: { name: 'cluster', include: ['test/cluster/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 180_000 },
      },
    ],
  },
});
