import { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import type { Upstream, UpstreamRequest } from '../../../proxy/forward/upstream.ts';

/** What the fake API server answers: status and object. */
export type Answering = (request: UpstreamRequest) => readonly [status: number, object: unknown];

/** A cluster that is never dialled. */
export const cluster: Cluster = {
  slug: 'c',
  contextName: 'c',
  labels: {},
  server: { host: '127.0.0.1', port: 1, servername: 'c', basePath: '', verify: true },
  credentialName: 'u',
  namespace: 'default',
  credential: async () => ({ bearerToken: null, secureContext: createSecureContext(), generation: 1 }),
  credentialRejected: () => undefined,
};

/** The API server as it answers, and what it was asked. */
export function upstreamOf(answering: Answering, seen: UpstreamRequest[] = []): Upstream {
  return {
    request: async (_cluster, _credential, request) => {
      seen.push(request);
      const [status, object] = answering(request);
      return { status, headers: [], body: Readable.from([Buffer.from(JSON.stringify(object))]) };
    },
    upgrade: () => Promise.reject(new Error('no upgrade')),
    forget: () => undefined,
    close: async () => undefined,
  };
}
