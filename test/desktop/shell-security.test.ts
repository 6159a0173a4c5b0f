import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from '@playwright/test';
import { assertSandboxed } from './launch/assert-sandboxed.ts';
import { expect, test } from './launch/demo-test.ts';
import { launchApp } from './launch/launch-app.ts';

const OUTSIDE = 'https://outside.example/';

// What is tried here is refused loudly, on the console: these tests start the app without the check for complaints.
test.describe('what a page of the app may do', () => {
  test('no window, no navigation, no network, no webview, no permission but those it needs', async ({ home }) => {
    const { window, electron, close } = await launchApp({ home });
    try {
      await expect(window.getByRole('navigation', { name: 'Screens' })).toBeVisible();
      const address = window.url();

      await test.step('windows', async () => {
        for (const target of [OUTSIDE, 'about:blank', 'app://player/index.html?id=x', 'file:///etc/passwd']) {
          expect(await window.evaluate((url) => open(url) === null, target), target).toBe(true);
        }
        expect(await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
      });

      await test.step('network', async () => {
        const tries = await window.evaluate(async (url) => {
          const image = new Promise((resolve) => {
            const made = new Image();
            made.onload = () => resolve('loaded');
            made.onerror = () => resolve('refused');
            made.src = `${url}x.png`;
          });
          const socket = new Promise((resolve) => {
            try {
              const made = new WebSocket('wss://127.0.0.1:1/');
              made.onopen = () => resolve('opened');
              made.onerror = () => resolve('refused');
            } catch {
              resolve('refused');
            }
          });
          const fetched = (target: string) =>
            fetch(target).then(
              () => 'answered',
              () => 'refused',
            );
          return [
            await fetched(url),
            await fetched('https://127.0.0.1/'),
            await fetched(location.href),
            await image,
            await socket,
          ];
        }, OUTSIDE);
        expect(tries).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
        // Also where no policy of a document stands before it.
        const cancelled = await electron.evaluate(
          async ({ session }, url) =>
            session.defaultSession.fetch(url).then(
              () => 'answered',
              (error: Error) => error.message,
            ),
          OUTSIDE,
        );
        expect(cancelled).toContain('ERR_BLOCKED_BY_CLIENT');
      });

      await test.step('webviews and frames', async () => {
        await window.evaluate((url) => {
          const webview = document.createElement('webview');
          webview.setAttribute('src', url);
          const frame = document.createElement('iframe');
          frame.src = url;
          document.body.append(webview, frame);
        }, OUTSIDE);
        await expect.poll(() => electron.evaluate(({ webContents }) => webContents.getAllWebContents().length)).toBe(1);
        const frames = window.frames().map((frame) => frame.url());
        expect(frames.filter((url) => url.startsWith('https:'))).toEqual([]);
      });

      await test.step('permissions', async () => {
        const names = ['geolocation', 'camera', 'microphone', 'clipboard-read', 'midi', 'persistent-storage'];
        const states = await window.evaluate(
          (asked) =>
            Promise.all(
              asked.map((name) =>
                navigator.permissions.query({ name: name as PermissionName }).then(
                  ({ state }) => state,
                  () => 'denied',
                ),
              ),
            ),
          names,
        );
        expect(states).toEqual(names.map(() => 'denied'));
        const media = () =>
          navigator.mediaDevices.getUserMedia({ audio: true }).then(
            () => 'given',
            (error: Error) => error.name,
          );
        expect(await window.evaluate(media)).not.toBe('given');
      });

      await test.step('nothing of Node or Electron is in the page', async () => {
        const found = await window.evaluate(() =>
          ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter((name) => name in globalThis),
        );
        expect(found).toEqual([]);
        expect(await window.evaluate(() => Object.keys(Reflect.get(globalThis, 'gatehouse')).sort())).toEqual([
          'invoke',
          'on',
        ]);
      });

      // Last, for Playwright waits for the end of each navigation that was begun, and these have none.
      await test.step('navigation', async () => {
        const log = join(home, '.config/Gatehouse/logs/app.log');
        const prevented = () => readFileSync(log, 'utf8').split('prevented a navigation').length - 1;
        for (const target of [OUTSIDE, 'app://player/index.html', 'file:///etc/passwd', 'data:text/html,x']) {
          const before = prevented();
          await navigate(window.mainFrame(), target);
          // Chromium itself refuses the last two before the app is asked.
          if (/^(https|app):/.test(target)) await expect.poll(prevented, target).toBeGreaterThan(before);
        }
        const now = await electron.evaluate(({ webContents }) =>
          webContents.getAllWebContents().map((contents) => contents.getURL()),
        );
        expect(now).toEqual([address]);
      });
    } finally {
      await close();
    }
  });
});

test('the bridge answers only the window, and only what the contract has', async ({ demo }) => {
  const { window, gatehouse, terminal, electron } = demo;
  await assertSandboxed(electron);

  await test.step('an unknown call, and an argument that is not as the contract says', async () => {
    const code = (name: string, argument: unknown) =>
      window.evaluate(
        async (asked) => {
          const reply = await Reflect.get(globalThis, 'gatehouse').invoke(asked.name, asked.argument);
          return reply.ok ? 'answered' : reply.problem.code;
        },
        { name, argument },
      );
    expect(await code('app.quit', undefined)).toBe('call-unknown');
    expect(await code('__proto__', undefined)).toBe('call-unknown');
    expect(await code('constructor', undefined)).toBe('call-unknown');
    expect(await code('recordings.read', '../../settings')).toBe('argument-malformed');
    expect(await code('app.openFolder', '/etc')).toBe('argument-malformed');
    expect(await code('settings.write', { shell: 7 })).toBe('argument-malformed');
  });

  await test.step('the terminal’s frame can ask for its own port, and nothing else', async () => {
    const frame = window.frames().find((candidate) => candidate.url().startsWith('app://terminal/'));
    expect(await frame?.evaluate(() => Object.keys(Reflect.get(globalThis, 'gatehouse')))).toEqual(['attach']);
    expect(await frame?.evaluate(() => 'process' in globalThis || 'require' in globalThis)).toBe(false);
  });

  await test.step('the player’s window may read recordings and do nothing else', async () => {
    await terminal.run('kubectl get pods -n payments');
    await gatehouse.open('Recordings');
    await gatehouse.row('Recordings', /demo/).click();
    const opening = electron.waitForEvent('window');
    await gatehouse.page.getByRole('button', { name: 'Play', exact: true }).click();
    const player = await opening;
    await expect(player.getByRole('heading', { level: 1 })).toBeVisible();
    const codes = await player.evaluate(async () => {
      const { invoke } = Reflect.get(globalThis, 'gatehouse');
      const asked: Array<[string, unknown]> = [
        ['settings.read', undefined],
        ['terminals.list', undefined],
        ['approvals.list', undefined],
        ['approvals.review', { id: 'x', verdict: 'approve', comment: null }],
        [
          'secrets.reveal',
          { cluster: 'demo', namespace: 'payments', name: 'payments-db', key: 'password', reason: 'x' },
        ],
        ['journal.query', { filter: {}, limit: 1 }],
        ['settings.write', { shell: '/bin/true' }],
        ['app.copyReport', undefined],
      ];
      const replies = await Promise.all(asked.map(([name, argument]) => invoke(name, argument)));
      return replies.map((reply) => (reply.ok ? 'answered' : reply.problem.code));
    });
    expect(codes).toEqual(['answered', ...Array.from({ length: 7 }, () => 'sender-refused')]);
    await assertSandboxed(electron);
  });
});

test('a second start shows the window of the first and ends', async ({ launch, home }) => {
  const { window, electron } = await launch();
  await expect(window.getByRole('navigation', { name: 'Screens' })).toBeVisible();
  await electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  const [program = '', ...rest] = electron.process().spawnargs;
  const own = rest.filter(
    (argument) => !argument.startsWith('--inspect') && !argument.startsWith('--remote-debugging'),
  );
  const environment = { ...process.env, HOME: home, XDG_CONFIG_HOME: `${home}/.config` };
  const second = spawn(program, own.slice(own.indexOf('-r') === 0 ? 2 : 0), { env: environment, stdio: 'ignore' });
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
  await expect
    .poll(() => electron.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((each) => each.isVisible())))
    .toEqual([true]);
});

function navigate(frame: Frame, target: string): Promise<void> {
  return frame.evaluate((url) => {
    const link = document.createElement('a');
    link.href = url;
    document.body.append(link);
    link.click();
    link.remove();
    try {
      location.assign(url);
    } catch {
      // Refused at once, for some kinds of address.
    }
  }, target);
}
