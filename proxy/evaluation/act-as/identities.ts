import type { Road } from '../../../model/gained-identity.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import type { Sight } from '../look/sight.ts';
import type { Reader } from '../reader.ts';
import type { Change } from './change.ts';
import { gainedByExec } from './exec.ts';
import { gainedByChange, gainedByUnknown } from './gained.ts';
import type { Gained } from './service-account.ts';
import { statedWorkload } from './stated-workload.ts';
import { withStrength } from './strength.ts';
import { dependsOnWhatIsThere, roadsOf, suspectedRoads } from './suspects.ts';
import { gainedByCodeBesideSecrets, gainedBySecretsOf, gainedByTakenSecrets } from './token-secrets.ts';

/** What a DELETE leaves, which needs no rehearsal. */
const NOTHING_LEFT = {};

/** Finds whom a request would let its sender act as, for rules that say `actsAs`. */
export const identities: Reader = {
  plan: ({ question, request, said }) => {
    const suspected = suspectedRoads(question, request, said);
    const stated = suspected.length === 0 ? statedWorkload(question, said) : null;
    if (suspected.length === 0 && stated === null) return null;
    return {
      looks: {
        // Getting into a pod takes the pod that is there, and changes nothing.
        rehearsal: suspected.some((road) => road !== 'exec' || !isIntoPod(request)),
        // A program that is chosen before somebody else gives the workload its account is gained no other way; but a
        // write that takes an account away, or gives its token, must not find another state than was found here.
        exact:
          suspected.some((road) => road !== 'exec') || (!isIntoPod(request) && dependsOnWhatIsThere(request, said)),
      },
      read: async (asked, sight) => {
        const gained =
          stated === null
            ? await gainedIn(question, request, suspected, sight)
            : await gainedBy(['pod'], { ...whereOf(request), before: null, after: stated, role: null }, sight);
        const found = await withStrength(once(gained), sight.strengthOf);
        return { ...asked, gained: [...(asked.gained ?? []), ...found] };
      },
    };
  },
};

async function gainedIn(
  question: PolicyQuestion,
  request: ApiRequest,
  suspected: readonly Road[],
  sight: Sight,
): Promise<Gained[]> {
  const { before } = sight;
  const after = request.method === 'DELETE' ? NOTHING_LEFT : sight.after;
  const into = isIntoPod(request) && suspected.includes('exec') ? await gainedInside(request, sight) : [];
  const isOther = (road: Road): boolean => road !== 'exec' || !isIntoPod(request);
  const others = suspected.filter(isOther);
  if (others.length === 0) return into;
  if (after === null) {
    // What it would change cannot be told; whom the object acts as, and whom it would not, can.
    const code = others.includes('exec') && before !== null;
    const change = { ...whereOf(request), before, after, role: null };
    const unknown = others.filter((road) => road !== 'exec' || before === null);
    return [...into, ...(code ? await gainedBy(['exec'], change, sight) : []), ...gainedByUnknown(unknown)];
  }
  const role = request.info.resource.endsWith('bindings') ? await sight.boundRole() : null;
  const aggregators = request.info.resource === 'clusterroles' ? await sight.aggregators() : null;
  // Once both are seen no road has to be guessed by words any more.
  const roads = roadsOf(question, request).filter(isOther);
  return [...into, ...(await gainedBy(roads, { ...whereOf(request), before, after, role, aggregators }, sight))];
}

/** Whom whoever gets into the pod of a request acts as, by its account, its node and the tokens that it was given. */
async function gainedInside({ info: { namespace, name, subresource } }: ApiRequest, sight: Sight): Promise<Gained[]> {
  return [
    ...gainedByExec(namespace, name, sight.before, subresource !== 'portforward'),
    ...(await gainedBySecretsOf(namespace, sight.before, sight)),
  ];
}

async function gainedBy(roads: readonly Road[], change: Change, sight: Sight): Promise<Gained[]> {
  return [
    ...gainedByChange(roads, change),
    ...(roads.includes('pod') ? await gainedByTakenSecrets(change, sight) : []),
    ...(roads.includes('exec') ? await gainedByCodeBesideSecrets(change, sight) : []),
  ];
}

/** True for a request to a pod that is there: exec, attach, port-forward, ephemeral containers. */
function isIntoPod({ info }: ApiRequest): boolean {
  return info.resource === 'pods' && info.apiGroup === '' && info.subresource !== '';
}

function whereOf({ info }: ApiRequest): Pick<Change, 'namespace' | 'apiGroup' | 'resource'> {
  const { namespace, apiGroup, resource } = info;
  return { namespace, apiGroup, resource };
}

/** An account that a workload runs as and has a token of is said once. */
function once(gained: readonly Gained[]): Gained[] {
  const key = ({ road, user, says }: Gained): string => `${road} ${user === '' ? says : user}`;
  return [...new Map(gained.toReversed().map((identity) => [key(identity), identity])).values()].toReversed();
}
