import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { _electron } from '@playwright/test';
import { repository } from '../set-up/cache-folder.mjs';

/**
 * Starts the app on the demo cluster, for a script to drive.
 * @param {{ runtime: string, kubectl: string, home: string }} options `home` is the script's own
 */
export async function openApp({ runtime, kubectl, home }) {
  const userData = join(home, 'gatehouse');
  const tools = dirname(kubectl);
  // The app takes PATH from a login shell, which sets it anew.
  await writeFile(join(home, '.profile'), `export PATH='${tools}':"$PATH"\nexport PS1='$ '\n`);
  await writeFile(join(home, '.bashrc'), "export PS1='$ '\n");
  const electron = await _electron.launch({
    executablePath: join(runtime, 'electron'),
    // Without this Playwright adds --no-sandbox.
    chromiumSandbox: true,
    args: [repository, '--demo'],
    cwd: repository,
    env: /** @type {Record<string, string>} */ ({
      ...process.env,
      GATEHOUSE_USER_DATA: userData,
      PATH: `${tools}:${process.env['PATH'] ?? ''}`,
    }),
  });
  let log = '';
  for (const stream of [electron.process().stdout, electron.process().stderr]) {
    stream?.on('data', (text) => {
      log += text;
    });
  }
  /** @type {string[]} */
  const problems = [];
  /** @param {import('@playwright/test').Page} page */
  const watch = (page) => {
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  };
  electron.context().pages().forEach(watch);
  electron.on('window', watch);
  const window = await electron.firstWindow();
  return {
    window,
    userData,
    problems,
    version: await electron.evaluate(() => process.versions.electron),
    log: () => log,
    nextWindow: () => electron.waitForEvent('window'),
    async close() {
      const main = electron.process();
      const ended = once(main, 'exit');
      const hard = setTimeout(() => main.kill('SIGKILL'), 15_000);
      main.kill('SIGTERM');
      await ended;
      clearTimeout(hard);
    },
  };
}
