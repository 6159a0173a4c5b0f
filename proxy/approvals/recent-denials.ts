import type { ApprovalRequest, Intent } from '../../model/approval.ts';

const REMEMBERED_FOR = 10_000;
const REMEMBERED_AT_MOST = 200;

/**
 * Denials of the last seconds, so that a client which tries again by itself is not put before the person twice.
 *
 * kubectl falls back from WebSocket to SPDY when the first was refused, with another method and so another digest:
 * for exec, attach and port-forward a denial answers every request of the same `Kubectl-Session` for the same object.
 * That header can be forged; all that it can gain here is a denial.
 */
export class RecentDenials {
  #entries: Array<{ readonly approval: ApprovalRequest; readonly at: number }> = [];

  remember(approval: ApprovalRequest, at: number): void {
    this.#entries = [...this.#entries.slice(1 - REMEMBERED_AT_MOST), { approval, at }];
  }

  /** The denial that answers this intent too, or null. */
  find(intent: Intent, now: number): ApprovalRequest | null {
    this.#entries = this.#entries.filter(({ at }) => now - at < REMEMBERED_FOR);
    return this.#entries.find(({ approval }) => answers(approval.intent, intent))?.approval ?? null;
  }
}

const STREAMS = new Set(['exec', 'attach', 'portforward']);

function answers(denied: Intent, asked: Intent): boolean {
  const a = denied.request;
  const b = asked.request;
  if (denied.principal.user !== asked.principal.user || denied.cluster !== asked.cluster) return false;
  if (a.kubectlSession !== b.kubectlSession) return false;
  if (denied.digest === asked.digest) return true;
  return (
    a.kubectlSession !== null &&
    STREAMS.has(a.subresource) &&
    a.subresource === b.subresource &&
    a.apiGroup === b.apiGroup &&
    a.resource === b.resource &&
    a.namespace === b.namespace &&
    a.name === b.name
  );
}
