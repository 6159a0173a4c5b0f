import type { Finding } from '../../../model/decision.ts';
import type { PolicyQuestion } from '../policy-question.ts';

/** The names that a rule's subjects list, where they are no patterns. */
export interface Principals {
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

/** What a dimension, or a rule, says to a question. `open`: the object must be looked at before it can be said. */
export type Answer = 'yes' | 'no' | 'open';

/**
 * One dimension of a rule. `lenient` asks "could this be about the request?" (rules that restrict), otherwise "is it
 * certainly?" (rules that permit): a list without a name may hold every name, a list over all namespaces every namespace.
 */
export interface Dimension {
  readonly name: string;
  /** For the trace: what the rule wants, as written. */
  readonly wanted: string;
  readonly got: (question: PolicyQuestion) => string;
  /** `open` only of a dimension made by {@link awaiting}. */
  readonly answer: (question: PolicyQuestion, lenient: boolean) => Answer;
  /** True where verb, group and resource alone decide, so that the answer can be kept. */
  readonly fixed: boolean;
  /** The users and groups one of which the principal must be (rule-index.ts); left out where patterns decide. */
  readonly principals?: Principals;
  /**
   * What a rule that permits permits by having it: what may be requested (`target`), or whom one may act as, by
   * `Impersonate-*` too (`impersonation`) or by other roads alone (`identity`). Left out: it only narrows.
   */
  readonly permits?: 'target' | 'impersonation' | 'identity';
  /** The question as a message of the rule may tell of it; left out: as it is. */
  readonly mentioned?: (question: PolicyQuestion) => PolicyQuestion;
  /** What has to be found before it is known whole; null where there is nothing to find, or it was looked for. */
  readonly awaits?: (question: PolicyQuestion) => Finding | null;
}

/** What a dimension about a finding says before and after it was looked for. */
export interface FindingTest {
  /** The question is about something that may hold such a finding. */
  readonly mayFind: (question: PolicyQuestion) => boolean;
  /** The dimension holds by what is known. */
  readonly holds: (question: PolicyQuestion, lenient: boolean) => boolean;
  /** What is still to be found may turn that round. */
  readonly mayTurn: (question: PolicyQuestion, lenient: boolean) => boolean;
}

/**
 * The half of a dimension that depends on what is found at the API server. This is the one place where a dimension gets
 * to be open, and it is not once `evaluated` says that everything was looked at.
 */
export function awaiting(
  finding: Finding,
  { mayFind, holds, mayTurn }: FindingTest,
): Required<Pick<Dimension, 'answer' | 'awaits'>> {
  const isAwaited = (question: PolicyQuestion): boolean => question.evaluated !== true && mayFind(question);
  return {
    awaits: (question) => (isAwaited(question) ? finding : null),
    answer: (question, lenient) =>
      isAwaited(question) && mayTurn(question, lenient) ? 'open' : yesOrNo(holds(question, lenient)),
  };
}

/**
 * Dimensions that must all hold: one `no` settles it, whatever else is open. Nothing may be open of what was evaluated;
 * should something be all the same, it counts against the request.
 */
export function allOf(dimensions: readonly Dimension[], question: PolicyQuestion, lenient: boolean): Answer {
  let open = false;
  for (const { answer } of dimensions) {
    const said = answer(question, lenient);
    if (said === 'no') return 'no';
    if (said === 'open') open = true;
  }
  if (!open) return 'yes';
  return question.evaluated === true ? yesOrNo(lenient) : 'open';
}

/** The answer of a `not`: what is open stays so. */
export function opposite(answer: Answer): Answer {
  if (answer === 'open') return 'open';
  return answer === 'yes' ? 'no' : 'yes';
}

/** The answer of a dimension that nothing can keep open. */
export function yesOrNo(holds: boolean): Answer {
  return holds ? 'yes' : 'no';
}
