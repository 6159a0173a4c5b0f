import { isLargeBody } from '../large-bodies/large-bodies.ts';
import { compileMaskRules } from '../masking/plan/mask-rules.ts';
import { containsMaskToken, keyOfCluster } from '../masking/tokens/mask-token.ts';
import { liveObjectsIn, openLiveReads } from '../rehydration/live-objects.ts';
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
  const { principal, signal } = exchange;
  const asked = { policy: parts.policy, upstream: parts.upstream, principal, cluster, request, masks, auditId, signal };
  const reads = openLiveReads({ ...asked, policyCluster: question.cluster });
  const key = keyOfCluster(parts.maskKey, cluster.slug);
  const seen = parts.seen.of(cluster);
  const originOf = (token: string) => parts.maskOrigins.get(token);
  const isMasked = compileMaskRules({ request, obligations: masks }) !== null;
  const { head } = passage;
  // A small body with a mask may be about a large object, which has to be read and masked to tell what it stands for.
  const isElsewhere = isLargeBody(bytes) || containsMaskToken(bytes);
  const rehydrated = isElsewhere
    ? await parts.largeBodies.rehydrate({ reads, head, body: bytes, masks, isMasked, key, seen, originOf })
    : await rehydrate(request, bytes, parsed, {
        objects: liveObjectsIn(reads, { request, masks, key, seen }),
        originOf,
        isMasked,
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
