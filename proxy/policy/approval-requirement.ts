import type { ApprovalRequirement } from '../../model/decision.ts';
import { milliseconds } from './document/duration.ts';
import type { PolicyRule } from './document/policy-document.ts';

/** The requirement that a rule's `approval` block stands for; times in milliseconds. */
export function approvalRequirement(block: NonNullable<PolicyRule['approval']>): ApprovalRequirement {
  return {
    level: block.level,
    requestTtl: milliseconds(block.requestTTL),
    grantTtl: milliseconds(block.grantTTL),
    hold: milliseconds(block.hold),
    reasonRequired: block.reason === 'required',
  };
}

/** Several rules combine to the strictest: a peer before oneself, the shortest times, a reason if any asks for one. */
export function strictest(left: ApprovalRequirement | null, right: ApprovalRequirement): ApprovalRequirement {
  if (left === null) return right;
  return {
    level: left.level === 'peer' || right.level === 'peer' ? 'peer' : 'ownerConfirm',
    requestTtl: Math.min(left.requestTtl, right.requestTtl),
    grantTtl: Math.min(left.grantTtl, right.grantTtl),
    hold: Math.min(left.hold, right.hold),
    reasonRequired: left.reasonRequired || right.reasonRequired,
  };
}
