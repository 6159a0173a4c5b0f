import { discard } from '../../forward/pooled-upstream.ts';
import type { UpstreamResponse } from '../../forward/upstream.ts';
import { upstreamTrouble } from '../../forward/upstream-trouble.ts';
import type { Passage } from '../passage.ts';

/**
 * Lets go of an answer that could not be given.
 * @returns why: the cluster's trouble in words where the answer broke off there, else the error itself.
 */
export function brokenAnswer({ exchange, cluster }: Passage, response: UpstreamResponse, error: unknown): unknown {
  // A client's answer that is cut for it counts as a client that went away too; the first of the two is the reason.
  const cameFromUpstream = response.body.errored === error && error !== exchange.signal.reason;
  discard(response.body);
  return cameFromUpstream ? upstreamTrouble(error, cluster) : error;
}
