import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { Bridge, TerminalBridge } from '../../preload/contract.ts';

const listeners = new Map<string, Set<(event: unknown, ...args: unknown[]) => void>>();
const exposed = new Map<string, unknown>();
const sent: unknown[][] = [];
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value) },
  ipcRenderer: {
    invoke: async (...args: unknown[]) => args,
    send: (...args: unknown[]) => sent.push(args),
    on: (channel: string, listener: () => void) => {
      listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener));
    },
    off: (channel: string, listener: () => void) => listeners.get(channel)?.delete(listener),
  },
}));
const posted: unknown[][] = [];
vi.stubGlobal('window', { postMessage: (...args: unknown[]) => posted.push(args) });
const userActivation = { isActive: false };
vi.stubGlobal('navigator', { userActivation });

/** Runs preload anew, in a document at this address. */
async function load(address: string): Promise<void> {
  vi.resetModules();
  exposed.clear();
  listeners.clear();
  vi.stubGlobal('location', new URL(address));
  await import('../../preload/index.ts');
}
await load('app://gatehouse/index.html');

const bridge = () => exposed.get('gatehouse') as Bridge;
const raise = (channel: string, event: unknown, ...args: unknown[]) => {
  for (const listener of listeners.get(channel) ?? []) listener(event, ...args);
};

describe('the bridge', () => {
  beforeEach(async () => {
    sent.splice(0);
    posted.splice(0);
    await load('app://gatehouse/index.html');
  });

  test('is all that the page gets, and holds nothing of Electron', () => {
    expect([...exposed.keys()]).toEqual(['gatehouse']);
    expect(Object.keys(bridge()).sort()).toEqual(['invoke', 'on']);
  });

  test('passes calls to main', async () => {
    expect(await bridge().invoke('clusters.connect', 'demo')).toEqual(['gatehouse:call', 'clusters.connect', 'demo']);
  });

  test.each(['approvals.review', 'secrets.reveal', 'policy.accept'] as const)(
    'passes %s on only after a click or a key',
    async (name) => {
      const argument = { id: 'a-1' } as never;
      userActivation.isActive = false;
      expect(await bridge().invoke(name, argument)).toMatchObject({ ok: false, problem: { code: 'gesture-required' } });
      userActivation.isActive = true;
      expect(await bridge().invoke(name, argument)).toEqual(['gatehouse:call', name, argument]);
    },
  );

  test('gives a listener the payload of its event and never the event itself, until it is taken off', () => {
    const heard: unknown[][] = [];
    const off = bridge().on('navigate', (...args) => heard.push(args));
    raise('gatehouse:event', { sender: 'secret' }, 'navigate', { screen: 'approvals', item: null });
    raise('gatehouse:event', { sender: 'secret' }, 'policy.changed', {});
    off();
    raise('gatehouse:event', {}, 'navigate', { screen: 'settings', item: null });
    expect(heard).toEqual([[{ screen: 'approvals', item: null }]]);
  });

  test('never passes on the port of a terminal', () => {
    raise('gatehouse:terminal-port', { ports: [{}] });
    expect(posted).toEqual([]);
  });
});

test.each(['app://player/index.html', 'app://approvals/index.html', 'app://secret/index.html'])(
  'at %s the page gets calls and events',
  async (address) => {
    await load(address);
    expect(Object.keys(bridge()).sort()).toEqual(['invoke', 'on']);
  },
);

test.each(['https://example.com/', 'about:blank', 'app://elsewhere/', 'https://gatehouse/'])(
  'at %s the page gets nothing',
  async (address) => {
    await load(address);
    expect([...exposed.keys()]).toEqual([]);
  },
);

describe("the bridge of a terminal's own document", () => {
  beforeEach(async () => {
    sent.splice(0);
    posted.splice(0);
    await load('app://terminal/index.html?id=t-1');
  });

  test('asks for its port and can do nothing else: main knows which terminal it is', () => {
    const terminal = exposed.get('gatehouse') as TerminalBridge;
    expect(Object.keys(terminal)).toEqual(['attach']);
    terminal.attach();
    expect(sent).toEqual([['gatehouse:attach-terminal']]);
  });

  test('gets the port in its own window', () => {
    const port = {};
    raise('gatehouse:terminal-port', { ports: [port] });
    expect(posted).toEqual([[{ terminalPort: true }, '*', [port]]]);
  });
});
