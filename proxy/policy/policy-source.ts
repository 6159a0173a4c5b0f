import type { Decision } from '../../model/decision.ts';
import type { PolicyState } from '../../model/policy-state.ts';
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
  /** Follows no further change; what is in force goes on deciding. */
  close(): Promise<void>;
}
