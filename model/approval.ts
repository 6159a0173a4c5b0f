import type { Author } from './caller.ts';
import type { ApprovalRequirement } from './decision.ts';
import type { EffectiveIdentity, RequestSummary } from './journal-record.ts';
import type { Principal } from './principal.ts';

export type ApprovalState = 'PENDING' | 'APPROVED' | 'DENIED' | 'EXPIRED' | 'CANCELLED' | 'SUPERSEDED';

export type GrantState = 'ACTIVE' | 'CONSUMED' | 'EXPIRED' | 'REVOKED';

/** `role`, `ClusterRole cluster-admin`. */
export interface OutlineEntry {
  readonly name: string;
  readonly says: string;
}

/** What a person is asked to approve: exactly one request. */
export interface Intent {
  /** Hex SHA-256 of everything that makes this request this request (`approvals/intent-digest.ts`). */
  readonly digest: string;
  readonly principal: Principal;
  readonly cluster: string;
  readonly effective: EffectiveIdentity | null;
  readonly request: RequestSummary;
  /** The body as it may be shown: masked, cut at 16 KiB; null when there is none or it is not text. */
  readonly bodyPreview: string | null;
  readonly bodyBytes: number;
  /** What the body asks for, in names; left out where it says nothing of that kind, or is large. */
  readonly outline?: readonly OutlineEntry[];
  readonly rules: readonly string[];
  readonly message: string;
  readonly policyDigest: string;
  readonly requirement: ApprovalRequirement;
  /** Given by the person who asks, e.g. for a reveal. */
  readonly reason: string | null;
}

/** A person's word on an approval request. */
export interface Vote extends Author {
  readonly id: string;
  readonly verdict: 'approve' | 'deny';
  readonly comment: string | null;
}

/** One approval request, as screens and the command line show it. */
export interface ApprovalRequest {
  /** UUIDv7. */
  readonly id: string;
  /** 4 characters of Crockford base 32, unique among what is open. */
  readonly code: string;
  readonly state: ApprovalState;
  readonly intent: Intent;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** A client is waiting on the line right now. */
  readonly held: boolean;
  readonly review:
    | (Author & {
        readonly verdict: 'approve' | 'deny';
        readonly comment: string | null;
        readonly at: string;
      })
    | null;
  readonly grant: { readonly state: GrantState; readonly expiresAt: string } | null;
  /** Why it ended, for people, where the state alone does not say; left out: it does. */
  readonly endReason?: string;
}
