import { compileMaskRules } from '../masking/plan/mask-rules.ts';
import { openLiveObjects } from '../rehydration/live-objects.ts';
import { rehydrate } from '../rehydration/rehydrate.ts';
import type { Outgoing } from './outgoing.ts';
import type { Passage } from './passage.ts';
import type { WholeRequest } from './read-body.ts';

/** A request with the values for which the masks in its body stand. */
export interface RestoredRequest {
  /** As the client sent it. */
  readonly whole: WholeRequest;
  readonly outgoing: Outgoing;
}

/**
 * Puts the values back for which the masks in the body stand. The body that people approve, and that is recorded, stays
 * the one with the masks.
 * @throws {Refusal} for masks that may not be put back.
 */
export async function restoreMasks(passage: Passage, whole: WholeRequest): Promise<RestoredRequest> {
  return { whole, outgoing: await restored(passage, whole) };
}

async function restored(passage: Passage, whole: WholeRequest): Promise<Outgoing> {
  const { parts, exchange, cluster, auditId } = passage;
  const { request, question, decision, body: bytes, parsed } = whole;
  if (bytes === null) return { request, body: null };
  // Masks are shown by reads and by answers to writes; a rule may ask for them in one and not in the other.
  const masks = [...decision.masks, ...parts.policy.decide({ ...question, verb: 'get' }).masks];
  const rehydrated = await rehydrate(request, bytes, parsed, {
    objects: openLiveObjects({
      ...parts,
      principal: exchange.principal,
      cluster,
      policyCluster: question.cluster,
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
      const next = await restored(passage, whole);
      return next.pinnedTo === pinnedTo ? null : next;
    },
    pinnedTo,
  };
}
