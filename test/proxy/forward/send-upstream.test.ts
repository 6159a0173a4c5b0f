import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import { sendUpstream } from '../../../proxy/forward/send-upstream.ts';
import type { Upstream } from '../../../proxy/forward/upstream.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { loopbackCluster, loopbackCredential } from '../fixtures/loopback-tls.ts';

const READ = '/api/v1/namespaces/shop/pods';

/** One request to a cluster that answers with these statuses in turn. */
async function send(target: string, statuses: readonly number[], method = 'GET') {
  const tokens: string[] = [];
  const bodies: Readable[] = [];
  let rejected = 0;
  const cluster: Cluster = {
    ...loopbackCluster(6443, null),
    credential: async () => loopbackCredential(null, `token-${rejected}`),
    credentialRejected: () => {
      rejected += 1;
    },
  };
  const request: Upstream['request'] = async (_cluster, { bearerToken }) => {
    tokens.push(bearerToken ?? '');
    const body = new Readable({ read: () => undefined });
    bodies.push(body);
    return { status: statuses[bodies.length - 1] ?? 500, headers: [], body };
  };
  const upstream: Upstream = { request, upgrade: request, forget: () => undefined, close: async () => undefined };
  const read = readRequest({ method, target, rawHeaders: ['Host', 'gatehouse'] });
  const sending = { request: read, body: null, auditId: 'a', accept: null, compression: true };
  const outcome = await sendUpstream(upstream, cluster, { ...sending, signal: new AbortController().signal }).then(
    (answered) => ('status' in answered ? answered.status : 'switched'),
    (error: { code: string }) => error.code,
  );
  return { outcome, tokens, rejected, letGo: bodies.map(({ destroyed }) => destroyed) };
}

describe('a 401', () => {
  it.each(['GET', 'DELETE'])(
    'of a %s ran nothing: it is sent once more with the credential fetched anew',
    async (method) => {
      expect(await send(READ, [401, 200], method)).toEqual({
        outcome: 200,
        tokens: ['token-0', 'token-1'],
        rejected: 1,
        letGo: [true, false],
      });
    },
  );

  it('to the new credential too is said in words, and not a third time', async () => {
    expect(await send(READ, [401, 401, 200])).toMatchObject({
      outcome: 'upstream-rejected-credential',
      tokens: ['token-0', 'token-1'],
      letGo: [true, true],
    });
  });

  it.each([
    '/api/v1/namespaces/shop/services/web/proxy/login',
    '/api/v1/namespaces/shop/pods/web-0/proxy/',
    '/api/v1/proxy/namespaces/shop/services/web/login',
  ])('of a backend behind a proxy is the backend’s own, and passed on: %s', async (target) => {
    expect(await send(target, [401, 200], 'POST')).toEqual({
      outcome: 401,
      tokens: ['token-0'],
      rejected: 0,
      letGo: [false],
    });
  });

  it.each([200, 403, 404, 500])('is nothing else: a %i is the answer', async (status) => {
    expect(await send(READ, [status])).toMatchObject({ outcome: status, rejected: 0, letGo: [false] });
  });
});
