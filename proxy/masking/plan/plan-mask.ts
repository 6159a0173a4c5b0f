import type { ApiRequest } from '../../request/api-request.ts';
import { isBuiltInGroup } from '../../request/media-types.ts';
import { asksForTable } from './accept.ts';
import { compileMaskRules, type MaskRules } from './mask-rules.ts';
import type { PlanMask, WholeTable } from './response-mask.ts';

/**
 * Decides how the answer to a request is treated. Any verb's answer can carry the object (a `{}` patch is a read), so
 * only the resource counts, and whether the answer is a watch.
 * @throws {Refusal} `response-not-maskable` when policy asks for a mask that cannot be made; before anything is sent.
 */
export const planMask: PlanMask = (request, obligations) => {
  const rules = compileMaskRules({ request, obligations });
  if (rules === null) return { kind: 'pass' };
  return {
    kind: request.info.verb === 'watch' ? 'watch' : 'document',
    obligations,
    sensitive: rules.hasFields,
    table: wholeTable(request, rules),
  };
};

/**
 * The columns of a custom resource may show any of its fields, and a cell does not say which: the whole object must be
 * there to tell. Built-in kinds have columns that the API server made, none of which shows a value.
 */
function wholeTable(request: ApiRequest, { redactCells }: MaskRules): WholeTable | null {
  const { apiGroup } = request.info;
  if (!redactCells || isBuiltInGroup(apiGroup) || !asksForTable(request)) return null;
  const asked = request.query.find(([name]) => name === 'includeObject')?.[1] ?? 'Metadata';
  // Anything else is refused by the API server in its own words.
  if (asked !== 'Metadata' && asked !== 'None') return null;
  const [path = '', query = ''] = request.target.split(/\?(.*)/s);
  const kept = query.split('&').filter((pair) => pair !== '' && !isIncludeObject(pair));
  return { target: `${path}?${[...kept, 'includeObject=Object'].join('&')}`, trimRows: asked };
}

function isIncludeObject(pair: string): boolean {
  const [name = ''] = pair.split('=');
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')) === 'includeObject';
  } catch {
    return false;
  }
}
