import type { ApprovalRequest, Intent, Vote } from '../../model/approval.ts';
import type { ApprovalRequirement } from '../../model/decision.ts';
import type { ApprovalRecord } from '../../model/journal-record.ts';
import type { GatewayLog } from '../gateway-log.ts';

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
  review(vote: Vote): Promise<ApprovalRequest>;
  /** Everything pending or granted under another policy ends. */
  supersede(policyDigest: string): void;
  onChange(listener: (approval: ApprovalRequest) => void): () => void;
  /** Ends every hold with `stopping`. */
  close(): Promise<void>;
}

/** What an authority gets from the gateway that it decides for. */
export interface AuthorityOpening {
  readonly log: GatewayLog;
  /** Writes to the journal; settles when the record is on the disk. An approval or a use that cannot be written is not given. */
  readonly onRecord: (record: ApprovalRecord) => Promise<unknown>;
}
