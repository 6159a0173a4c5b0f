import { assertSandboxed } from './assert-sandboxed.ts';
import { expect, test } from './desktop-test.ts';
import { launchApp } from './launch-app.ts';

test('the app opens one window, and its renderers run in the sandbox of the operating system', async ({ launch }) => {
  const { electron, window } = await launch();
  const version = await electron.evaluate(() => process.versions.electron);
  test.info().annotations.push({ type: 'Electron', description: version });
  await expect(window.getByRole('navigation', { name: 'Screens' })).toBeVisible();
  expect(electron.windows()).toHaveLength(1);
  await assertSandboxed(electron);
});

test('a page that breaks its Content-Security-Policy is noticed', async ({ home }) => {
  const app = await launchApp({ home });
  await app.window.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.ran = true';
    document.body.append(script);
  });
  await expect.poll(() => app.problems.join('\n')).toContain('Content Security Policy');
  expect(await app.window.evaluate(() => 'ran' in globalThis)).toBe(false);
  await app.close();
});

test('the app ends by itself when the system ends it', async ({ home }) => {
  const app = await launchApp({ home });
  await expect(app.window.getByRole('navigation', { name: 'Screens' })).toBeVisible();
  const main = app.electron.process();
  await app.close();
  expect(main.signalCode, 'it was not killed').toBeNull();
});
