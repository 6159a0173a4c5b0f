import { describe, expect, test } from 'vitest';
import { type Argument, type CallName, calls } from '../../preload/contract.ts';
import { clusters, policyUpgrade } from './bridge-data.ts';
import { createBridgeDouble } from './bridge-double.ts';

/** An argument for each call that takes one; main's own schema says whether it fits. */
const ARGUMENTS: { readonly [Name in CallName]?: Argument<Name> } = {
  'app.openFolder': 'logs',
  'app.copyProblem': 'gateway',
  'settings.write': { theme: 'dark' },
  'workspace.moved': { screen: 'clusters', item: 'demo', cluster: 'demo', terminal: null },
  'clusters.connect': 'staging',
  'clusters.disconnect': 'demo',
  'clusters.signIn': 'demo',
  'clusters.look': 'demo',
  'terminals.open': { cluster: 'demo', namespace: null, columns: 80, rows: 24 },
  'terminals.foreground': 'tdemo',
  'terminals.close': 'tdemo',
  'terminals.restart': 'tdemo',
  'terminals.setNamespace': { id: 'tdemo', namespace: 'shop' },
  'secrets.namespaces': 'demo',
  'secrets.list': { cluster: 'demo', namespace: 'shop' },
  'secrets.reveal': { cluster: 'demo', namespace: 'shop', name: 'stripe', key: 'api-key', reason: 'on call' },
  'approvals.shows': 'none',
  'approvals.review': { id: 'none', verdict: 'deny', comment: null },
  'streams.end': { auditId: 'none', comment: null },
  'journal.query': { filter: {}, limit: 10 },
  'journal.copy': [7],
  'policy.accept': 'f'.repeat(64),
  'signIn.answer': { id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', text: '123456' },
  'signIn.cancel': { id: '7c9e6679-7425-40de-944b-e07fc1f90ae7' },
  'policy.takeOver': { digest: policyUpgrade.digest, parts: ['never/bootstrap'] },
  'recordings.read': 'r-2',
  'recordings.play': 'r-2',
  'recordings.export': 'r-2',
};
/** Those that the double answers with a problem, so that the screens that show one can be seen. */
const PROBLEMS: Partial<Record<CallName, string>> = {
  'app.openFolder': 'folder-missing',
  'approvals.review': 'approval-not-pending',
};
const answered = (Object.keys(calls) as CallName[]).filter((name) => name !== 'secrets.reveal');

describe("the screens' double of the bridge", () => {
  test.each(answered)('answers %s', async (name) => {
    const argument = ARGUMENTS[name] as Argument<typeof name>;
    expect(calls[name].argument.safeParse(argument).success).toBe(true);
    const code = PROBLEMS[name];
    const expected = code === undefined ? { ok: true } : { ok: false, problem: { code } };
    expect(await createBridgeDouble().invoke(name, argument)).toMatchObject(expected);
  });

  test.each([
    ['approve', { ok: true, value: { encoding: 'utf8' } }],
    ['deny', { ok: false, problem: { code: 'approval-denied' } }],
  ] as const)('reveals a value only once its request was decided: %s', async (verdict, expected) => {
    const bridge = createBridgeDouble();
    const asked: string[] = [];
    bridge.on('approvals.changed', ({ id, state }) => state === 'PENDING' && asked.push(id));
    const reveal = bridge.invoke('secrets.reveal', ARGUMENTS['secrets.reveal'] as Argument<'secrets.reveal'>);
    const [id = ''] = asked;
    await bridge.invoke('approvals.review', { id, verdict, comment: null });
    expect(await reveal).toMatchObject(expected);
  });

  test('tells what a call changed, until the listener is taken off', async () => {
    const bridge = createBridgeDouble();
    const told: string[][] = [];
    const off = bridge.on('clusters.changed', (entries) =>
      told.push(entries.filter(({ state }) => state === 'connected').map(({ slug }) => slug)),
    );
    await bridge.invoke('clusters.connect', 'staging');
    off();
    await bridge.invoke('clusters.disconnect', 'staging');
    const before = clusters.filter(({ state }) => state === 'connected').map(({ slug }) => slug);
    expect(told).toEqual([expect.arrayContaining([...before, 'staging'])]);
  });
});
