import { z } from 'zod';
import type { ApprovalRequest } from '../../model/approval.ts';
import type { Author } from '../../model/caller.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import type { WaitingChange } from '../../model/policy-change.ts';
import type { PolicyState } from '../../model/policy-state.ts';

const userId = z.int().min(0).max(0xffff_ffff);

/** What the caller says of itself (`model/caller.ts`). */
const claims = z.strictObject({
  pid: z.int().positive().optional(),
  sudoUser: z.string().min(1).max(256).optional(),
  sudoUid: userId.optional(),
  loginUid: userId.optional(),
});

/** Why the caller made no proof. */
const unproven = z.string().min(1).max(100);

/**
 * What the command line asks a running gateway over its control socket: one JSON line each way, any number of times
 * on one connection.
 *
 * Whoever gives a word that counts proves who they are: they ask for a `challenge`, write the proof that this nonce and
 * the line with their word come to (`caller-proof.ts`), and send the line. What only closes may come without one where
 * none can be written.
 */
export const controlRequest = z.discriminatedUnion('ask', [
  z.strictObject({ v: z.literal(1), ask: z.literal('requests') }),
  z.strictObject({ v: z.literal(1), ask: z.literal('streams') }),
  z.strictObject({ v: z.literal(1), ask: z.literal('waitingPolicy') }),
  z.strictObject({ v: z.literal(1), ask: z.literal('challenge') }),
  z.strictObject({
    v: z.literal(1),
    ask: z.literal('review'),
    id: z.string().max(64),
    verdict: z.enum(['approve', 'deny']),
    comment: z.string().max(4_096).nullable(),
    claims: claims.optional(),
    unproven: unproven.optional(),
  }),
  z.strictObject({
    v: z.literal(1),
    ask: z.literal('acceptPolicy'),
    digest: z.string().max(64),
    claims: claims.optional(),
  }),
  z.strictObject({
    v: z.literal(1),
    ask: z.literal('endStream'),
    auditId: z.string().max(64),
    comment: z.string().max(500).nullable(),
    claims: claims.optional(),
    unproven: unproven.optional(),
  }),
]);

export type ControlRequest = z.infer<typeof controlRequest>;

/** A question; it leaves no trace, and whoever can open the socket may ask it. */
export type ControlQuestion = Extract<ControlRequest, { ask: 'requests' | 'streams' | 'waitingPolicy' | 'challenge' }>;

/** A word that counts. */
export type ControlWord = Exclude<ControlRequest, ControlQuestion>;

/** What each question is answered with. */
export interface ControlResults {
  readonly requests: readonly ApprovalRequest[];
  readonly review: ApprovalRequest;
  readonly streams: readonly LiveStream[];
  /** Hex; good for the next word on this connection. */
  readonly challenge: { readonly nonce: string };
  readonly waitingPolicy: { readonly state: PolicyState; readonly change: WaitingChange | null };
  readonly acceptPolicy: PolicyState;
  /** False: no stream of this id is open. */
  readonly endStream: boolean;
}

export type ControlResponse<Ask extends ControlRequest['ask'] = ControlRequest['ask']> =
  | {
      readonly ok: true;
      readonly result: ControlResults[Ask];
      /** Whose word it is recorded as; of a word. */
      readonly author?: Author;
    }
  | { readonly ok: false; readonly code: string; readonly message: string };
