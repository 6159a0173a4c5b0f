import type { ApiRequest } from '../../request/api-request.ts';
import { isBuiltInGroup } from '../../request/media-types.ts';
import { asksForMetadata, asksForTable } from './accept.ts';
import { compileMaskRules, type MaskRules } from './mask-rules.ts';
import type { PlanMask, Trim, WholeObjects } from './response-mask.ts';

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
    whole: wholeTable(request, rules) ?? wholeObjects(request, rules),
  };
};

/**
 * The columns of a custom resource may show any of its fields, and a cell does not say which: the whole object must be
 * there to tell. Built-in kinds have columns that the API server made, none of which shows a value; but the metadata of a
 * Secret, which its row has too, may hold one of its values, and only the whole Secret says which they are.
 */
function wholeTable(request: ApiRequest, { redactCells, ownValues }: MaskRules): WholeObjects | null {
  const { apiGroup } = request.info;
  const showsCells = redactCells && !isBuiltInGroup(apiGroup);
  if ((!showsCells && ownValues === null) || !asksForTable(request)) return null;
  const asked = request.query.find(([name]) => name === 'includeObject')?.[1] ?? 'Metadata';
  // Anything else is refused by the API server in its own words.
  if (asked !== 'Metadata' && (asked !== 'None' || !showsCells)) return null;
  const [path = '', query = ''] = request.target.split(/\?(.*)/s);
  const kept = query.split('&').filter((pair) => pair !== '' && !isIncludeObject(pair));
  return {
    target: `${path}?${[...kept, 'includeObject=Object'].join('&')}`,
    accept: null,
    trim: { of: 'rows', to: asked, version: 'v1' },
  };
}

/** The same for who asks for the metadata of Secrets alone. */
function wholeObjects(request: ApiRequest, { ownValues }: MaskRules): WholeObjects | null {
  const asked = ownValues === null ? null : asksForMetadata(request);
  if (asked === null) return null;
  const { verb } = request.info;
  const isList = verb === 'list' || verb === 'deletecollection';
  // A list as one object, or one as a list, is refused by the API server in its own words.
  if (isList !== (asked.as === 'PartialObjectMetadataList')) return null;
  const trim: Trim = { of: isList ? 'items' : 'object', to: 'Metadata', version: asked.version };
  return { target: null, accept: 'application/json', trim };
}

function isIncludeObject(pair: string): boolean {
  const [name = ''] = pair.split('=');
  try {
    return decodeURIComponent(name.replaceAll('+', ' ')) === 'includeObject';
  } catch {
    return false;
  }
}
