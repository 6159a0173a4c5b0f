import { describe, expect, test } from 'vitest';
import type { CallName } from '../../../preload/contract.ts';
import { calls } from '../../../preload/contract.ts';
import * as data from '../../renderer/bridge-data.ts';
import { caller, cluster, pending, REFERENCE, setUp } from './call-doubles.ts';

type Step = readonly unknown[];
const size = { columns: 80, rows: 24 };
const secret = { cluster: 'staging', namespace: 'web', name: 'db', key: 'password', reason: 'on call' };
const outside = { kind: 'outside', id: 'outside', cluster: null, namespace: null, writeTo: null };
const opened = { cluster: 'staging', namespace: 'web', ...size };

/** A call, its argument, the steps that it takes at the services, and its answer. */
const place = { screen: 'secrets', item: 'web/stripe', cluster: 'staging', terminal: null } as const;
const answer = { id: REFERENCE, text: 'open sesame' };
const table: ReadonlyArray<readonly [CallName, unknown, readonly Step[], unknown]> = [
  ['app.info', undefined, [['appInfo']], data.info],
  ['app.openFolder', 'recordings', [['openPath', '/app/recs']], undefined],
  ['app.openLicences', undefined, [['openPath', '/app/licences.txt']], undefined],
  [
    'app.copyProblem',
    { reference: REFERENCE },
    [
      ['problemDetails', REFERENCE],
      ['copy', 'code: port-taken'],
    ],
    undefined,
  ],
  [
    'app.copyReport',
    undefined,
    [
      ['gateway.call', 'policy', undefined],
      ['gateway.status'],
      ['clusters.entries'],
      ['appInfo'],
      ['copy', expect.stringContaining(`Gatehouse ${data.info.version}\n`)],
    ],
    undefined,
  ],
  ['settings.read', undefined, [], expect.objectContaining({ theme: 'system', revealSeconds: 30 })],
  [
    'settings.write',
    { theme: 'dark' },
    [
      ['settings.write', { theme: 'dark' }],
      ['followTheme', 'dark'],
    ],
    expect.objectContaining({ theme: 'dark', revealSeconds: 30 }),
  ],
  ['gateway.status', undefined, [['gateway.status']], data.gateway],
  ['gateway.restart', undefined, [['gateway.restart']], undefined],
  ['clusters.list', undefined, [['clusters.refresh']], [cluster]],
  ['clusters.addKubeconfig', undefined, [['chooseKubeconfigs'], ['clusters.refresh']], [cluster]],
  ['clusters.connect', 'staging', [['clusters.connect', 'staging']], cluster],
  ['workspace.placeAtStart', undefined, [['workspace.placeAtStart']], null],
  ['workspace.moved', place, [['workspace.moved', place]], undefined],
  ['clusters.signIn', 'staging', [['reachWatch.lookNow', 'staging', 'signing-in']], cluster],
  ['clusters.signIn', 'signed-out', [['clusters.connect', 'signed-out']], cluster],
  ['clusters.look', 'staging', [['reachWatch.lookNow', 'staging', 'quietly']], undefined],
  ['clusters.disconnect', 'staging', [['clusters.disconnect', 'staging']], undefined],
  ['clusters.startDemo', undefined, [['clusters.startDemo']], cluster],
  ['clusters.stopDemo', undefined, [['clusters.stopDemo']], undefined],
  [
    'clusters.copyOutsideLine',
    undefined,
    [
      ['gateway.openAccess', outside],
      ['copy', "export KUBECONFIG='/home/dana/kubeconfigs/outside.yaml'"],
    ],
    "export KUBECONFIG='/home/dana/kubeconfigs/outside.yaml'",
  ],
  ['terminals.list', undefined, [['terminals.entries']], data.terminals],
  ['terminals.open', opened, [['terminals.open', opened]], expect.objectContaining({ cluster: 'staging' })],
  ['terminals.foreground', 't-1', [['terminals.foreground', 't-1']], 'kubectl'],
  ['terminals.close', 't-1', [['terminals.close', 't-1']], undefined],
  ['terminals.restart', 't-1', [['terminals.restart', 't-1']], expect.objectContaining({ id: 't-2' })],
  [
    'terminals.setNamespace',
    { id: 't-1', namespace: 'payments' },
    [['terminals.setNamespace', 't-1', 'payments']],
    expect.objectContaining({ namespace: 'payments' }),
  ],
  ['secrets.namespaces', 'staging', [['secrets.namespaces', 'staging']], data.namespaces],
  ['secrets.list', { cluster: 'staging', namespace: 'web' }, [['secrets.list', 'staging', 'web']], data.secrets],
  ['secrets.list', { cluster: 'staging', namespace: null }, [['secrets.list', 'staging', null]], data.secrets],
  [
    'secrets.reveal',
    secret,
    [
      ['secrets.reveal', secret],
      ['protectContent', expect.any(Number)],
    ],
    expect.objectContaining({ encoding: 'utf8' }),
  ],
  ['approvals.list', undefined, [['gateway.call', 'approvals', undefined]], [pending]],
  ['approvals.shows', 'a-1', [], undefined],
  [
    'approvals.earlier',
    undefined,
    [
      ['gateway.call', 'approvals', undefined],
      ['gateway.call', 'journal', { filter: { types: ['approval'] }, limit: 200, before: null }],
      [
        'gateway.call',
        'journal',
        { filter: { types: ['decided'], outcome: 'requireApproval' }, limit: 200, before: null },
      ],
    ],
    [],
  ],
  [
    'approvals.review',
    { id: 'a-1', verdict: 'deny', comment: 'not now' },
    [['gateway.call', 'review', { id: 'a-1', verdict: 'deny', comment: 'not now', by: 'local:dana' }]],
    expect.objectContaining({ id: 'a-1' }),
  ],
  ['streams.list', undefined, [['gateway.call', 'streams', undefined]], data.streams],
  [
    'streams.end',
    { auditId: 's-1', comment: null },
    [['gateway.call', 'endStream', { auditId: 's-1', comment: null, by: 'local:dana' }]],
    true,
  ],
  [
    'journal.query',
    { filter: { text: 'pods' }, limit: 100, before: 7 },
    [['gateway.call', 'journal', { filter: { text: 'pods' }, limit: 100, before: 7 }]],
    data.journal.slice(0, 2),
  ],
  [
    'journal.copy',
    [data.journal[0]?.seq],
    [
      ['gateway.call', 'journal', { filter: {}, limit: 1, before: (data.journal[0]?.seq ?? 0) + 1 }],
      ['copy', JSON.stringify(data.journal[0], null, 2)],
    ],
    undefined,
  ],
  ['recordings.list', undefined, [['recordings.list']], data.recordings],
  [
    'recordings.read',
    'r-1',
    [
      ['recordings.requireOwn', 'r-1', caller.sender],
      ['recordings.read', 'r-1'],
    ],
    data.recording,
  ],
  ['recordings.play', 'r-1', [['recordings.play', 'r-1']], undefined],
  [
    'recordings.export',
    'r-1',
    [
      ['recordings.requireOwn', 'r-1', caller.sender],
      ['recordings.export', 'r-1', caller.sender],
    ],
    undefined,
  ],
  ['signIn.question', undefined, [['gateway.signIn']], null],
  ['signIn.answer', answer, [['gateway.call', 'answerSignIn', answer]], undefined],
  ['signIn.cancel', { id: REFERENCE }, [['gateway.call', 'cancelSignIn', { id: REFERENCE }]], undefined],
  ['policy.state', undefined, [['gateway.call', 'policy', undefined]], data.policy],
  ['policy.upgrade', undefined, [['gateway.call', 'policyUpgrade', undefined]], data.policyUpgrade],
  [
    'policy.takeOver',
    { digest: data.policyUpgrade.digest, parts: ['never/bootstrap'] },
    [
      ['gateway.call', 'policyUpgrade', undefined],
      ['confirm', expect.objectContaining({ message: 'Take over 1 rule?' })],
      [
        'gateway.call',
        'takeOverPolicy',
        { digest: data.policyUpgrade.digest, parts: ['never/bootstrap'], by: 'local:dana' },
      ],
    ],
    data.takenOver,
  ],
  ['policy.waiting', undefined, [['gateway.call', 'waitingPolicy', undefined]], data.waitingPolicy],
  ['policy.review', undefined, [['reviewPolicy']], undefined],
  [
    'policy.accept',
    data.waitingPolicy.digest,
    [['gateway.call', 'acceptPolicy', { digest: data.waitingPolicy.digest, by: 'local:dana' }]],
    data.policy,
  ],
];

describe('each call of the contract', () => {
  test.each(table)('%s %j takes its steps and hands on their answer', async (name, argument, expected, answer) => {
    const { handlers, steps, shownApprovals, world } = setUp();
    shownApprovals.shows(caller.frame, 'a-1');
    world.now = 10_000;
    const handler = handlers[name] as (argument: unknown, from: typeof caller) => unknown;
    expect(await handler(argument, caller)).toEqual(answer);
    expect(steps).toEqual(expected);
  });

  test('is in this table', () => {
    expect([...new Set(table.map(([name]) => name))].sort()).toEqual(Object.keys(calls).sort());
  });
});
