import { z } from 'zod';
import type { ApprovalRequest } from '../../model/approval.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import type { WaitingChange } from '../../model/policy-change.ts';
import type { PolicyState } from '../../model/policy-state.ts';

/**
 * What the command line asks a running gateway over its control socket: one JSON line each way, any number of times
 * on one connection.
 */
export const controlRequest = z.discriminatedUnion('ask', [
  z.strictObject({ v: z.literal(1), ask: z.literal('requests') }),
  z.strictObject({
    v: z.literal(1),
    ask: z.literal('review'),
    id: z.string().max(64),
    verdict: z.enum(['approve', 'deny']),
    comment: z.string().max(4_096).nullable(),
  }),
  z.strictObject({ v: z.literal(1), ask: z.literal('streams') }),
  z.strictObject({ v: z.literal(1), ask: z.literal('waitingPolicy') }),
  z.strictObject({ v: z.literal(1), ask: z.literal('acceptPolicy'), digest: z.string().max(64) }),
  z.strictObject({
    v: z.literal(1),
    ask: z.literal('endStream'),
    auditId: z.string().max(64),
    comment: z.string().max(500).nullable(),
  }),
]);

export type ControlRequest = z.infer<typeof controlRequest>;

/** What each question is answered with. */
export interface ControlResults {
  readonly requests: readonly ApprovalRequest[];
  readonly review: ApprovalRequest;
  readonly streams: readonly LiveStream[];
  readonly waitingPolicy: { readonly state: PolicyState; readonly change: WaitingChange | null };
  readonly acceptPolicy: PolicyState;
  /** False: no stream of this id is open. */
  readonly endStream: boolean;
}

export type ControlResponse<Ask extends ControlRequest['ask'] = ControlRequest['ask']> =
  | { readonly ok: true; readonly result: ControlResults[Ask] }
  | { readonly ok: false; readonly code: string; readonly message: string };
