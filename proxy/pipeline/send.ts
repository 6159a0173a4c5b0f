import { discard } from '../forward/pooled-upstream.ts';
import { sendUpstream } from '../forward/send-upstream.ts';
import type { UpstreamResponse, UpstreamUpgrade } from '../forward/upstream.ts';
import { JSON_PATCH } from '../request/media-types.ts';
import type { Outgoing } from './outgoing.ts';
import { elapsed, type Passage } from './passage.ts';

/** What a request must ask the API server for, so that its answer can be given to the client. */
export interface WantedAnswer {
  /** To send instead of the request's own target; null: its own. */
  readonly target: string | null;
  /** The `Accept` line to send; null: the client's. */
  readonly accept: string | null;
  /** False where the answer will be read. */
  readonly compression: boolean;
}

/** What came back, and for what: a write that lost a race was made anew from what was there by then. */
export interface SentRequest {
  readonly answered: UpstreamResponse | UpstreamUpgrade;
  readonly outgoing: Outgoing;
}

/**
 * Sends a permitted request with the cluster's credential, and where the cluster lets it, in its engineer's name.
 * @throws {Refusal} as `sendUpstream`, and as `restoreMasks` where masks have to be put back anew.
 */
export async function send(passage: Passage, outgoing: Outgoing, wanted: WantedAnswer): Promise<SentRequest> {
  const { parts, exchange, cluster, auditId } = passage;
  const began = performance.now();
  const { target, accept, compression } = wanted;
  const sent = await sendPinned(outgoing, async ({ request: bare, body }) => {
    const named = await parts.originalUser.name(bare, exchange.principal.user, cluster, exchange.signal);
    const request = target === null ? named : { ...named, target };
    const sending = { request, body, auditId, accept, compression, signal: exchange.signal };
    return sendUpstream(parts.upstream, cluster, sending);
  });
  passage.upstreamMs = elapsed(began);
  parts.evaluator.sent(outgoing.request, cluster);
  return sent;
}

/** A version that is not there any more: 409, and 422 where it is a `test` operation of a JSON Patch. */
export function lostRace({ status }: Pick<UpstreamResponse, 'status'>, { request }: Outgoing): boolean {
  return status === 409 || (status === 422 && request.contentType === JSON_PATCH);
}

/** A write that lost a race is made again from what is there now, this often. */
export const RETRIES = 4;

/**
 * Sends a request; where the object changed after its masks were put back, puts them back anew and sends again. The
 * client asked for no version in particular, so a conflict would tell it of something that it did not do.
 */
export async function sendPinned(
  first: Outgoing,
  sendOnce: (outgoing: Outgoing) => Promise<UpstreamResponse | UpstreamUpgrade>,
): Promise<SentRequest> {
  let outgoing = first;
  for (let retry = 0; ; retry += 1) {
    const answered = await sendOnce(outgoing);
    const { again } = outgoing;
    if ('socket' in answered || !lostRace(answered, outgoing) || again === undefined || retry >= RETRIES) {
      return { answered, outgoing };
    }
    try {
      const next = await again();
      // The same version: a conflict of another kind, such as another manager's field.
      if (next === null) return { answered, outgoing };
      discard(answered.body);
      outgoing = next;
    } catch (error) {
      discard(answered.body);
      throw error;
    }
  }
}
