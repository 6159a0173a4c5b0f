import { expect, it } from 'vitest';
import { failure, MERGE } from './objects.ts';
import { ALLOW_ALL, ASK_ALL, ASK_TO_ACT_AS, DENY_ALL, pipeline } from './pipeline.ts';

const NAMESPACE = '/api/v1/namespaces/shop';
const patch = {
  method: 'PATCH',
  target: NAMESPACE,
  headers: [MERGE],
  body: { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
} as const;
const SIGN = { code: 'namespace-pod-security', says: 'pod security of the namespace: enforces privileged' };

it('a write that is allowed has its signs on record, and costs no question', async () => {
  const gate = pipeline({ rules: ALLOW_ALL + ASK_TO_ACT_AS });
  await gate.serve(patch);
  expect(gate.decided()).toMatchObject([{ decision: { outcome: 'allow' }, signs: [SIGN] }]);
  expect(gate.sent.map(({ method }) => method)).toEqual(['PATCH']);
});

it('one that a person is asked about has them among the reasons too', async () => {
  const gate = pipeline({ rules: ALLOW_ALL + ASK_ALL, person: { says: 'deny' } });
  await gate.serve(patch);
  const [record] = gate.decided();
  expect(record?.signs).toEqual([SIGN]);
  expect(record?.decision.why).toContain(`  sign      ${SIGN.code}: ${SIGN.says}`);
});

it('one that the cluster refuses in its rehearsal has them', async () => {
  const body = { metadata: { name: 'a' }, spec: { nodeName: 'n1', serviceAccountName: 'ci' } };
  const gate = pipeline({
    rules: ALLOW_ALL + ASK_TO_ACT_AS,
    cluster: () => ({ status: 422, body: failure(422, 'no', { name: 'a', kind: 'Pod' }) }),
  });
  await gate.serve({ method: 'POST', target: `${NAMESPACE}/pods`, body });
  expect(gate.decided()).toMatchObject([
    { decision: { rule: 'cluster/dry-run' }, signs: [{ code: 'pod-placed-on-node' }] },
  ]);
});

it('one that the URL alone denies is not read, so it has those of its URL', async () => {
  const gate = pipeline({ rules: ALLOW_ALL + DENY_ALL });
  await gate.serve(patch);
  await gate.serve({ method: 'DELETE', target: '/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/p' });
  const [read, taken] = gate.decided();
  expect(read?.signs).toBeUndefined();
  expect(taken?.signs?.map(({ code }) => code)).toEqual(['network-policy-deleted']);
});

it('an ordinary write has none', async () => {
  const gate = pipeline();
  await gate.serve({ ...patch, body: { metadata: { labels: { team: 'a' } } } });
  expect(gate.decided()[0]).not.toHaveProperty('signs');
});
