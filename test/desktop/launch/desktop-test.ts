import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { type LaunchedApp, type LaunchOptions, launchApp } from './launch-app.ts';
import { unexpectedDialogs } from './system-dialogs.ts';

export interface DesktopFixtures {
  /** A fresh home for this test, removed after it. */
  readonly home: string;
  /** Starts the app, on this test's home unless told otherwise; closed after the test. */
  readonly launch: (options?: Partial<LaunchOptions>) => Promise<LaunchedApp>;
}

/**
 * The `test` of every desktop test: what the app complained about in any window (page errors, console errors,
 * violations of the Content-Security-Policy) fails the test, and a test that fails shows what the app logged.
 */
export const test = base.extend<DesktopFixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's dependencies from this pattern
  home: async ({}, use) => {
    const home = mkdtempSync(join(tmpdir(), 'gatehouse-home-'));
    await use(home);
    rmSync(home, { recursive: true, force: true });
  },
  launch: async ({ home }, use, testInfo) => {
    const launched: LaunchedApp[] = [];
    await use(async (options = {}) => {
      const app = await launchApp({ home, ...options });
      launched.push(app);
      return app;
    });
    if (testInfo.status !== testInfo.expectedStatus) {
      for (const [index, app] of launched.entries()) {
        await testInfo.attach(`app-${index + 1}.log`, { body: app.log(), contentType: 'text/plain' });
        const picture = await app.window.screenshot().catch(() => null);
        if (picture) await testInfo.attach(`app-${index + 1}.png`, { body: picture, contentType: 'image/png' });
      }
    }
    const asked = await Promise.all(launched.map(({ electron }) => unexpectedDialogs(electron)));
    for (const app of launched) await app.close();
    expect(asked.flat(), 'no dialog of the system came up that the test did not ask for').toEqual([]);
    expect(
      launched.flatMap((app) => app.problems),
      'nothing went wrong in any window',
    ).toEqual([]);
  },
});
export { expect };
