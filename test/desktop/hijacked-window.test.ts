import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { type CallName, calls } from '../../preload/contract.ts';
import { type DemoApp, expect, test } from './launch/demo-test.ts';
import { answerDialogs, dialogMessages } from './launch/system-dialogs.ts';

/** An argument with which each call would do something, were it made. */
const ARGUMENTS: Readonly<Partial<Record<CallName, unknown>>> = {
  'app.openFolder': 'logs',
  'app.copyProblem': 'gateway',
  'settings.write': { shell: '/bin/false', recordInput: true },
  'clusters.connect': 'demo',
  'clusters.disconnect': 'demo',
  'terminals.open': { cluster: 'demo', namespace: 'payments', columns: 80, rows: 24 },
  'terminals.close': 'TERMINAL',
  'terminals.restart': 'TERMINAL',
  'terminals.setNamespace': { id: 'TERMINAL', namespace: 'shop' },
  'secrets.namespaces': 'demo',
  'secrets.list': { cluster: 'demo', namespace: null },
  'secrets.reveal': { cluster: 'demo', namespace: 'payments', name: 'payments-db', key: 'password', reason: 'x' },
  'approvals.review': { id: 'APPROVAL', verdict: 'approve', comment: 'x' },
  'streams.end': { auditId: 'none', comment: null },
  'journal.query': { filter: {}, limit: 1 },
  'journal.copy': [1],
  'policy.takeOver': { digest: '0'.repeat(64), parts: ['reading/list'] },
  'recordings.read': 'none',
  'recordings.play': 'none',
  'recordings.export': 'none',
};

/** What a page may know without a person's hand: it shows it. */
const READS: ReadonlySet<CallName> = new Set<CallName>([
  'app.info',
  'settings.read',
  'gateway.status',
  'clusters.list',
  'terminals.list',
  'secrets.namespaces',
  'secrets.list',
  'approvals.list',
  'streams.list',
  'journal.query',
  'recordings.list',
  'policy.state',
  'policy.upgrade',
]);

/** A hand that was there counts for five seconds (`main/bridge/hands.ts`), and the terminal was opened by one. */
const HANDS_ARE_GONE_MS = 5_500;

const CLIPBOARD = 'what was on the clipboard';

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
    if (READS.has(name)) expect(code, name).toBe('answered');
    // The settings are answered as they are, for the person said no.
    else if (name === 'settings.write') expect(code).toBe('answered');
    else expect(code, name).toMatch(/^(gesture-required|sender-refused|recording-unknown)$/);
  }
  expect(await dialogMessages(electron)).toContain('Run "/bin/false" in new terminals?');
}

async function codeOf(reply: Promise<unknown>): Promise<string> {
  const answered = (await reply) as { ok: boolean; problem?: { code: string } };
  return answered.ok ? 'answered' : (answered.problem?.code ?? 'no code');
}

/** All that a hostile page would want to have changed. */
async function state({ gatehouse, electron, folders }: DemoApp): Promise<unknown> {
  const policy = join(folders.root, 'policy');
  const approvals = await gatehouse.invoke('approvals.list', undefined);
  return {
    settings: await gatehouse.invoke('settings.read', undefined),
    terminals: await gatehouse.invoke('terminals.list', undefined),
    clusters: await gatehouse.invoke('clusters.list', undefined),
    approvals: approvals.ok ? approvals.value.map(({ id, state: now }) => [id, now]) : approvals,
    streams: await gatehouse.invoke('streams.list', undefined),
    policy: readdirSync(policy).map((file) => [file, readFileSync(join(policy, file), 'utf8')]),
    clipboard: await electron.evaluate(({ clipboard }) => clipboard.readText()),
    windows: await electron.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().filter((window) => window.getTitle() !== 'hostile').length,
    ),
  };
}

/** The main document once more, with all of `ipcRenderer` in the page's hands: a renderer whose preload is gone around. */
async function openHostileWindow(electron: ElectronApplication, home: string): Promise<Page> {
  const preload = join(home, 'hostile-preload.cjs');
  writeFileSync(
    preload,
    `const { contextBridge, ipcRenderer } = require('electron');
     const invoke = (name, argument) => ipcRenderer.invoke('gatehouse:call', name, argument);
     contextBridge.exposeInMainWorld('gatehouse', { invoke, on: () => () => undefined, attachTerminal: () => undefined });
     contextBridge.exposeInMainWorld('raw', {
       invoke: (...all) => ipcRenderer.invoke(...all),
       send: (...all) => ipcRenderer.send(...all),
     });`,
  );
  const opening = electron.waitForEvent('window');
  await electron.evaluate(({ BrowserWindow }, path) => {
    const window = new BrowserWindow({
      title: 'hostile',
      webPreferences: { preload: path, sandbox: true, contextIsolation: true },
    });
    window.on('page-title-updated', (event) => event.preventDefault());
    return window.loadURL('app://gatehouse/index.html');
  }, preload);
  const page = await opening;
  await page.waitForFunction(() => 'raw' in globalThis);
  return page;
}
