import { compileMaskRules } from './mask-rules.ts';
import type { PlanMask } from './response-mask.ts';

/**
 * Decides how the answer to a request is treated. Any verb's answer can carry the object (a `{}` patch is a read), so
 * only the resource counts, and whether the answer is a watch.
 * @throws {Refusal} `response-not-maskable` when policy asks for a mask that cannot be made; before anything is sent.
 */
export const planMask: PlanMask = (request, obligations) => {
  if (compileMaskRules({ request, obligations }) === null) return { kind: 'pass' };
  return { kind: request.info.verb === 'watch' ? 'watch' : 'document', obligations };
};
