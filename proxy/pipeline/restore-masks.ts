import type { Decision } from '../../model/decision.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { discard } from '../forward/pooled-upstream.ts';
import type { UpstreamResponse, UpstreamUpgrade } from '../forward/upstream.ts';
import type { Exchange } from '../listener/exchange.ts';
import { compileMaskRules } from '../masking/plan/mask-rules.ts';
import { policyQuestion } from '../policy/policy-question.ts';
import { openLiveObjects } from '../rehydration/live-objects.ts';
import { rehydrate } from '../rehydration/rehydrate.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { JsonValue } from '../request/json-value.ts';
import { JSON_PATCH } from '../request/media-types.ts';
import type { Outgoing } from './outgoing.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import { policyCluster } from './transaction.ts';

/** A request whose body was read. */
export interface ReadBody {
  readonly request: ApiRequest;
  readonly decision: Decision;
  readonly bytes: Buffer;
  /** From the strict reader; null for protobuf and where there is no body. */
  readonly parsed: JsonValue;
  readonly auditId: string;
}

/**
 * The request as it goes out: with the values for which the masks in its body stand. The body that people approve, and
 * that is recorded, stays the one with the masks.
 * @throws {Refusal} for masks that may not be put back.
 */
export async function restoreMasks(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  read: ReadBody,
): Promise<Outgoing> {
  const { request, decision, bytes, parsed, auditId } = read;
  const asked = policyQuestion(exchange.principal, policyCluster(cluster), request);
  // Masks are shown by reads and by answers to writes; a rule may ask for them in one and not in the other.
  const masks = [...decision.masks, ...parts.policy.decide({ ...asked, verb: 'get' }).masks];
  const rehydrated = await rehydrate(request, bytes, parsed, {
    objects: openLiveObjects({
      ...parts,
      principal: exchange.principal,
      cluster,
      policyCluster: policyCluster(cluster),
      request,
      masks,
      auditId,
      signal: exchange.signal,
    }),
    originOf: (token) => parts.maskOrigins.get(token),
    isMasked: compileMaskRules({ request, obligations: masks }) !== null,
  });
  if (rehydrated === null) return { request, body: bytes };
  const { body, pinnedTo } = rehydrated;
  if (pinnedTo === null) return { request, body };
  return {
    request,
    body,
    again: async () => {
      const next = await restoreMasks(parts, exchange, cluster, read);
      return next.pinnedTo === pinnedTo ? null : next;
    },
    pinnedTo,
  };
}

/** A version that is not there any more: 409, and 422 where it is a `test` operation of a JSON Patch. */
function lostRace({ status }: UpstreamResponse, { request }: Outgoing): boolean {
  return status === 409 || (status === 422 && request.contentType === JSON_PATCH);
}

/** A write that lost a race is made again from what is there now, this often. */
const RETRIES = 4;

/**
 * Sends a request; where the object changed after its masks were put back, puts them back anew and sends again. The
 * client asked for no version in particular, so a conflict would tell it of something that it did not do.
 */
export async function sendPinned(
  first: Outgoing,
  send: (outgoing: Outgoing) => Promise<UpstreamResponse | UpstreamUpgrade>,
): Promise<UpstreamResponse | UpstreamUpgrade> {
  let outgoing = first;
  for (let retry = 0; ; retry += 1) {
    const answered = await send(outgoing);
    const { again } = outgoing;
    if ('socket' in answered || !lostRace(answered, outgoing) || again === undefined || retry >= RETRIES)
      return answered;
    try {
      const next = await again();
      // The same version: a conflict of another kind, such as another manager's field.
      if (next === null) return answered;
      discard(answered.body);
      outgoing = next;
    } catch (error) {
      discard(answered.body);
      throw error;
    }
  }
}
