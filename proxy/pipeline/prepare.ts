import type { Decision } from '../../model/decision.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { type Evaluated, objectChanged } from '../evaluation/evaluate.ts';
import type { UpstreamResponse } from '../forward/upstream.ts';
import { journalUnavailable } from '../journal/journal.ts';
import type { Exchange } from '../listener/exchange.ts';
import { policyQuestion } from '../policy/policy-question.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { checkBody, readBody } from '../request/request-body.ts';
import type { Outgoing } from './outgoing.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import { restoreMasks } from './restore-masks.ts';
import { policyCluster } from './transaction.ts';

/** A request that was read, decided on and evaluated, ready for the people who may have to approve it. */
export interface Prepared {
  /** As the client sent it: what is recorded and approved. */
  readonly request: ApiRequest;
  /** The body as the client sent it; null where none counts. */
  readonly body: Buffer | null;
  readonly decision: Decision;
  /** What goes to the API server instead. */
  readonly outgoing: Outgoing;
  /** Hex SHA-256 of what was found at the API server (`evaluation/evaluate.ts`); null where nothing was looked at. */
  readonly evaluated: string | null;
  /** The API server refused a rehearsal of the write: what the client gets, and nothing is sent. */
  readonly answered: UpstreamResponse | null;
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
  auditId: string,
): Promise<Prepared> {
  if ((request.upgrade !== null) !== (exchange.kind === 'upgrade')) {
    throw new Refusal('upgrade-not-allowed', 'This request asks for an upgrade that Gatehouse does not take');
  }
  // 2. What the URL alone decides.
  const question = policyQuestion(exchange.principal, policyCluster(cluster), request);
  const decision = parts.policy.decide(question);
  const unread = { request, body: null, decision, outgoing: { request, body: null }, evaluated: null, answered: null };
  if (decision.outcome === 'deny' && !decision.unresolved) return unread;
  // 3. The body, read as the API server will read it.
  const received = request.upgrade === null && announcesBody(request) ? await readBody(request, exchange.body) : null;
  const parsed = received === null ? null : checkBody(request, received);
  const body = isRead(request.method) ? null : received;
  // What follows may already ask the cluster something, and nothing goes there that cannot be recorded.
  const problem = parts.journal.problem();
  if (problem !== null) throw journalUnavailable(problem);
  // 4. Masks in it: put back to the values they stand for, or refused.
  const restore = async (): Promise<Outgoing> =>
    body === null
      ? { request, body }
      : restoreMasks(parts, exchange, cluster, { request, decision, bytes: body, parsed, auditId });
  // 5. What it would do at the API server, where a rule needs to know, and the decision with that.
  const evaluate = async (restored: Outgoing): Promise<Evaluated> => {
    const isAsSent = restored.body === null || restored.body === body;
    const said = isAsSent ? parsed : checkBody(restored.request, restored.body ?? NOTHING);
    return parts.evaluator.evaluate({
      ...{ cluster, question, decision, signal: exchange.signal },
      ...{ request: restored.request, body: restored.body, parsed: said },
    });
  };
  const restored = await restore();
  const evaluated = await evaluate(restored);
  const { digest, answered } = evaluated;
  const judged = { request, body, decision: evaluated.decision, evaluated: digest, answered };
  if (digest === null) return { ...judged, outgoing: { ...restored, ...evaluated.outgoing } };
  const again = async (): Promise<Outgoing | null> => {
    const next = await evaluate(await restore());
    // The API server would refuse it now: it says so itself to a write that is bound to what was seen before.
    if (next.answered !== null && evaluated.pinnedTo !== null) return null;
    // What a person confirmed must be what was shown; what policy allows by itself must still be allowed.
    const allowed = [evaluated, next].every((one) => one.decision.outcome === 'allow' && one.answered === null);
    if (next.digest !== digest && !allowed) {
      throw objectChanged(request, 'what it would do changed after it was judged');
    }
    return next.pinnedTo === evaluated.pinnedTo ? null : { ...next.outgoing, again };
  };
  return { ...judged, outgoing: { ...evaluated.outgoing, again } };
}

const NOTHING = Buffer.alloc(0);

/** GET and HEAD. */
export function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A GET or HEAD has a body only where it says so; a body that is not empty is refused then. */
function announcesBody({ method, headers }: ApiRequest): boolean {
  return !isRead(method) || headers.has('Content-Length') || headers.has('Transfer-Encoding');
}
