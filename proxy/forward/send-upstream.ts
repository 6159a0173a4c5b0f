import type { Cluster } from '../clusters/cluster.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { isProxied } from '../request/request-info.ts';
import { discard } from './pooled-upstream.ts';
import type { Upstream, UpstreamResponse, UpstreamUpgrade } from './upstream.ts';
import { upstreamHeaders } from './upstream-headers.ts';

/** A request that was decided on, as it is to be sent. */
export interface Sending {
  readonly request: ApiRequest;
  readonly body: Buffer | null;
  readonly auditId: string;
  /** The `Accept` line to send; null takes the client's. */
  readonly accept: string | null;
  /** False where the answer will be masked. */
  readonly compression: boolean;
  readonly signal: AbortSignal;
}

/**
 * Sends a request with the cluster's credential. A 401 refreshes the credential and sends once more, because a 401 ran
 * nothing; a second one is said in words rather than passed on, where kubectl would take it for its own sign-in.
 * @throws {Refusal} as `Upstream` does, and `upstream-rejected-credential`.
 */
export async function sendUpstream(
  upstream: Upstream,
  cluster: Cluster,
  sending: Sending,
): Promise<UpstreamResponse | UpstreamUpgrade> {
  for (const attempt of ['first', 'refreshed'] as const) {
    const answered = await sendOnce(upstream, cluster, sending);
    // Behind a proxy the 401 is a backend's own, about a sign-in of its own, and what it did before is unknown.
    if ('socket' in answered || answered.status !== 401 || isProxied(sending.request.info)) return answered;
    discard(answered.body);
    if (attempt === 'first') cluster.credentialRejected();
  }
  throw new Refusal(
    'upstream-rejected-credential',
    `Cluster "${cluster.contextName}" does not accept the credential of kubeconfig user "${cluster.credentialName}" (401); sign in to the cluster again`,
  );
}

async function sendOnce(
  upstream: Upstream,
  cluster: Cluster,
  { request, body, auditId, accept, compression, signal }: Sending,
): Promise<UpstreamResponse | UpstreamUpgrade> {
  const credential = await cluster.credential();
  const headers = upstreamHeaders(request, cluster, credential, {
    auditId,
    accept,
    compression,
    bodyBytes: body === null ? null : body.length,
  });
  const outgoing = { method: request.method, target: cluster.server.basePath + request.target, headers, body };
  return request.upgrade === null
    ? upstream.request(cluster, credential, outgoing, signal)
    : upstream.upgrade(cluster, credential, outgoing, signal);
}
