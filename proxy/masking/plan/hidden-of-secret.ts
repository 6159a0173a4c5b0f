import type { Decision, MaskObligation } from '../../../model/decision.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { LAST_APPLIED } from '../tokens/mask-form.ts';
import { compileMaskRules, type MaskRules } from './mask-rules.ts';

const EVERYTHING: MaskObligation = {
  resource: 'secrets',
  fields: ['data.*'],
  annotations: [LAST_APPLIED],
  keep: [],
};

/**
 * What a client would not be shown of a Secret that it reads: what policy masks in it, or all of it where it may not be
 * read at all, and policy says nothing of how.
 * @param read the GET of the Secret.
 * @param decision what policy says of it.
 * @returns null where the client would be shown the whole Secret.
 * @throws {Refusal} `response-not-maskable`, for a policy that asks for what cannot be masked.
 */
export function hiddenOfSecret(read: ApiRequest, decision: Decision): MaskRules | null {
  const rules = compileMaskRules({ request: read, obligations: decision.masks });
  if (decision.outcome === 'allow' || rules?.hasFields) return rules;
  return compileMaskRules({ request: read, obligations: [...decision.masks, EVERYTHING] });
}
