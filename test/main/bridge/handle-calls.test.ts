import { describe, expect, test } from 'vitest';
import { type Answering, handleCalls } from '../../../main/bridge/handle-calls.ts';
import { ToldProblems } from '../../../main/bridge/told-problems.ts';
import { HostError } from '../../../main/hosts/protocol.ts';
import {
  type CallHandlers,
  type CallName,
  calls,
  DOCUMENTS,
  type DocumentName,
  type Reply,
} from '../../../preload/contract.ts';

type Frame = { origin: string; parent: unknown } | null;
const main: Frame = { origin: 'app://gatehouse', parent: null };
const secret: Frame = { origin: 'app://secret', parent: main };

function setUp({ hand = true } = {}) {
  const made: Array<[string, unknown]> = [];
  const handlers = Object.fromEntries(
    Object.keys(calls).map((name) => [
      name,
      (argument: unknown) => {
        made.push([name, argument]);
        if (name === 'recordings.list') throw new TypeError('undefined is no list');
        if (name === 'policy.state') throw new HostError('host-unavailable', 'The gateway process is not running');
        return 'done';
      },
    ]),
  ) as unknown as CallHandlers;
  let listener: (event: unknown, ...args: unknown[]) => Promise<unknown> = async () => undefined;
  const hands: Answering['hands'] = {
    behind: async (_contents, call, run) => {
      if (!hand) throw new HostError('gesture-required', `No hand is behind ${call}`);
      return await run();
    },
  };
  const noted: string[] = [];
  const problems = new ToldProblems();
  handleCalls(
    { handlers, hands, problems, log: (line) => void noted.push(line) },
    {
      handle: (_channel, given) => {
        listener = given as typeof listener;
      },
    },
  );
  const invoke = (senderFrame: Frame, name: unknown, argument?: unknown) =>
    listener({ senderFrame, sender: {}, processId: 7, frameId: 3 }, name, argument) as Promise<Reply<unknown>>;
  return { made, invoke, noted, problems };
}

/** Each of our documents where it belongs. */
const FRAMES: Readonly<Record<DocumentName, Frame>> = {
  gatehouse: main,
  terminal: { origin: 'app://terminal', parent: main },
  player: { origin: 'app://player', parent: null },
  policy: { origin: 'app://policy', parent: null },
  'sign-in': { origin: 'app://sign-in', parent: null },
  approvals: { origin: 'app://approvals', parent: main },
  secret,
};

describe('case 62: a call is answered to the documents that the contract names for it, and refused to every other', () => {
  const table = DOCUMENTS.flatMap((document) =>
    (Object.keys(calls) as CallName[]).map((name) => [document, name] as const),
  );

  test.each(table)('%s: %s', async (document, name) => {
    const { invoke } = setUp();
    const reply = await invoke(FRAMES[document], name, { not: 'an argument' });
    const code = reply.ok ? 'answered' : reply.problem.code;
    if (calls[name].documents.includes(document)) expect(code).not.toBe('sender-refused');
    else expect(code).toBe('sender-refused');
  });

  test('the main document votes on nothing and reveals nothing, the terminal calls nothing', () => {
    const may = (document: DocumentName) =>
      (Object.keys(calls) as CallName[]).filter((name) => calls[name].documents.includes(document));
    expect(may('gatehouse')).not.toEqual(expect.arrayContaining(['approvals.review']));
    expect(may('gatehouse')).not.toEqual(expect.arrayContaining(['secrets.reveal']));
    expect(may('terminal')).toEqual([]);
    expect(may('policy').sort()).toEqual(['app.copyProblem', 'policy.accept', 'policy.waiting', 'settings.read']);
    expect(may('gatehouse')).not.toContain('policy.accept');
    const signingIn = ['signIn.answer', 'signIn.cancel', 'signIn.question'];
    expect(may('sign-in').sort()).toEqual(['app.copyProblem', 'settings.read', ...signingIn]);
    expect(may('player').sort()).toEqual(['app.copyProblem', 'recordings.export', 'recordings.read', 'settings.read']);
    const deciding = [
      'app.copyProblem',
      'approvals.list',
      'approvals.review',
      'approvals.shows',
      'clusters.list',
      'settings.read',
    ];
    expect(may('approvals').sort()).toEqual([...deciding, 'approvals.earlier'].sort());
    expect(may('secret').sort()).toEqual([...deciding, 'secrets.reveal'].sort());
  });
});

describe('a call of the bridge', () => {
  test('from our own document is made with the parsed argument', async () => {
    const { invoke, made } = setUp();
    const argument = { cluster: 'demo', namespace: 'payments', name: 'db', key: 'password', reason: '  on call  ' };
    expect(await invoke(secret, 'secrets.reveal', argument)).toEqual({ ok: true, value: 'done' });
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
    ['the main document, to answer a plugin', main, 'signIn.answer'],
    ['the main document, to read what a plugin asks', main, 'signIn.question'],
    ['a terminal, to answer a plugin', { origin: 'app://terminal', parent: main }, 'signIn.answer'],
    ['a frame that says it is the window of a plugin', { origin: 'app://sign-in', parent: main }, 'signIn.answer'],
    ['the window of a plugin, to approve', { origin: 'app://sign-in', parent: null }, 'approvals.review'],
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
    const from = name === 'secrets.reveal' ? secret : main;
    expect(await invoke(from, name, argument)).toMatchObject({ ok: false, problem: { code: 'argument-malformed' } });
    expect(made).toEqual([]);
  });

  test('that fails keeps its code and says what happened', async () => {
    const reply = await setUp().invoke(main, 'policy.state');
    expect(reply).toMatchObject({
      ok: false,
      problem: { code: 'host-unavailable', message: 'The gateway process is not running' },
    });
  });

  test('that fails is copied by its reference, in the words that were told', async () => {
    const { invoke, problems } = setUp();
    const reply = await invoke(main, 'policy.state');
    const problem = reply.ok ? null : reply.problem;
    expect(problems.details(problem?.reference ?? '')).toBe(problem?.details);
    expect(problem?.details).toContain('host-unavailable');
  });

  test('that fails by a fault of ours is noted in the log, and others are not', async () => {
    const { invoke, noted } = setUp();
    await invoke(main, 'policy.state');
    expect(noted).toEqual([]);
    await invoke(main, 'recordings.list');
    expect(noted).toEqual(['the call recordings.list failed']);
  });

  test('case 62: that does something is made with a hand behind it alone, and one that reads without', async () => {
    const { invoke, made } = setUp({ hand: false });
    for (const [name, argument] of [
      ['terminals.open', { cluster: 'demo', namespace: null, columns: 80, rows: 24 }],
      ['gateway.restart', undefined],
      ['streams.end', { auditId: 'x', comment: null }],
      ['app.copyReport', undefined],
      ['policy.takeOver', { digest: '0'.repeat(64), parts: ['reading/list'] }],
    ] as const) {
      expect(await invoke(main, name, argument), name).toMatchObject({
        ok: false,
        problem: { code: 'gesture-required' },
      });
    }
    expect(made).toEqual([]);
    expect(await invoke(main, 'terminals.list')).toMatchObject({ ok: true });
  });
});
