import { describe, expect, it } from 'vitest';
import { failure, POD_PATH, PODS_PATH } from './objects.ts';
import { pipeline } from './pipeline.ts';

const refused = { status: 401, body: failure(401, 'Unauthorized') };
const tokens = (gate: ReturnType<typeof pipeline>) => gate.sent.map(({ header }) => header('Authorization'));

describe('a credential that the cluster no longer takes', () => {
  it('is fetched anew, and the request is sent once more: a 401 ran nothing', async () => {
    const gate = pipeline({ cluster: (_, before) => (before === 0 ? refused : { status: 201 }) });
    const got = await gate.serve({ method: 'POST', target: PODS_PATH, body: { kind: 'Pod' } });
    expect(got.status).toBe(201);
    expect(tokens(gate)).toEqual(['Bearer token-1', 'Bearer token-2']);
    expect(gate.sent.map(({ body }) => body)).toEqual(['{"kind":"Pod"}', '{"kind":"Pod"}']);
    expect(gate.sent[0]?.reply.destroyed).toBe(true);
    expect(gate.decided()).toHaveLength(1);
  });

  it('is said in words when the new one is not taken either: kubectl would ask its user to sign in to the gateway', async () => {
    const gate = pipeline({ cluster: () => refused });
    const got = await gate.serve({ target: PODS_PATH });
    expect([got.status, got.code()]).toEqual([502, 'upstream-rejected-credential']);
    expect(got.json().message).toContain('"tester"');
    expect(gate.sent).toHaveLength(2);
    expect(gate.sent.every(({ reply }) => reply.destroyed)).toBe(true);
    expect(gate.timeline.filter((line) => line === 'credential rejected')).toHaveLength(1);
    expect(gate.finished()).toMatchObject([{ status: 502, code: 'upstream-rejected-credential' }]);
  });

  it.each([
    '/api/v1/namespaces/shop/services/web/proxy/orders',
    `${POD_PATH}/proxy/orders`,
    '/api/v1/nodes/n1/proxy/run',
    '/api/v1/proxy/namespaces/shop/services/web/orders',
  ])('a 401 behind %s is the backend’s own: a write is not sent twice', async (target) => {
    const gate = pipeline({
      rules: '  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}\n',
      cluster: () => refused,
    });
    const got = await gate.serve({ method: 'POST', target, body: '{}' });
    expect(got.status).toBe(401);
    expect(tokens(gate)).toEqual(['Bearer token-1']);
  });
});
