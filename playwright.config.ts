import { join, resolve } from 'node:path';
import { defineConfig } from '@playwright/test';

const output = process.env['GATEHOUSE_TEST_OUTPUT'] ?? resolve(import.meta.dirname, 'test-output/desktop');

export default defineConfig({
  testDir: 'test/desktop',
  outputDir: join(output, 'results'),
  // Each test starts an Electron of its own; more at once than the machine has cores only makes them late.
  workers: 1,
  // Last resorts: tests wait for what the app shows, and a busy machine shows it late.
  timeout: 300_000,
  expect: { timeout: 60_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list'], ['json', { outputFile: join(output, 'report.json') }]],
});
