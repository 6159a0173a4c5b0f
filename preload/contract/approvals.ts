import { z } from 'zod';
import type { ApprovalRequest } from '../../model/approval.ts';
import { call, event } from './call.ts';
import { comment, identifier } from './words.ts';

export const approvalsCalls = {
  'approvals.list': call<readonly ApprovalRequest[]>()(z.void(), ['gatehouse', 'approvals', 'secret']),
  /** Those that a person decided before the gateway started, as the journal has them: to read only, the newest first. */
  'approvals.earlier': call<readonly ApprovalRequest[]>()(z.void(), ['gatehouse', 'approvals']),
  /** The caller has this request before the person's eyes, whole, and no other; null: none. A vote needs that. */
  'approvals.shows': call<void>()(identifier.nullable(), ['approvals', 'secret']),
  'approvals.review': call<ApprovalRequest>()(
    z.object({ id: identifier, verdict: z.enum(['approve', 'deny']), comment }),
    ['approvals', 'secret'],
  ),
} as const;

export const approvalsEvents = {
  'approvals.changed': event<ApprovalRequest>(['gatehouse', 'approvals', 'secret']),
} as const;
