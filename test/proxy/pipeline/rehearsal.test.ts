import { describe, expect, it } from 'vitest';
import { ACT_AS_CI, failure, MERGE, PASSWORD, POD_PATH, SECRET_PATH, secret } from './objects.ts';
import type { Answering } from './outer-edges.ts';
import { ALLOW_ALL, ASK_ALL, ASK_TO_ACT_AS, MASK_SECRETS, pipeline } from './pipeline.ts';

/** An API server that refuses every rehearsal. */
const refusing =
  (message: string): Answering =>
  ({ target }) =>
    target.includes('dryRun=All')
      ? { status: 422, body: failure(422, message, { name: 'web-0', kind: 'Pod' }) }
      : { body: { metadata: { uid: 'u', resourceVersion: '7' } } };

describe('a write that the cluster refuses in its rehearsal', () => {
  it('is answered with that: nothing is sent, nobody is asked, and the record says so', async () => {
    const gate = pipeline({
      rules: ALLOW_ALL + ASK_TO_ACT_AS,
      person: { says: 'approve' },
      cluster: refusing('spec: Forbidden: pod updates may not change this'),
    });
    const got = await gate.serve({ method: 'PATCH', target: POD_PATH, headers: [MERGE], body: ACT_AS_CI });
    expect(got.json()).toMatchObject({ code: 422, message: 'spec: Forbidden: pod updates may not change this' });
    expect(gate.sent.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET ${POD_PATH}`,
      `PATCH ${POD_PATH}?dryRun=All`,
    ]);
    expect(gate.asked()).toEqual([]);
    const decision = { outcome: 'refused', code: null, rule: 'cluster/dry-run', policyDigest: 'digest' };
    expect(gate.decided()).toMatchObject([{ durable: true, decision, approval: null }]);
    expect(gate.decided()[0]?.decision.message).toMatch(/refuses this \(422\).*nothing was sent/);
    expect(gate.finished()).toMatchObject([{ status: 422, code: null }]);
    expect(gate.timeline.slice(-3)).toEqual(['decided', 'answer 422', 'finished']);
  });

  it('is not sent either where the refusal quotes a Secret, which is withheld', async () => {
    const gate = pipeline({
      rules: ALLOW_ALL + MASK_SECRETS + ASK_TO_ACT_AS,
      cluster: refusing(`Invalid value: ${PASSWORD}`),
    });
    const body = { ...secret(), metadata: { annotations: { 'kubernetes.io/service-account.name': 'ci' } } };
    const got = await gate.serve({ method: 'PATCH', target: SECRET_PATH, headers: [MERGE], body });
    expect([got.status, got.body.includes(PASSWORD)]).toEqual([422, false]);
  });

  it('a delete of what is not there is the cluster’s 404, and nobody is asked', async () => {
    const gate = pipeline({
      rules: ALLOW_ALL + ASK_ALL,
      cluster: () => ({ status: 404, body: failure(404, 'pods "web-0" not found') }),
    });
    const got = await gate.serve({ method: 'DELETE', target: POD_PATH });
    expect(got.status).toBe(404);
    expect(gate.sent.map(({ method }) => method)).toEqual(['GET']);
    expect(gate.asked()).toEqual([]);
  });
});
