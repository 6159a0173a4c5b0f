import { z } from 'zod';
import type { ApprovalRequest } from '../../model/approval.ts';
import { call, event } from './call.ts';
import { comment, identifier } from './words.ts';

export const approvalsCalls = {
  'approvals.list': call<readonly ApprovalRequest[]>()(z.void()),
  /** Those that a person decided before the gateway started, as the journal has them: to read only, the newest first. */
  'approvals.earlier': call<readonly ApprovalRequest[]>()(z.void()),
  'approvals.review': call<ApprovalRequest>()(
    z.object({ id: identifier, verdict: z.enum(['approve', 'deny']), comment }),
  ),
} as const;

export const approvalsEvents = {
  'approvals.changed': event<ApprovalRequest>(),
} as const;
