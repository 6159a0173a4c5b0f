import type { Decision } from '../../model/decision.ts';
import type { Sign } from '../../model/sign.ts';
import { type Evaluated, objectChanged } from '../evaluation/evaluate.ts';
import type { UpstreamResponse } from '../forward/upstream.ts';
import { isLargeBody } from '../large-bodies/large-bodies.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { JsonValue } from '../request/json-value.ts';
import { checkBody } from '../request/request-body.ts';
import { isDeniedByUrl } from './ask-policy.ts';
import type { Outgoing } from './outgoing.ts';
import type { Passage } from './passage.ts';
import { type RestoredRequest, restoreMasks } from './restore-masks.ts';
import { lostRace, RETRIES } from './send.ts';

/** A request that was read, decided on and evaluated, ready for the people who may have to approve it. */
export interface Judged {
  /** As the client sent it: what is recorded and approved. */
  readonly request: ApiRequest;
  /** The body as the client sent it; null where none counts. */
  readonly body: Buffer | null;
  /** What it says; null where there is none, for protobuf, and where it is large. */
  readonly parsed: JsonValue;
  readonly decision: Decision;
  /** What goes to the API server instead. */
  readonly outgoing: Outgoing;
  /** Hex SHA-256 of what was found at the API server (`evaluation/evaluate.ts`); null where nothing was looked at. */
  readonly evaluated: string | null;
  /** Tricks that its words name (`evaluation/signs/`). */
  readonly signs: readonly Sign[];
  /** The API server refused a rehearsal of the write: what the client gets, and nothing is sent. */
  readonly answered: UpstreamResponse | null;
}

type Sent = Pick<Outgoing, 'body'>;

/**
 * What the request would do at the API server, where a rule needs to know, and the decision with that.
 * @throws {Refusal} for what must not be written, and as `Evaluator.evaluate`.
 */
export async function evaluate(passage: Passage, restored: RestoredRequest): Promise<Judged> {
  const { outgoing } = restored;
  const { signs } = restored.whole;
  const whole = { ...restored.whole, question: { ...restored.whole.question, signs } };
  const { request, body, parsed } = whole;
  if (isDeniedByUrl(whole)) {
    return { request, body, parsed, decision: whole.decision, outgoing, evaluated: null, signs, answered: null };
  }
  const evaluated = await lookAtLatest(passage, { whole, outgoing });
  const { digest, answered } = evaluated;
  const judged = { request, body, parsed, decision: evaluated.decision, evaluated: digest, signs, answered };
  if (digest === null) return { ...judged, outgoing: { ...outgoing, ...evaluated.outgoing } };
  const againAfter = (sent: Sent) => async (): Promise<Outgoing | null> => {
    const next = await lookAtLatest(passage, await restoreMasks(passage, whole));
    // The API server would refuse it now: it says so itself to a write that is bound to what was seen before.
    if (next.answered !== null && evaluated.pinnedTo !== null) return null;
    // What a person confirmed must be what was shown; what policy allows by itself must still be allowed.
    const allowed = [evaluated, next].every((one) => one.decision.outcome === 'allow' && one.answered === null);
    if (next.digest !== digest && !allowed) {
      throw objectChanged(request, 'what it would do changed after it was judged');
    }
    return isSameBody(next.outgoing, sent) ? null : { ...next.outgoing, again: againAfter(next.outgoing) };
  };
  return { ...judged, outgoing: { ...evaluated.outgoing, again: againAfter(evaluated.outgoing) } };
}

/** Versions that a write is bound to stand in its body, those of masks that were put back among them. */
function isSameBody({ body: one }: Sent, { body: other }: Sent): boolean {
  return one === null || other === null ? one === other : one.equals(other);
}

/** A rehearsal is bound to the version that masks were put back from, as the write is, and loses races as that does. */
async function lookAtLatest(passage: Passage, first: RestoredRequest): Promise<Evaluated> {
  let restored = first;
  for (let retry = 0; ; retry += 1) {
    const evaluated = await look(passage, restored);
    const { answered } = evaluated;
    const { again } = restored.outgoing;
    const isLate = answered !== null && again !== undefined && lostRace(answered, restored.outgoing);
    const next = isLate && retry < RETRIES ? await again() : null;
    if (next === null) return evaluated;
    restored = { ...restored, outgoing: next };
  }
}

const NOTHING = Buffer.alloc(0);

async function look(passage: Passage, { whole, outgoing }: RestoredRequest): Promise<Evaluated> {
  const { parts, exchange, cluster, head } = passage;
  const { question } = whole;
  // While a slow body came the policy may have changed: what is looked at follows the one that will judge it.
  const isInForce = whole.decision.policyDigest === parts.policy.state().digest;
  const decision = isInForce ? whole.decision : parts.policy.decide(question);
  const { request, body } = outgoing;
  const asked = { cluster, question, decision, signal: exchange.signal, request, body };
  if (body !== null && isLargeBody(body)) {
    const examination = parts.largeBodies.examine({ request, head, body });
    try {
      return await parts.evaluator.evaluate({ ...asked, parsed: null, examination });
    } finally {
      examination.close();
    }
  }
  const isAsSent = body === null || body === whole.body;
  const parsed = isAsSent ? whole.parsed : checkBody(request, body ?? NOTHING);
  return parts.evaluator.evaluate({ ...asked, parsed });
}
