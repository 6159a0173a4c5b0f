import type { ApprovalRequest } from '../../../proxy/approvals/approval-authority.ts';
/** True while a person can still decide it. */
export declare function isPending(approval: ApprovalRequest, now: number): boolean;
/**
 * What waits first, the one that expires soonest on top; then what is over, newest first. Ids break ties (UUIDv7 sorts
 * by time), so that a row never jumps while a person reaches for it.
 */
export declare function orderApprovals(approvals: readonly ApprovalRequest[]): ApprovalRequest[];
/** The list with this approval put in or replaced, in order. */
export declare function withApproval(approvals: readonly ApprovalRequest[], changed: ApprovalRequest): ApprovalRequest[];
/** The pending ones of a list, in order. A request whose time is over no longer counts, even before main says so. */
export declare function pendingApprovals(approvals: readonly ApprovalRequest[], now: number): ApprovalRequest[];
/** Ids that wait now and did not before: what the live region announces and what opens the panel. */
export declare function newlyPending(before: readonly ApprovalRequest[], after: readonly ApprovalRequest[]): ApprovalRequest[];
/** The neighbour to select with j (1) and k (-1); stays at the ends, starts at the first. */
export declare function stepSelection(ids: readonly string[], selected: string | null, step: 1 | -1): string | null;
