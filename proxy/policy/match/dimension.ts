import type { PolicyQuestion } from '../policy-question.ts';

/** The names that a rule's subjects list, where they are no patterns. */
export interface Principals {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/**
 * One dimension of a rule. `lenient` asks "could this be about the request?" (rules that restrict), otherwise "is it
 * certainly?" (rules that permit): a list without a name may hold every name, a list over all namespaces every namespace.
 */
export interface Dimension {
  readonly name: string;
  /** For the trace: what the rule wants, as written. */
  readonly wanted: string;
  readonly got: (question: PolicyQuestion) => string;
  readonly test: (question: PolicyQuestion, lenient: boolean) => boolean;
  /** True where verb, group and resource alone decide, so that the answer can be kept. */
  readonly fixed: boolean;
  /** The users and groups one of which the principal must be (rule-index.ts); left out where patterns decide. */
  readonly principals?: Principals;
}
