import type { Decision } from '../../model/decision.ts';
import type { PolicyState } from '../../model/policy-state.ts';
import type { PolicyQuestion } from './policy-question.ts';

/** The policy in force. Reading and hot reload are behind it; deciding never waits and never throws. */
export interface PolicySource {
  decide(question: PolicyQuestion): Decision;
  /** For screens and the command line. */
  state(): PolicyState;
  /** Called after each change of the folder, with a broken file too. Returns an unsubscribe function. */
  onChange(listener: (state: PolicyState) => void): () => void;
  close(): Promise<void>;
}
