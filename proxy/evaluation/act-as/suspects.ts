import type { Road } from '../../../model/gained-identity.ts';
import { isCustom, roadsToEvaluate } from '../../policy/act-as.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { JSON_PATCH } from '../../request/media-types.ts';
import { suspectedOfConfigMap } from './control-data.ts';
import { suspectedOfCustomResource } from './custom-suspects.ts';

/** What a body must mention to lead anywhere by a road. Roads that are not here are always looked at: they are rare. */
const MENTIONS: Partial<Readonly<Record<Road, RegExp>>> = {
  pod: /serviceAccount(?!Token)/i,
  node: /hostPath|privileged|hostPID|hostProcess|procMount|capabilities|^local$/,
  secret: /service-account/,
  webhook: /webhook/i,
};

/**
 * The roads to another identity that a request may take, judged by the words of its body: a write can only bring what
 * it says, so `kubectl scale` or `set image` cost no question to the API server. What admission adds on its own is the
 * cluster's doing, not the request's.
 * @param body null where it was not read as JSON or YAML: then it may say anything.
 */
export function suspectedRoads(question: PolicyQuestion, request: ApiRequest, body: JsonValue): readonly Road[] {
  const roads = roadsToEvaluate(question);
  if (body === null || roads.length === 0) return roads;
  // `copy` and `move` bring values that the patch does not hold.
  if (request.contentType === JSON_PATCH && copies(body)) return roads;
  const { resource, apiGroup } = question;
  if (apiGroup === '' && resource === 'configmaps') return suspectedOfConfigMap(question, request, roads, body);
  if (isCustom(apiGroup)) return suspectedOfCustomResource(question, request, roads, body);
  return roads.filter((road) => {
    const words = MENTIONS[road];
    return words === undefined || mentions(body, words);
  });
}

function copies(patch: JsonValue): boolean {
  if (!Array.isArray(patch)) return true;
  return (patch as readonly JsonValue[]).some((operation) => {
    const op = isJsonObject(operation) ? operation.get('op') : undefined;
    return op !== 'add' && op !== 'replace' && op !== 'remove' && op !== 'test';
  });
}

/** Keys and texts, those of JSON Pointers among them; without recursion, because the depth is the client's choice. */
function mentions(body: JsonValue, words: RegExp): boolean {
  const waiting: JsonValue[] = [body];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'string') {
      if (words.test(next)) return true;
    } else if (isJsonObject(next)) {
      for (const [key, inner] of next) {
        if (words.test(key)) return true;
        waiting.push(inner);
      }
    } else if (Array.isArray(next)) waiting.push(...(next as readonly JsonValue[]));
  }
  return false;
}
