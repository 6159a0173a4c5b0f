import { describe, expect, test } from 'vitest';
import { handleCalls } from '../../../main/bridge/handle-calls.ts';
import { HostError } from '../../../main/hosts/protocol.ts';
import { type CallHandlers, calls, type Reply } from '../../../preload/contract.ts';

type Frame = { origin: string; parent: unknown } | null;
const main: Frame = { origin: 'app://gatehouse', parent: null };

function setUp() {
  const made: Array<[string, unknown]> = [];
  const handlers = Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      (argument: unknown) => {
        made.push([name, argument]);
        if (name === 'policy.state') throw new HostError('host-unavailable', 'The gateway process is not running');
        return 'done';
      },
    ]),
  ) as unknown as CallHandlers;
  let listener: (event: unknown, ...args: unknown[]) => Promise<unknown> = async () => undefined;
  handleCalls(handlers, {
    handle: (_channel, given) => {
      listener = given as typeof listener;
    },
  });
  const invoke = (senderFrame: Frame, name: unknown, argument?: unknown) =>
    listener({ senderFrame, sender: {} }, name, argument) as Promise<Reply<unknown>>;
  return { made, invoke };
}

describe('a call of the bridge', () => {
  test('from our own document is made with the parsed argument', async () => {
    const { invoke, made } = setUp();
    const argument = { cluster: 'demo', namespace: 'payments', name: 'db', key: 'password', reason: '  on call  ' };
    expect(await invoke(main, 'secrets.reveal', argument)).toEqual({ ok: true, value: 'done' });
    expect(made).toEqual([['secrets.reveal', { ...argument, reason: 'on call' }]]);
  });

  test.each<[string, Frame, string]>([
    ['a frame that is gone', null, 'settings.read'],
    ['the terminal frame', { origin: 'app://terminal', parent: main }, 'settings.read'],
    ['a frame of our own origin inside another', { origin: 'app://gatehouse', parent: main }, 'settings.read'],
    ['a foreign page', { origin: 'https://example.com', parent: null }, 'settings.read'],
    ['the player, for anything but recordings', { origin: 'app://player', parent: null }, 'secrets.reveal'],
    ['the player, to accept a policy', { origin: 'app://player', parent: null }, 'policy.accept'],
    ['case 63: the main document, to accept a policy', main, 'policy.accept'],
    ['a frame in the window of the policy', { origin: 'app://policy', parent: main }, 'policy.accept'],
    ['the window of the policy, to approve', { origin: 'app://policy', parent: null }, 'approvals.review'],
    ['the window of the policy, to take over', { origin: 'app://policy', parent: null }, 'policy.takeOver'],
    ['the player, to approve', { origin: 'app://player', parent: null }, 'approvals.review'],
  ])('from %s is refused', async (_who, frame, name) => {
    const { invoke, made } = setUp();
    expect(await invoke(frame, name)).toMatchObject({ ok: false, problem: { code: 'sender-refused' } });
    expect(made).toEqual([]);
  });

  test('case 63: from the window of the policy shows a change and accepts it', async () => {
    const { invoke, made } = setUp();
    const window: Frame = { origin: 'app://policy', parent: null };
    expect(await invoke(window, 'policy.waiting')).toMatchObject({ ok: true });
    expect(await invoke(window, 'policy.accept', 'f'.repeat(64))).toMatchObject({ ok: true });
    expect(await invoke(window, 'policy.accept', 'whatever waits')).toMatchObject({ ok: false });
    expect(made).toEqual([
      ['policy.waiting', undefined],
      ['policy.accept', 'f'.repeat(64)],
    ]);
  });

  test('from the player reads a recording', async () => {
    const { invoke } = setUp();
    expect(await invoke({ origin: 'app://player', parent: null }, 'recordings.read', 'r-1')).toMatchObject({
      ok: true,
    });
  });

  test.each<[string, unknown]>([
    ['toString', undefined],
    ['__proto__', undefined],
    [undefined as unknown as string, undefined],
    ['app.quit', undefined],
  ])('that does not exist (%s) is refused', async (name, argument) => {
    expect(await setUp().invoke(main, name, argument)).toMatchObject({ ok: false, problem: { code: 'call-unknown' } });
  });

  test.each<[string, unknown]>([
    ['clusters.connect', '../../etc'],
    ['clusters.connect', { toString: 'demo' }],
    ['terminals.open', { cluster: 'demo', namespace: 'UPPER', columns: 80, rows: 24 }],
    ['terminals.open', { cluster: 'demo', namespace: null, columns: 1e9, rows: 24 }],
    ['secrets.reveal', { cluster: 'demo', namespace: 'a', name: 'b/../c', key: 'k', reason: 'r' }],
    ['secrets.reveal', { cluster: 'demo', namespace: 'a', name: 'b', key: 'k', reason: '   ' }],
    ['app.openFolder', '/etc'],
    ['recordings.read', '../journal'],
    ['settings.write', { revealSeconds: 1e6 }],
  ])('with an argument that the contract does not know is refused: %s %j', async (name, argument) => {
    const { invoke, made } = setUp();
    expect(await invoke(main, name, argument)).toMatchObject({ ok: false, problem: { code: 'argument-malformed' } });
    expect(made).toEqual([]);
  });

  test('that fails keeps its code and says what happened', async () => {
    const reply = await setUp().invoke(main, 'policy.state');
    expect(reply).toMatchObject({
      ok: false,
      problem: { code: 'host-unavailable', message: 'The gateway process is not running' },
    });
  });
});
