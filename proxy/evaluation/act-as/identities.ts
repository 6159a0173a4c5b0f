import type { Road } from '../../../model/gained-identity.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import type { Sight } from '../look/sight.ts';
import type { Reader } from '../reader.ts';
import { gainedByExec } from './exec.ts';
import { gainedByChange, gainedByUnknown } from './gained.ts';
import type { Gained } from './service-account.ts';
import { withStrength } from './strength.ts';
import { suspectedRoads } from './suspects.ts';

/** Finds whom a request would let its sender act as, for rules that say `actsAs`. */
export const identities: Reader = {
  plan: ({ question, request, said }) => {
    const roads = suspectedRoads(question, request, said);
    if (roads.length === 0) return null;
    return {
      // Getting into a pod takes the pod that is there, and changes nothing.
      looks: { rehearsal: roads.some((road) => road !== 'exec' || !isOfPods(request)) },
      read: async (asked, sight) => {
        const found = await withStrength(await gainedIn(request, roads, sight), sight.strengthOf);
        return { ...asked, gained: [...(asked.gained ?? []), ...found] };
      },
    };
  },
};

/** What a DELETE leaves, which needs no rehearsal. */
const NOTHING_LEFT = {};

/** `exec` of a custom resource is other code in it, which is seen in what the write would leave. */
function isOfPods({ info }: ApiRequest): boolean {
  return info.apiGroup === '' && info.resource === 'pods';
}

async function gainedIn(request: ApiRequest, roads: readonly Road[], sight: Sight): Promise<Gained[]> {
  const { namespace, apiGroup, resource, subresource, name } = request.info;
  const { before, live } = sight;
  const after = request.method === 'DELETE' ? NOTHING_LEFT : sight.after;
  const isThere = roads.includes('exec') && isOfPods(request) && live !== 'absent';
  const intoPod = isThere ? gainedByExec(namespace, name, before, subresource !== 'portforward') : [];
  const others = roads.filter((road) => road !== 'exec' || !isOfPods(request));
  if (others.length === 0) return intoPod;
  if (after === null) return [...intoPod, ...gainedByUnknown(others)];
  const role = resource.endsWith('bindings') ? await sight.boundRole() : null;
  return [...intoPod, ...gainedByChange(others, { namespace, apiGroup, resource, before, after, role })];
}
