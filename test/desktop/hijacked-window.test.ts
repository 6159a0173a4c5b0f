import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { type CallName, calls } from '../../preload/contract.ts';
import { type DemoApp, expect, test } from './launch/demo-test.ts';
import { readRecordings } from './launch/recordings-on-disk.ts';
import { answerDialogs, dialogMessages } from './launch/system-dialogs.ts';

/** An argument with which each call would do something, were it made. */
const ARGUMENTS: Readonly<Partial<Record<CallName, unknown>>> = {
  'app.openFolder': 'logs',
  'app.copyProblem': 'gateway',
  'settings.write': { shell: '/bin/false', recordInput: true },
  'clusters.connect': 'demo',
  'clusters.signIn': 'demo',
  'clusters.look': 'demo',
  'clusters.disconnect': 'demo',
  'terminals.open': { cluster: 'demo', namespace: 'payments', columns: 80, rows: 24 },
  'terminals.close': 'TERMINAL',
  'terminals.restart': 'TERMINAL',
  'terminals.setNamespace': { id: 'TERMINAL', namespace: 'shop' },
  'terminals.foreground': 'TERMINAL',
  'workspace.moved': { screen: 'settings', item: null, cluster: 'demo', terminal: null },
  'secrets.namespaces': 'demo',
  'secrets.list': { cluster: 'demo', namespace: null },
  'secrets.reveal': { cluster: 'demo', namespace: 'payments', name: 'payments-db', key: 'password', reason: 'x' },
  'approvals.shows': 'APPROVAL',
  'approvals.review': { id: 'APPROVAL', verdict: 'approve', comment: 'x' },
  'streams.end': { auditId: 'none', comment: null },
  'journal.query': { filter: {}, limit: 1 },
  'journal.copy': [1],
  'policy.accept': '0'.repeat(64),
  'policy.takeOver': { digest: '0'.repeat(64), parts: ['reading/list'] },
  'recordings.read': 'none',
  'recordings.play': 'none',
  'recordings.export': 'none',
};

/** What a page may know without a person's hand, for it shows it; and where in itself it says the person is. */
const WITHOUT_A_HAND: ReadonlySet<CallName> = new Set<CallName>([
  'app.info',
  'settings.read',
  'gateway.status',
  'clusters.list',
  'clusters.look',
  'terminals.list',
  'terminals.foreground',
  'workspace.placeAtStart',
  'workspace.moved',
  'secrets.namespaces',
  'secrets.list',
  'approvals.list',
  'approvals.earlier',
  'streams.list',
  'journal.query',
  'recordings.list',
  'policy.state',
  'policy.waiting',
  'policy.upgrade',
]);

/** A hand that was there counts for five seconds (`main/bridge/hands.ts`), and the terminal was opened by one. */
const HANDS_ARE_GONE_MS = 5_500;

const CLIPBOARD = 'what was on the clipboard';

/** A change of the policy that waits for the person. */
const OPEN = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: everything}
spec:
  rules:
  - {id: all, effect: allow, match: {}}
`;

test('case 62: a script in the main document makes every call of the contract, and nothing is done', async ({
  demo,
}) => {
  await prepare(demo);
  const before = await state(demo);
  const script = (name: CallName, argument: unknown) =>
    demo.window.evaluate((asked) => Reflect.get(globalThis, 'gatehouse').invoke(asked.name, asked.argument), {
      name,
      argument,
    });
  await tryEverything(demo, script);
  // A click that a script makes up is none.
  await demo.window.evaluate(() => {
    for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click']) {
      document.body.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, view: window }));
    }
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    document.querySelector('button')?.click();
  });
  expect(await codeOf(script('terminals.open', ARGUMENTS['terminals.open']))).toBe('gesture-required');
  expect(await state(demo)).toEqual(before);
});

test('case 62: the same from a window of the main document whose preload keeps nothing back', async ({
  demo,
  home,
}) => {
  await prepare(demo);
  const before = await state(demo);
  const hostile = await openHostileWindow(demo.electron, home);
  await tryEverything(demo, (name, argument) =>
    hostile.evaluate((asked) => Reflect.get(globalThis, 'raw').invoke('gatehouse:call', asked.name, asked.argument), {
      name,
      argument,
    }),
  );
  expect(await state(demo)).toEqual(before);
});

test('case 62: one click opens one terminal, however often a script asks on the strength of it', async ({ demo }) => {
  const { window, gatehouse, electron } = demo;
  await answerDialogs(electron);
  await gatehouse.open('Activity');
  const codes = await window.evaluate(async (argument) => {
    const { invoke } = Reflect.get(globalThis, 'gatehouse');
    const replies = await Promise.all(Array.from({ length: 20 }, () => invoke('terminals.open', argument)));
    return replies.map((reply) => (reply.ok ? 'answered' : reply.problem.code));
  }, ARGUMENTS['terminals.open']);
  expect(codes.filter((code) => code === 'answered')).toHaveLength(1);
  expect(new Set(codes)).toEqual(new Set(['answered', 'gesture-required']));
});

test('case 62: what is asked about natively is done on a yes, and says what it is', async ({ demo }) => {
  const { gatehouse, electron, window } = demo;
  await answerDialogs(electron, 0);
  await gatehouse.open('Settings');
  await window.getByRole('textbox', { name: 'Shell' }).fill('/bin/dash');
  await window.getByRole('textbox', { name: 'Shell' }).press('Enter');
  await expect.poll(() => dialogMessages(electron)).toEqual(['Run "/bin/dash" in new terminals?']);
  expect(await gatehouse.invoke('settings.read', undefined)).toMatchObject({ value: { shell: '/bin/dash' } });

  await answerDialogs(electron, 1);
  await window.getByRole('switch', { name: 'Record what is typed' }).click({ force: true });
  await expect.poll(() => dialogMessages(electron)).toEqual(['Record what is typed?']);
  await expect(window.getByRole('switch', { name: 'Record what is typed' })).not.toBeChecked();
  await window.getByRole('textbox', { name: 'Shell' }).fill('/bin/sh');
  await window.getByRole('textbox', { name: 'Shell' }).press('Enter');
  // No: the field goes back to what is so.
  await expect(window.getByRole('textbox', { name: 'Shell' })).toHaveValue('/bin/dash');
  expect(await gatehouse.invoke('settings.read', undefined)).toMatchObject({
    value: { shell: '/bin/dash', recordInput: false },
  });
});

test('case 62: a page that asks without end puts one dialog on the screen for each deed of a person', async ({
  demo,
}) => {
  const { gatehouse, electron, window } = demo;
  await answerDialogs(electron);
  await gatehouse.open('Activity');
  const flood = (calls: ReadonlyArray<readonly [CallName, unknown]>) =>
    window.evaluate(async (asked) => {
      const { invoke } = Reflect.get(globalThis, 'gatehouse');
      const all = () => asked.map(([name, argument]) => invoke(name, argument));
      await Promise.all([...all(), ...all(), ...all()]);
      await Promise.all(all());
    }, calls);
  const shells = Array.from({ length: 30 }, (_, index) => ['settings.write', { shell: `/bin/${index}` }] as const);
  await window.waitForTimeout(HANDS_ARE_GONE_MS);
  await flood([...shells, ['gateway.restart', undefined], ['terminals.open', ARGUMENTS['terminals.open']]]);
  expect(await dialogMessages(electron)).toEqual(['Run "/bin/0" in new terminals?']);
  await gatehouse.sidebar.getByRole('button', { name: 'Settings' }).focus();
  await window.keyboard.press('Shift');
  await window.evaluate(() => Reflect.get(globalThis, 'gatehouse').invoke('settings.write', { recordInput: true }));
  await flood(shells);
  expect(await dialogMessages(electron)).toEqual(['Run "/bin/0" in new terminals?', 'Record what is typed?']);
});

test('case 62: in a window of a hostile main document the documents that decide decide nothing, and no port comes', async ({
  demo,
  home,
}) => {
  await prepare(demo);
  const { gatehouse, electron } = demo;
  const before = await state(demo);
  const approvals = await gatehouse.invoke('approvals.list', undefined);
  const terminals = await gatehouse.invoke('terminals.list', undefined);
  const approval = (approvals.ok && approvals.value[0]?.id) || 'none';
  const terminal = (terminals.ok && terminals.value[0]?.id) || 'none';
  const hostile = await openHostileWindow(electron, home);

  await test.step('it shows the request in a frame of its own, and presses all that a script can press', async () => {
    await hostile.evaluate(() => {
      const frame = document.createElement('iframe');
      frame.src = 'app://approvals/index.html';
      frame.title = 'hostile request';
      frame.style.cssText = 'position: fixed; inset: 0; width: 700px; height: 600px; z-index: 99; background: white';
      document.body.append(frame);
    });
    const request = hostile.frameLocator('iframe[title="hostile request"]');
    await expect(request.getByRole('main', { name: 'The request' })).toBeVisible();
    await hostile.evaluate((id) => {
      const frame = document.querySelector<HTMLIFrameElement>('iframe[title="hostile request"]');
      frame?.contentWindow?.postMessage({ type: 'showApproval', id }, '*');
    }, approval);
    await expect(request.getByRole('button', { name: 'Approve once' })).toBeVisible();
    const codes = await hostile.evaluate(async (id) => {
      const raw = Reflect.get(globalThis, 'raw');
      const frame = document.querySelector<HTMLIFrameElement>('iframe[title="hostile request"]');
      for (const type of ['approve', 'confirm', 'focus', 'key', 'decide']) {
        frame?.contentWindow?.postMessage({ type, id, key: 'a', verdict: 'approve' }, '*');
      }
      for (const type of ['pointerdown', 'mousedown', 'mouseup', 'click']) {
        frame?.dispatchEvent(new MouseEvent(type, { bubbles: true, clientX: 60, clientY: 560 }));
      }
      frame?.focus();
      const calls = [
        ['approvals.shows', id],
        ['approvals.review', { id, verdict: 'approve', comment: 'x' }],
      ];
      const replies = await Promise.all(calls.map(([name, argument]) => raw.invoke('gatehouse:call', name, argument)));
      return replies.map((reply) => reply.problem?.code ?? 'done');
    }, approval);
    expect(codes).toEqual(['sender-refused', 'sender-refused']);
  });

  await test.step('it asks for the bytes of the terminal in each way that there is', async () => {
    await hostile.evaluate(async (id) => {
      const raw = Reflect.get(globalThis, 'raw');
      for (const arguments_ of [[], [id], [{ id }], [`app://terminal/index.html?id=${id}`], [null]]) {
        raw.send('gatehouse:attach-terminal', ...arguments_);
      }
      const frame = document.createElement('iframe');
      frame.src = `app://terminal/index.html?id=${id}`;
      frame.title = 'hostile terminal';
      frame.style.cssText = 'position: fixed; inset: auto 0 0 auto; width: 500px; height: 300px; z-index: 100';
      document.body.append(frame);
    }, terminal);
    const frame = hostile.frameLocator('iframe[title="hostile terminal"]');
    await frame.locator('.xterm-screen').click();
    await hostile.keyboard.type('echo typed-in-a-hostile-window');
    await hostile.keyboard.press('Enter');
    // Main answers in turn.
    await hostile.evaluate(() => Reflect.get(globalThis, 'raw').invoke('gatehouse:call', 'terminals.list'));
    expect(await hostile.evaluate(() => Reflect.get(globalThis, 'raw').ports())).toBe(0);
  });

  await test.step('it opens no window, of the policy or of anything', async () => {
    expect(await hostile.evaluate(() => open('app://policy/index.html'))).toBeNull();
  });

  await electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()
      .find((window) => window.getTitle() === 'hostile')
      ?.destroy(),
  );
  expect(readRecordings(demo.folders.recordings).output).not.toContain('typed-in-a-hostile-window');
  expect(await state(demo)).toEqual(before);
});

test('case 62: a real click that a script uses opens the policy window once, and accepts nothing in it', async ({
  demo,
}) => {
  const { gatehouse, electron, window, folders } = demo;
  await answerDialogs(electron);
  writeFileSync(join(folders.root, 'policy/open.yaml'), OPEN);
  await expect(gatehouse.notices).toContainText('A change of the policy waits for you');
  const opening = electron.waitForEvent('window');
  await window.evaluate(() => {
    const { invoke } = Reflect.get(globalThis, 'gatehouse');
    addEventListener('pointerdown', () => {
      for (let turn = 0; turn < 20; turn += 1) void invoke('policy.review', undefined);
    });
  });
  await gatehouse.open('Activity');
  const policy = await opening;
  const accept = policy.getByRole('button', { name: 'Accept the change' });
  await expect(accept).toBeDisabled();
  await expect(accept).toBeEnabled();
  const waits = await gatehouse.invoke('policy.waiting', undefined);
  const digest = waits.ok && waits.value !== null ? waits.value.digest : '';
  expect(await codeOf(gatehouse.invoke('policy.accept', digest))).toMatch(/^(gesture-required|sender-refused)$/);

  await test.step('brought to the front once more, it begins anew', async () => {
    // The system says so to the page; under test no window manager does.
    await policy.evaluate(() => globalThis.dispatchEvent(new Event('focus')));
    await expect(accept).toBeDisabled();
    await expect(accept).toBeEnabled();
  });
  await gatehouse.open('Settings');
  await gatehouse.open('Activity');
  expect(electron.windows()).toHaveLength(2);
  expect(await gatehouse.invoke('policy.waiting', undefined)).toEqual(waits);
});

/** A terminal is open, a request waits, the clipboard has something on it, and no hand has touched the window lately. */
async function prepare({ terminal, gatehouse, electron, window }: DemoApp): Promise<void> {
  await answerDialogs(electron);
  await terminal.type('kubectl delete namespace storefront');
  await expect(gatehouse.waiting).toBeVisible();
  await electron.evaluate(({ clipboard }, text) => clipboard.writeText(text), CLIPBOARD);
  await window.waitForTimeout(HANDS_ARE_GONE_MS);
}

/** Makes each call of the contract: those that read are answered, and no other is. */
async function tryEverything(
  { gatehouse, electron }: DemoApp,
  invoke: (name: CallName, argument: unknown) => Promise<unknown>,
): Promise<void> {
  const terminals = await gatehouse.invoke('terminals.list', undefined);
  const approvals = await gatehouse.invoke('approvals.list', undefined);
  const named = (argument: unknown) => {
    const text = JSON.stringify(argument ?? null)
      .replace('TERMINAL', (terminals.ok && terminals.value[0]?.id) || 'none')
      .replace('APPROVAL', (approvals.ok && approvals.value[0]?.id) || 'none');
    return argument === undefined ? undefined : JSON.parse(text);
  };
  for (const name of Object.keys(calls) as CallName[]) {
    const code = await codeOf(invoke(name, named(ARGUMENTS[name])));
    if (WITHOUT_A_HAND.has(name)) expect(code, name).toBe('answered');
    // The settings are answered as they are, for the person did not say yes.
    else if (name === 'settings.write') expect(code).toBe('answered');
    else expect(code, name).toMatch(/^(gesture-required|sender-refused|recording-unknown)$/);
  }
  expect(await dialogMessages(electron), 'after a no nothing more is asked').toHaveLength(1);
}

async function codeOf(reply: Promise<unknown>): Promise<string> {
  const answered = (await reply) as { ok: boolean; problem?: { code: string } };
  return answered.ok ? 'answered' : (answered.problem?.code ?? 'no code');
}

/** All that a hostile page would want to have changed. */
async function state({ gatehouse, electron, folders }: DemoApp): Promise<unknown> {
  const policy = join(folders.root, 'policy');
  const approvals = await gatehouse.invoke('approvals.list', undefined);
  const clusters = await gatehouse.invoke('clusters.list', undefined);
  return {
    settings: await gatehouse.invoke('settings.read', undefined),
    terminals: await gatehouse.invoke('terminals.list', undefined),
    // Looking at a cluster is nobody's harm, and says when it was.
    clusters: clusters.ok ? clusters.value.map((cluster) => ({ ...cluster, reach: null })) : clusters,
    approvals: approvals.ok ? approvals.value.map(({ id, state: now }) => [id, now]) : approvals,
    waitingPolicy: await gatehouse.invoke('policy.waiting', undefined),
    streams: await gatehouse.invoke('streams.list', undefined),
    policy: readdirSync(policy).map((file) => [file, readFileSync(join(policy, file), 'utf8')]),
    clipboard: await electron.evaluate(({ clipboard }) => clipboard.readText()),
    windows: await electron.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((window) => window.getTitle() !== 'hostile').length,
    ),
  };
}

/**
 * The main document once more, with all of `ipcRenderer` in the page's hands: a renderer whose preload is gone around. Frames
 * of other origins are other processes, and keep theirs.
 */
async function openHostileWindow(electron: ElectronApplication, home: string): Promise<Page> {
  const preload = join(home, 'hostile-preload.cjs');
  const own = readFileSync(resolve(import.meta.dirname, '../../out/preload/index.cjs'), 'utf8');
  writeFileSync(
    preload,
    `if (location.host === 'gatehouse') {
       const { contextBridge, ipcRenderer } = require('electron');
       let ports = 0;
       ipcRenderer.on('gatehouse:terminal-port', (event) => { ports += event.ports.length; });
       const invoke = (name, argument) => ipcRenderer.invoke('gatehouse:call', name, argument);
       contextBridge.exposeInMainWorld('gatehouse', { invoke, on: () => () => undefined, attach: () => undefined });
       contextBridge.exposeInMainWorld('raw', {
         invoke: (...all) => ipcRenderer.invoke(...all),
         send: (...all) => ipcRenderer.send(...all),
         ports: () => ports,
       });
     } else {
       (() => {${own}
       })();
     }`,
  );
  const opening = electron.waitForEvent('window');
  await electron.evaluate(({ BrowserWindow }, path) => {
    const window = new BrowserWindow({
      title: 'hostile',
      webPreferences: { preload: path, sandbox: true, contextIsolation: true, nodeIntegrationInSubFrames: true },
    });
    window.on('page-title-updated', (event) => event.preventDefault());
    return window.loadURL('app://gatehouse/index.html');
  }, preload);
  const page = await opening;
  await page.waitForFunction(() => 'raw' in globalThis);
  return page;
}
