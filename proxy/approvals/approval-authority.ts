import type { EffectiveIdentity, RequestSummary } from '../journal/journal-record.ts';
import type { Principal } from '../listener/principal.ts';
import type { ApprovalRequirement } from '../policy/decision.ts';

export type ApprovalState = 'PENDING' | 'APPROVED' | 'DENIED' | 'EXPIRED' | 'CANCELLED' | 'SUPERSEDED';
export type GrantState = 'ACTIVE' | 'CONSUMED' | 'EXPIRED' | 'REVOKED';

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
  readonly rules: readonly string[];
  readonly message: string;
  readonly policyDigest: string;
  readonly requirement: ApprovalRequirement;
  /** Given by the person who asks, e.g. for a reveal. */
  readonly reason: string | null;
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
  readonly review: {
    readonly by: string;
    readonly verdict: 'approve' | 'deny';
    readonly comment: string | null;
    readonly at: string;
  } | null;
  readonly grant: { readonly state: GrantState; readonly expiresAt: string } | null;
}

export type HoldOutcome =
  | { readonly outcome: 'granted'; readonly approval: ApprovalRequest; readonly waitedMs: number }
  | {
      readonly outcome:
        | 'denied'
        | 'expired'
        | 'pending'
        | 'superseded'
        | 'cancelled'
        | 'stopping'
        | 'client-gone'
        | 'unavailable';
      readonly approval: ApprovalRequest;
      readonly waitedMs: number;
      /** For the client, where the outcome alone does not say why (`unavailable`). */
      readonly message?: string;
    };

/** Who decides what waits: the person at the app (local), or other people through central. */
export interface ApprovalAuthority {
  /**
   * Uses up a grant for exactly this intent when there is one; otherwise finds or makes the approval request and waits.
   * @param options.holdMs how long the client may be kept waiting; 0 answers at once.
   * @param options.signal aborted when the client goes away: the request stays pending, the hold ends.
   */
  hold(intent: Intent, options: { readonly holdMs: number; readonly signal: AbortSignal }): Promise<HoldOutcome>;
  /** Whether there is anybody here who could give what a rule asks for. */
  canAsk(requirement: ApprovalRequirement): boolean;
  /** Open ones first, then the newest. */
  list(): readonly ApprovalRequest[];
  /**
   * A person's vote. Only the app's own surface and the owner-only socket reach this.
   * @throws {ApprovalError} when the id is unknown, no longer pending, or a required reason is missing.
   */
  review(vote: {
    readonly id: string;
    readonly verdict: 'approve' | 'deny';
    readonly by: string;
    readonly comment: string | null;
  }): Promise<ApprovalRequest>;
  /** Everything pending or granted under another policy ends. */
  supersede(policyDigest: string): void;
  onChange(listener: (approval: ApprovalRequest) => void): () => void;
  /** Ends every hold with `stopping`. */
  close(): Promise<void>;
}
