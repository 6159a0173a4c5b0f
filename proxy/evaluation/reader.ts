import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { JsonValue } from '../request/json-value.ts';
import type { Looks, Sight } from './look/sight.ts';

/** Finds one thing that rules wait for (`Decision.awaits`) in what is seen of a request. It cannot look by itself. */
export interface Reader {
  /**
   * @returns null where the words of the request tell that there is nothing to find.
   */
  readonly plan: (asked: {
    readonly question: PolicyQuestion;
    readonly request: ApiRequest;
    /** What the body says; null where that cannot be told. */
    readonly said: JsonValue;
  }) => Reading | null;
}

/** What a reader needs to see, and what it makes of it. */
export interface Reading {
  readonly looks: Looks;
  /** The question, with what was found. */
  readonly read: (question: PolicyQuestion, sight: Sight) => Promise<PolicyQuestion>;
}
