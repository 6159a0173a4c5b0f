import type { Author } from '../../model/caller.ts';
import type { Decision } from '../../model/decision.ts';
import type { WaitingChange } from '../../model/policy-change.ts';
import type { PolicyState } from '../../model/policy-state.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { Surroundings } from './never-matches/surroundings.ts';
import type { PolicyQuestion } from './policy-question.ts';

/**
 * The policy in force, wherever it comes from: this is the port, and `source/` holds what is behind it. Deciding never
 * waits and never throws: with no good policy everything is denied.
 */
export interface PolicySource {
  decide(question: PolicyQuestion): Decision;
  /** For screens and the command line. */
  state(): PolicyState;
  /** Called after each change of the state, also when what came is no good. Returns an unsubscribe function. */
  onChange(listener: (state: PolicyState) => void): () => void;
  /** Reads where it comes from at once, whatever was noticed of it; settles when what was read is in force, or waits. */
  readAnew(): Promise<void>;
  /** What waits until a person confirms it, rule by rule; null where nothing does. */
  waiting(): WaitingChange | null;
  /**
   * Puts what waits into force.
   * @param digest of the change that was shown.
   * @param author whose word it is, for the journal.
   * @throws {PolicyChangeError} where something else waits by now, or nothing; and where the journal cannot be told.
   */
  accept(digest: string, author: Author): Promise<void>;
  /** Tells it where the gateway runs, now and after each change: the state's warnings are told against that. */
  surroundedBy(surroundings: Surroundings): void;
  /** API groups that rules name and Kubernetes itself does not serve whole; what is in them, only clusters can say. */
  groupsToLookAt(): readonly string[];
  /** Follows no further change; what is in force goes on deciding. */
  close(): Promise<void>;
}

export type PolicyEvent = 'policy-accepted' | 'policy-waits' | 'policy-folder-noticed';

/** What a source of policy tells the journal, and may ask it. */
export interface PolicyOpening {
  readonly log: GatewayLog;
  /** Settles when it is on the disk. @throws where it cannot be written. */
  readonly record: (event: PolicyEvent, detail: string, author?: Author) => Promise<void>;
  /** True where the journal tells of an accepted policy. */
  readonly wasAccepted: () => Promise<boolean>;
}

/** Nothing was accepted; `message` says why, and how to go on. */
export class PolicyChangeError extends Error {
  override readonly name = 'PolicyChangeError';
  readonly code: 'policy-change-not-waiting' | 'journal-unavailable';

  constructor(code: PolicyChangeError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
