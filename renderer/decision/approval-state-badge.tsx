import type { ApprovalRequest, ApprovalState } from '../../model/approval.ts';
import { clientHasGone } from '../../model/approval-words.ts';
import { StateBadge, type Tone } from '../ui/state-badge.tsx';

const STATE_LOOK = {
  PENDING: ['waiting', 'Waiting'],
  APPROVED: ['allowed', 'Approved'],
  DENIED: ['denied', 'Denied'],
  EXPIRED: ['unknown', 'Expired'],
  CANCELLED: ['unknown', 'Cancelled'],
  SUPERSEDED: ['unknown', 'Policy changed'],
} as const satisfies Record<ApprovalState, readonly [Tone, string]>;

/** Still to be decided, though nobody waits for it. */
const CLIENT_GONE = ['unknown', 'Client gone'] as const;

export function ApprovalStateBadge({ approval }: { readonly approval: ApprovalRequest }) {
  const [tone, word] = clientHasGone(approval, Date.now()) ? CLIENT_GONE : STATE_LOOK[approval.state];
  return <StateBadge tone={tone} word={word} filled />;
}
