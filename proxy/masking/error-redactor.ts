import type { SeenValues } from '../redaction/seen-values.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { valuesOfBody } from './body-values.ts';
import { compileMaskRules } from './plan/mask-rules.ts';
import type { MaskPlan } from './plan/response-mask.ts';
import { redactErrorText } from './status/error-text.ts';
import { distinctiveValues, everyKnownValue, type KnownValues } from './values/known-values.ts';

/** Makes what the API server says in words safe to pass on. */
export interface ErrorRedactor {
  /** A message of a Status. */
  readonly text: (text: string) => string;
  /** The same for a message that is made of names: only what cannot be one of them by chance goes. */
  readonly names: (text: string) => string;
  /** The text of a `Warning:` header, which may be cut off. */
  readonly warning: (text: string) => string;
}

export interface ErrorRedactorOptions {
  readonly request: ApiRequest;
  readonly plan: MaskPlan;
  readonly seen: SeenValues;
  readonly sent: Buffer | null;
}

/**
 * The redactor for the answer to one request. What it looks for is gathered when the first text comes: most answers have
 * none.
 */
export function errorRedactor({ request, plan, seen, sent }: ErrorRedactorOptions): ErrorRedactor {
  let gathered: KnownValues[] | null = null;
  const known = (): KnownValues[] => {
    gathered ??= [everyKnownValue(seen), ...ofBody()];
    return gathered;
  };
  const ofBody = (): KnownValues[] => {
    if (sent === null || plan.kind === 'pass') return [];
    const rules = compileMaskRules({ request, obligations: plan.obligations, seen });
    return rules === null ? [] : [valuesOfBody(sent, request, rules)];
  };
  const cutsObjects = plan.kind !== 'pass';
  return {
    text: (text) => redactErrorText(text, { known: known(), cutsObjects }),
    names: (text) => redactErrorText(text, { known: [distinctiveValues(seen)], cutsObjects: false }),
    warning: (text) => redactErrorText(text, { known: known(), cutsObjects, mayBeCut: true }),
  };
}
