import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import type { ApprovalRequest, Vote } from '../../model/approval.ts';
import { type DemoApp, expect, test } from './launch/demo-test.ts';
import { readRecordings } from './launch/recordings-on-disk.ts';

/*
 * Case 62: a script in the main document decides, reveals and types nothing that a person's hand at the proper document did
 * not do. What is tried here is what such a script can do; at the end the person still can do it all.
 */

const REQUEST = 'kubectl get pods -n payments --as=bob.okafor@larkfield.example';

/** Starts a command that needs a person, and waits until its request is in view and could be decided. */
async function waitingRequest({ terminal, gatehouse }: DemoApp) {
  const command = await terminal.start(REQUEST);
  await expect(gatehouse.waitingRequest.getByRole('button', { name: 'Approve once' })).toBeEnabled();
  return command;
}

async function pending({ gatehouse }: DemoApp): Promise<ApprovalRequest> {
  const reply = await gatehouse.invoke('approvals.list', undefined);
  const found = reply.ok ? reply.value.find(({ state }) => state === 'PENDING') : undefined;
  if (found === undefined) throw new Error('nothing waits');
  return found;
}

/** The documents in the window, each with the process of the system that it runs in. */
function documents(electron: ElectronApplication) {
  return electron.evaluate(({ BrowserWindow }) =>
    (BrowserWindow.getAllWindows()[0]?.webContents.mainFrame.framesInSubtree ?? []).map(({ origin, osProcessId }) => ({
      origin,
      osProcessId,
    })),
  );
}

/** Styles a part of the main document, as its scripts may: the content policy refuses style attributes, not this. */
function dress(page: Page, selector: string, css: string): Promise<void> {
  return page.evaluate(
    ([part = '', style = '']) => {
      const found = document.querySelector<HTMLElement>(part);
      if (found) found.style.cssText = style;
    },
    [selector, css],
  );
}

test('case 62: each document that decides has a process of its own, and the main document cannot look into it', async ({
  demo,
}) => {
  const { gatehouse, electron, window } = demo;
  const command = await waitingRequest(demo);
  const found = await documents(electron);
  expect(found.map(({ origin }) => origin).sort()).toEqual(['app://approvals', 'app://gatehouse', 'app://terminal']);
  expect(new Set(found.map(({ osProcessId }) => osProcessId)).size).toBe(3);
  const seen = await window.evaluate(() =>
    [...document.querySelectorAll('iframe')].map((frame) => {
      try {
        return String(frame.contentDocument ?? frame.contentWindow?.document);
      } catch (error) {
        return (error as Error).name;
      }
    }),
  );
  expect(seen).toEqual(['SecurityError', 'SecurityError']);
  await gatehouse.approve();
  await command.end();

  await gatehouse.open('Secrets');
  await gatehouse.row('Secrets', /payments-db/).click();
  await expect(gatehouse.secret.getByRole('button', { name: /^Reveal password/ })).toBeVisible();
  const processes = await documents(electron);
  expect(processes.map(({ origin }) => origin)).toContain('app://secret');
  expect(new Set(processes.map(({ osProcessId }) => osProcessId)).size).toBe(processes.length);
});

test('case 62: its calls are refused, with its own bridge and with one that lets everything through', async ({
  demo,
  home,
}) => {
  const { gatehouse, electron, window } = demo;
  const command = await waitingRequest(demo);
  const { id } = await pending(demo);
  const secret = { cluster: 'demo', namespace: 'payments', name: 'payments-db', key: 'password', reason: 'on call' };
  const tries: ReadonlyArray<readonly [string, unknown]> = [
    ['approvals.shows', id],
    ['approvals.review', { id, verdict: 'approve', comment: null } satisfies Omit<Vote, 'by'>],
    ['approvals.review', { id, verdict: 'deny', comment: null } satisfies Omit<Vote, 'by'>],
    ['secrets.reveal', secret],
  ];
  const call = async (asked: typeof tries) => {
    const bridge = Reflect.get(globalThis, 'gatehouse');
    const replies = await Promise.all(asked.map(([name, argument]) => bridge.invoke(name, argument)));
    return replies.map((reply) => (reply.ok ? 'done' : reply.problem.code));
  };

  await test.step('right after a click, so that a person seems to be there', async () => {
    await gatehouse.sidebar.getByRole('button', { name: 'Terminal' }).click();
    expect(await window.evaluate(call, tries)).toEqual(tries.map(() => 'sender-refused'));
  });

  await test.step('past the preload, which the main process does not rely on', async () => {
    const preload = join(home, 'hostile-preload.cjs');
    writeFileSync(
      preload,
      `const { ipcRenderer } = require('electron');
       globalThis.ports = 0;
       ipcRenderer.on('gatehouse:terminal-port', () => { globalThis.ports += 1; });
       globalThis.gatehouse = {
         invoke: (name, argument) => ipcRenderer.invoke('gatehouse:call', name, argument),
         on: () => () => undefined,
         attach: () => undefined,
         send: (...message) => ipcRenderer.send(...message),
       };`,
    );
    const opening = electron.waitForEvent('window');
    await electron.evaluate(async ({ BrowserWindow }, path) => {
      const opened = new BrowserWindow({
        webPreferences: { preload: path, contextIsolation: false, sandbox: true, nodeIntegrationInSubFrames: true },
      });
      await opened.loadURL('app://gatehouse/index.html');
    }, preload);
    const hostile = await opening;
    await expect(hostile.getByRole('navigation', { name: 'Screens' })).toBeVisible();
    expect(await hostile.evaluate(call, tries)).toEqual(tries.map(() => 'sender-refused'));
    const terminals = await gatehouse.invoke('terminals.list', undefined);
    const terminal = terminals.ok ? terminals.value[0]?.id : undefined;
    await hostile.evaluate(async (asked) => {
      const { send, invoke } = Reflect.get(globalThis, 'gatehouse');
      send('gatehouse:attach-terminal', asked);
      send('gatehouse:attach-terminal');
      // Main answers in turn: what it had to say to those has arrived when this has.
      await invoke('settings.read', undefined);
      await invoke('terminals.list', undefined);
    }, terminal);
    expect(await hostile.evaluate(() => Reflect.get(globalThis, 'ports'))).toBe(0);
    await electron.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()
        .find((each) => each.id !== 1)
        ?.destroy(),
    );
  });

  expect((await pending(demo)).id).toBe(id);
  await gatehouse.approve();
  expect((await command.end()).exitCode).toBe(0);
});

test('case 62: nothing that it says to the documents types, pastes, decides or hands over a port', async ({ demo }) => {
  const { gatehouse, terminal, window, folders } = demo;
  await window.evaluate(() => {
    Reflect.set(globalThis, 'ports', 0);
    addEventListener('message', ({ ports }) => {
      Reflect.set(globalThis, 'ports', Reflect.get(globalThis, 'ports') + ports.length);
    });
  });
  const command = await waitingRequest(demo);
  await window.evaluate(() => {
    const line = 'echo typed-by-the-page\r';
    for (const frame of document.querySelectorAll('iframe')) {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => Reflect.set(globalThis, 'answered', true);
      const messages = [
        { type: 'paste', text: line },
        { type: 'input', data: line },
        { type: 'key', key: 'a' },
        { type: 'approve' },
        { type: 'confirm' },
        { type: 'focus' },
        { terminalPort: true },
      ];
      for (const message of messages) frame.contentWindow?.postMessage(message, '*');
      frame.contentWindow?.postMessage({ terminalPort: true }, '*', [port2]);
      port1.postMessage({ type: 'output', data: line });
      frame.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true }));
      frame.click();
    }
  });

  await test.step('a second frame of the same terminal gets no bytes, and types into nothing', async () => {
    await window.evaluate(() => {
      const first = document.querySelector<HTMLIFrameElement>('iframe[title^="Terminal on"]');
      const second = document.createElement('iframe');
      second.src = first?.src ?? '';
      second.title = 'second';
      second.style.cssText = 'position: fixed; inset: 100px auto auto 300px; width: 400px; height: 300px; z-index: 99';
      document.body.append(second);
    });
    const second = window.frameLocator('iframe[title="second"]');
    await second.locator('.xterm-screen').click();
    await window.keyboard.type('echo typed-by-the-page');
    await window.keyboard.press('Enter');
    await window.evaluate(() => document.querySelector('iframe[title="second"]')?.remove());
  });

  await gatehouse.approve();
  expect((await command.end()).exitCode).toBe(0);
  // The terminal's own frame still types, and what came before it would have been typed before.
  expect((await terminal.run('echo typed-by-the-person')).output).toContain('typed-by-the-person');
  expect(readRecordings(folders.recordings).output).not.toContain('typed-by-the-page');
  expect(await window.evaluate(() => Reflect.get(globalThis, 'ports'))).toBe(0);
});

test('case 62: a request that it covers, fades, shrinks, clips or turns cannot be decided', async ({ demo }) => {
  const { gatehouse, window } = demo;
  const command = await waitingRequest(demo);
  const button = gatehouse.waitingRequest.getByRole('button', { name: 'Approve once' });
  const styles: ReadonlyArray<readonly [string, string, string]> = [
    ['faded', '#waiting-panel', 'opacity: 0.01'],
    ['shrunk', '#waiting-panel', 'transform: scale(0.4)'],
    ['turned', '#waiting-frame', 'transform: rotate(3deg)'],
    ['filtered', '#waiting-panel', 'filter: brightness(0)'],
    ['clipped', '#waiting-panel', 'clip-path: inset(0 0 200px 0)'],
    ['cut off', '#waiting-frame', 'flex: none; height: 60px'],
    ['half outside', '#waiting-panel', 'margin-right: -200px'],
  ];
  for (const [how, what, style] of styles) {
    await test.step(how, async () => {
      await dress(window, what, style);
      await expect(button, how).toBeDisabled();
      await dress(window, what, '');
      await expect(button, `no longer ${how}`).toBeEnabled();
    });
  }
  await test.step('covered by what lets clicks through', async () => {
    await window.evaluate(() => {
      const cover = document.createElement('div');
      cover.id = 'cover';
      cover.textContent = 'You have won';
      cover.style.cssText = 'position: fixed; inset: 0; z-index: 9999; background: white; pointer-events: none';
      document.body.append(cover);
    });
    await expect(button).toBeDisabled();
    await expect(gatehouse.waitingRequest.getByText('Something covers this request')).toBeVisible();
    await window.evaluate(() => document.getElementById('cover')?.remove());
  });
  await gatehouse.approve();
  expect((await command.end()).exitCode).toBe(0);
});

test('case 62: a request that it moves under the pointer, swaps, or gives the keyboard to is not decided', async ({
  demo,
}) => {
  const { gatehouse, window } = demo;
  const command = await waitingRequest(demo);
  const { id } = await pending(demo);
  const button = gatehouse.waitingRequest.getByRole('button', { name: 'Approve once' });
  const box = async () => {
    const found = await button.boundingBox();
    if (!found) throw new Error('the button is not there');
    return { x: found.x + found.width / 2, y: found.y + found.height / 2 };
  };
  const stillWaits = async (what: string) => expect((await pending(demo)).id, what).toBe(id);
  const press = async () => {
    await window.mouse.down();
    await window.mouse.up();
  };

  await test.step('moved under a pointer that is about to click', async () => {
    const { x, y } = await box();
    await window.mouse.move(x - 300, y);
    await dress(window, '#waiting-panel', 'right: 300px');
    await expect.poll(async () => Math.round((await box()).x)).toBe(Math.round(x - 300));
    await press();
    await expect(gatehouse.waitingRequest.getByText('That came too soon to be meant for this request')).toBeVisible();
    await stillWaits('moved');
    await dress(window, '#waiting-panel', '');
  });

  await test.step('put in the way in the moment of the click', async () => {
    await expect(button).toBeEnabled();
    const { x, y } = await box();
    await dress(window, '#waiting-panel', 'display: none');
    await window.mouse.move(x, y);
    await dress(window, '#waiting-panel', '');
    await press();
    await stillWaits('put in the way');
  });

  await test.step('shown anew in the moment of the click', async () => {
    await expect(button).toBeEnabled();
    await button.hover();
    const show = (shown: string) =>
      window.evaluate((asked) => {
        const frame = document.querySelector<HTMLIFrameElement>('#waiting-frame')?.contentWindow;
        frame?.postMessage({ type: 'showApproval', id: asked }, '*');
      }, shown);
    await show('none');
    await expect(button).toBeHidden();
    await show(id);
    await expect(button).toBeVisible();
    await press();
    await stillWaits('shown anew');
  });

  await test.step('given the keyboard while somebody types', async () => {
    await expect(button).toBeEnabled();
    await window.evaluate(() => {
      addEventListener('keydown', () => document.getElementById('waiting-frame')?.focus(), { once: true });
      (document.activeElement as HTMLElement | null)?.blur();
    });
    await gatehouse.sidebar.getByRole('button', { name: 'Terminal' }).focus();
    await window.keyboard.press('x');
    for (const key of ['a', 'Enter', 'a', ' ', 'a', 'Enter']) await window.keyboard.press(key);
    await stillWaits('given the keyboard');
  });

  await gatehouse.approve();
  expect((await command.end()).exitCode).toBe(0);
});

test('case 62: it cannot lead a document elsewhere, nor be shown the documents that decide in another place', async ({
  demo,
}) => {
  const { gatehouse, window } = demo;
  const command = await waitingRequest(demo);
  const { id } = await pending(demo);

  await test.step('a frame in which the page shows itself has no calls', async () => {
    const code = await window.evaluate(async (own) => {
      const inner = document.createElement('iframe');
      document.body.append(inner);
      const found = Reflect.get(inner.contentWindow ?? {}, 'gatehouse');
      const reply = await found?.invoke?.('approvals.review', { id: own, verdict: 'approve', comment: null });
      inner.remove();
      return found === undefined ? 'no bridge' : reply.problem.code;
    }, id);
    expect(code).toBe('no bridge');
  });

  await test.step('led to another of our documents it cannot decide, led back it begins anew', async () => {
    await window.evaluate(() => {
      const own = document.querySelector<HTMLIFrameElement>('#waiting-frame');
      if (own) own.src = 'app://secret/index.html';
    });
    await expect(gatehouse.waitingRequest.getByRole('button', { name: 'Approve once' })).toBeHidden();
    await window.evaluate(() => {
      const own = document.querySelector<HTMLIFrameElement>('#waiting-frame');
      if (own) own.src = 'app://approvals/index.html';
    });
  });
  await gatehouse.page.keyboard.press('Control+Shift+A');
  await expect(gatehouse.waiting).toBeVisible();
  expect((await pending(demo)).id).toBe(id);
  await gatehouse.open('Approvals');
  await gatehouse.row('Approvals', /list pods/).click();
  await gatehouse.decide(gatehouse.chosenRequest, 'Approve once');
  expect((await command.end()).exitCode).toBe(0);
});
