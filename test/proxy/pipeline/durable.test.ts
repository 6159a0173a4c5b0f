import { describe, expect, it } from 'vitest';
import { ACT_AS_CI, MERGE, POD_PATH, PODS_PATH, podCluster, SECRET_PATH, secret } from './objects.ts';
import type { ClientRequest } from './outer-edges.ts';
import {
  ALLOW_ALL,
  ASK_ALL,
  ASK_TO_ACT_AS,
  DENY_ALL,
  diskIsFull,
  MASK_SECRETS,
  pipeline,
  type Surroundings,
  startPipe,
} from './pipeline.ts';

const EXEC = startPipe().request();
const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0' } };

describe('what must be on the disk before the cluster hears of it', () => {
  it.each<[string, boolean, ClientRequest, Surroundings]>([
    ['a read that policy allows: only written', false, { target: PODS_PATH }, {}],
    ['a HEAD that policy allows: only written', false, { method: 'HEAD', target: PODS_PATH }, {}],
    ['a watch that policy allows: only written', false, { target: `${PODS_PATH}?watch=true` }, {}],
    ['a create', true, { method: 'POST', target: PODS_PATH, body: pod }, {}],
    ['an update', true, { method: 'PUT', target: POD_PATH, body: pod }, {}],
    ['a patch', true, { method: 'PATCH', target: POD_PATH, headers: [MERGE], body: {} }, {}],
    ['a delete', true, { method: 'DELETE', target: POD_PATH }, {}],
    ['a write that is only rehearsed', true, { method: 'DELETE', target: `${POD_PATH}?dryRun=All` }, {}],
    ['an exec, which kubectl asks for with GET', true, EXEC, {}],
    ['an attach', true, { ...EXEC, target: `${POD_PATH}/attach?stdout=true` }, {}],
    ['a port-forward', true, { ...EXEC, target: `${POD_PATH}/portforward?ports=80` }, {}],
    ['a read that a person approved', true, { target: PODS_PATH }, { rules: ASK_ALL, person: { says: 'approve' } }],
    ['a read that a person denied', true, { target: PODS_PATH }, { rules: ASK_ALL, person: { says: 'deny' } }],
    ['a read that policy denies', true, { target: PODS_PATH }, { rules: DENY_ALL }],
    ['a read that cannot be read', true, { target: '/api/v1/../secrets' }, {}],
  ])('%s', async (_, durable, asked, surroundings) => {
    const gate = pipeline({ ...surroundings, cluster: () => ({ status: 404, body: {} }) });
    await gate.serve(asked);
    expect(gate.decided().map((record) => record.durable)).toEqual([durable]);
    expect(gate.finished().map((record) => record.durable)).toEqual([false]);
  });

  it.each<[string, ClientRequest, Surroundings]>([
    ['a read', { target: PODS_PATH }, {}],
    ['a write', { method: 'POST', target: PODS_PATH, body: pod }, {}],
    ['an exec', EXEC, {}],
    ['what was approved', { target: PODS_PATH }, { rules: ASK_ALL, person: { says: 'approve' } }],
    ['what policy denies', { target: PODS_PATH }, { rules: DENY_ALL }],
    ['what cannot be read', { target: '/api/v1/../secrets' }, {}],
  ])('%s that cannot be written down is not sent', async (_, asked, surroundings) => {
    const journal: Surroundings['journal'] = async ({ type }) => {
      if (type === 'decided') throw diskIsFull();
    };
    const gate = pipeline({ ...surroundings, journal });
    const got = await gate.serve(asked);
    expect([got.status, got.code()]).toEqual([503, 'journal-unavailable']);
    expect(gate.sent).toEqual([]);
    // No end of what has no beginning.
    expect([gate.decided(), gate.finished(), gate.recordings()]).toEqual([[], [], []]);
  });

  it('leaves the answer alone when only its end cannot be written down', async () => {
    const journal: Surroundings['journal'] = async ({ type }) => {
      if (type === 'finished') throw diskIsFull();
    };
    const gate = pipeline({ journal, cluster: () => ({ body: { kind: 'PodList' } }) });
    const got = await gate.serve({ target: PODS_PATH });
    expect([got.status, got.json()]).toEqual([200, { kind: 'PodList' }]);
  });
});

describe('while the journal cannot be written', () => {
  it('a write that would be looked at asks nothing of the cluster', async () => {
    const journalProblem = 'the disk is full';
    const gate = pipeline({ rules: ALLOW_ALL + ASK_TO_ACT_AS, journalProblem, cluster: podCluster() });
    const got = await gate.serve({ method: 'PATCH', target: POD_PATH, headers: [MERGE], body: ACT_AS_CI });
    expect([got.status, got.code()]).toEqual([503, 'journal-unavailable']);
    expect(got.json().message).toContain(journalProblem);
    expect(gate.sent).toEqual([]);
  });

  it('nor does one whose masks would be put back from what is there', async () => {
    const rules = ALLOW_ALL + MASK_SECRETS;
    const cluster = () => ({ body: secret() });
    const { data } = (await pipeline({ rules, cluster }).serve({ target: SECRET_PATH })).json();
    const gate = pipeline({ rules, cluster, journalProblem: 'the disk is full' });
    const got = await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers: [MERGE], body: { data } });
    expect([got.status, got.code()]).toEqual([503, 'journal-unavailable']);
    expect(gate.sent).toEqual([]);
  });
});
