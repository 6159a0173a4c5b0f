import { describe, expect, it } from 'vitest';
import { ACT_AS_CI, MERGE, POD_PATH, podCluster } from './objects.ts';
import type { Answering, Sent } from './outer-edges.ts';
import { ALLOW_ALL, ASK_ALL, ASK_TO_ACT_AS, pipeline } from './pipeline.ts';

const asked = { method: 'PATCH', target: POD_PATH, headers: [MERGE], body: ACT_AS_CI };
const reads = (sent: readonly Sent[]) => sent.filter((one) => one.method === 'GET' && one.target === POD_PATH);
const writes = (sent: readonly Sent[]) => sent.filter((one) => one.method === 'PATCH' && one.target === POD_PATH);

/** A change that a person approves after so long, of a pod that is another meanwhile. */
function heldFor(after: number, then: { version: string; account?: string }) {
  let now: { version: string; account?: string } = { version: '7' };
  return pipeline({
    rules: ALLOW_ALL + ASK_TO_ACT_AS,
    person: { says: 'approve', after },
    meanwhile: () => {
      now = then;
    },
    cluster: podCluster(() => now),
  });
}

describe('what was seen before a hold', () => {
  it('still counts after a second', async () => {
    const gate = heldFor(1000, { version: '8' });
    await gate.serve(asked);
    expect(reads(gate.sent)).toHaveLength(1);
    expect(JSON.parse(writes(gate.sent)[0]?.body ?? '').metadata.resourceVersion).toBe('7');
  });

  it('is looked at again after more, and the write is bound to what is there now', async () => {
    const gate = heldFor(1001, { version: '8' });
    const got = await gate.serve(asked);
    expect(got.status).toBe(200);
    expect(reads(gate.sent)).toHaveLength(2);
    expect(writes(gate.sent)).toHaveLength(1);
    expect(JSON.parse(writes(gate.sent)[0]?.body ?? '').metadata.resourceVersion).toBe('8');
    expect(gate.decided()).toMatchObject([{ durable: true, approval: { state: 'APPROVED', waitedMs: 1001 } }]);
  });

  it('goes out as it was bound where nothing changed', async () => {
    const gate = heldFor(5000, { version: '7' });
    await gate.serve(asked);
    expect(JSON.parse(writes(gate.sent)[0]?.body ?? '').metadata.resourceVersion).toBe('7');
  });

  it('is refused where it means something else by now, with the approval that does not cover it', async () => {
    const gate = heldFor(1001, { version: '8', account: 'admin' });
    const got = await gate.serve(asked);
    expect([got.status, got.code()]).toEqual([403, 'evaluated-object-changed']);
    expect(writes(gate.sent)).toEqual([]);
    expect(gate.decided()).toMatchObject([
      {
        durable: true,
        decision: { outcome: 'requireApproval', code: 'evaluated-object-changed' },
        approval: { state: 'APPROVED', by: 'local:ada' },
      },
    ]);
    expect(gate.finished()).toMatchObject([{ status: 403, code: 'evaluated-object-changed' }]);
  });

  it('is refused in the cluster’s place where the object is another one of the same name', async () => {
    let uid = 'u';
    const cluster: Answering = ({ method }) => ({
      body: method === 'GET' ? { metadata: { uid, resourceVersion: '7' } } : {},
    });
    const meanwhile = () => {
      uid = 'another';
    };
    const gate = pipeline({ rules: ASK_ALL + ALLOW_ALL, person: { says: 'approve', after: 1001 }, meanwhile, cluster });
    const got = await gate.serve({ method: 'DELETE', target: POD_PATH });
    expect([got.status, got.code()]).toEqual([403, 'evaluated-object-changed']);
    expect(gate.sent.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });
});
