import type { ApprovalRequest } from '../../model/approval.ts';
import { newlyPending } from './approval-order.ts';

/** Where the panel of waiting requests is: which one it shows, and whether a person or a request brought it out. */
export interface WaitingPlace {
  /** Null: the first that waits. */
  readonly id: string | null;
  readonly openedBy: 'person' | 'request';
}

/**
 * The requests that the panel leads through: all that wait for a person who asked to see them; for one to whom it came by
 * itself not those that they put off.
 */
export function leadsThrough(
  place: WaitingPlace | null,
  pending: readonly ApprovalRequest[],
  later: ReadonlySet<string>,
): readonly ApprovalRequest[] {
  if (place === null) return [];
  if (place.openedBy === 'person') return pending;
  return pending.filter(({ id }) => id === place.id || !later.has(id));
}

/** The one that the panel shows: as long as it waits, the same; what else comes or goes moves nothing. */
export function shownRequest(place: WaitingPlace | null, requests: readonly ApprovalRequest[]): ApprovalRequest | null {
  return requests.find(({ id }) => id === place?.id) ?? requests[0] ?? null;
}

/** What a list says is new and brings the panel out: not what was put off, nor a reveal, which its own Secret shows. */
export function bringsPanel(
  before: readonly ApprovalRequest[],
  after: readonly ApprovalRequest[],
  later: ReadonlySet<string>,
): ApprovalRequest | null {
  const news = newlyPending(before, after).filter((approval) => !later.has(approval.id) && !isOwnReveal(approval));
  // Ids are UUIDv7: the last of them is the one that was just asked, wherever it stands in the list.
  return news.reduce<ApprovalRequest | null>((last, next) => (last === null || next.id > last.id ? next : last), null);
}

function isOwnReveal({ intent }: ApprovalRequest): boolean {
  return intent.principal.session.kind === 'app' && intent.request.revealKey !== undefined;
}
