import type { Cluster } from '../clusters/cluster.ts';
import type { Exchange } from '../listener/exchange.ts';
import { protectWrite } from '../masking/write-protection.ts';
import type { Decision } from '../policy/decision.ts';
import { policyQuestion } from '../policy/policy-question.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { checkBody, readBody } from '../request/request-body.ts';
import type { PipelineParts } from './cluster-request.ts';
import { policyCluster } from './transaction.ts';

/** A request that was read and decided on, ready for the people who may have to approve it. */
export interface Prepared {
  /** As the client sent it: what is recorded and approved. */
  readonly request: ApiRequest;
  /** The body as the client sent it; null where none counts. */
  readonly body: Buffer | null;
  readonly decision: Decision;
  /** What goes to the API server instead. */
  readonly outgoing: Outgoing;
}

/** A request as it leaves. */
export interface Outgoing {
  readonly request: ApiRequest;
  readonly body: Buffer | null;
}

/**
 * Everything between reading the head and asking people: policy on the URL, the body, what it means at the API server.
 * A denied request's body is never looked at.
 * @throws {Refusal} for what cannot be read with certainty, or must not be written.
 */
export async function prepare(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  request: ApiRequest,
): Promise<Prepared> {
  if ((request.upgrade !== null) !== (exchange.kind === 'upgrade')) {
    throw new Refusal('upgrade-not-allowed', 'This request asks for an upgrade that Gatehouse does not take');
  }
  // 2. What the URL alone decides.
  const decision = parts.policy.decide(policyQuestion(exchange.principal, policyCluster(cluster), request));
  if (decision.outcome === 'deny' || request.upgrade !== null || !announcesBody(request)) {
    return { request, body: null, decision, outgoing: { request, body: null } };
  }
  // 3. The body, read as the API server will read it.
  const received = await readBody(request, exchange.body);
  const parsed = checkBody(request, received);
  // 4. Masks in it: refused, or put back to the values they stand for.
  protectWrite(request, received, parsed);
  const body = isRead(request.method) ? null : received;
  return { request, body, decision, outgoing: { request, body } };
}

/** GET and HEAD. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A GET or HEAD has a body only where it says so; a body that is not empty is refused then. */
function announcesBody({ method, headers }: ApiRequest): boolean {
  return !isRead(method) || headers.has('Content-Length') || headers.has('Transfer-Encoding');
}
