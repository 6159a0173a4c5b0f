import type { ApprovalRequest } from '../../model/approval.ts';

/** True while a person can still decide it. */
export function isPending(approval: ApprovalRequest, now: number): boolean {
  return approval.state === 'PENDING' && Date.parse(approval.expiresAt) > now;
}

/** Whether an approval needs a note: where policy wants a reason and the one who asked gave none. */
export function needsNote({ intent }: ApprovalRequest): boolean {
  return intent.requirement.reasonRequired && intent.reason === null;
}

/**
 * What waits first, the one that expires soonest on top; then what is over, newest first. Ids break ties (UUIDv7 sorts
 * by time), so that a row never jumps while a person reaches for it.
 */
export function orderApprovals(approvals: readonly ApprovalRequest[]): ApprovalRequest[] {
  return [...approvals].sort((left, right) => {
    const leftWaits = left.state === 'PENDING';
    const rightWaits = right.state === 'PENDING';
    if (leftWaits !== rightWaits) return leftWaits ? -1 : 1;
    if (leftWaits) return compare(left.expiresAt, right.expiresAt) || compare(left.id, right.id);
    return compare(right.createdAt, left.createdAt) || compare(right.id, left.id);
  });
}

/** The list with this approval put in or replaced, in order. */
export function withApproval(approvals: readonly ApprovalRequest[], changed: ApprovalRequest): ApprovalRequest[] {
  return orderApprovals([...approvals.filter((approval) => approval.id !== changed.id), changed]);
}

/** The pending ones of a list, in order. A request whose time is over no longer counts, even before main says so. */
export function pendingApprovals(approvals: readonly ApprovalRequest[], now: number): ApprovalRequest[] {
  return orderApprovals(approvals.filter((approval) => isPending(approval, now)));
}

/** Ids that wait now and did not before: what the live region announces and what opens the panel. */
export function newlyPending(before: readonly ApprovalRequest[], after: readonly ApprovalRequest[]): ApprovalRequest[] {
  const known = new Set(before.filter((approval) => approval.state === 'PENDING').map((approval) => approval.id));
  return after.filter((approval) => approval.state === 'PENDING' && !known.has(approval.id));
}

/** The neighbour to select with j (1) and k (-1); stays at the ends, starts at the first. */
export function stepSelection(ids: readonly string[], selected: string | null, step: 1 | -1): string | null {
  const index = selected === null ? -1 : ids.indexOf(selected);
  if (index === -1) return ids[0] ?? null;
  return ids[Math.min(Math.max(index + step, 0), ids.length - 1)] ?? null;
}

function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
