import type { GainedIdentity } from '../../model/gained-identity.ts';
import type { Principal } from '../../model/principal.ts';
import type { Sign } from '../../model/sign.ts';
import type { ApiRequest, Impersonation } from '../request/api-request.ts';
import { gainedByUrl } from './act-as.ts';

/** What the policy is asked about a request. */
export function policyQuestion(
  principal: Principal,
  cluster: PolicyQuestion['cluster'],
  request: ApiRequest,
): PolicyQuestion {
  const { info, policyVerb, impersonation } = request;
  const target = {
    verb: policyVerb,
    apiGroup: info.apiGroup,
    resource: info.subresource === '' ? info.resource : `${info.resource}/${info.subresource}`,
    namespace: info.namespace,
    name: info.name,
  };
  return {
    principal,
    cluster,
    ...target,
    nonResourcePath: info.isResourceRequest ? '' : withoutTrailingSlash(info.path),
    impersonation,
    gained: gainedByUrl(target),
  };
}

/** `/logs/` and `/logs` are one thing to a rule. */
function withoutTrailingSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** What a policy is asked about: one request of one principal to one cluster. */
export interface PolicyQuestion {
  readonly principal: Principal;
  readonly cluster: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  /** `ApiRequest.policyVerb`, or `reveal` for one key of one Secret. */
  readonly verb: string;
  readonly apiGroup: string;
  /** `pods`, `pods/exec`; empty for a non-resource path. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** The decoded path of a non-resource request; empty otherwise. */
  readonly nonResourcePath: string;
  readonly impersonation: Impersonation | null;
  /** Whom else the request would let its sender act as, as far as it is known (`policy/act-as.ts`). */
  readonly gained?: readonly GainedIdentity[];
  /** Tricks that the words of its body name; left out before they were read. No rule asks about them yet. */
  readonly signs?: readonly Sign[];
  /**
   * True when all was looked at that ever will be, so that `gained` is whole and no rule is open: after an evaluation, or
   * where the question is only what would be decided by what is known.
   */
  readonly evaluated?: boolean;
}

/** `deployments.apps/scale`, as rules write it. */
export function resourceText({ apiGroup, resource }: PolicyQuestion): string {
  if (apiGroup === '') return resource;
  const [name = '', subresource] = resource.split('/', 2);
  return subresource === undefined ? `${name}.${apiGroup}` : `${name}.${apiGroup}/${subresource}`;
}

/** Who the request wants to act as, in one line. */
export function impersonationText({ impersonation: asked }: PolicyQuestion): string {
  if (asked === null) return '(none)';
  const groups = asked.groups.map((group) => `, group ${group}`).join('');
  const extras = [...asked.extra.keys()].map((key) => `, extra ${key}`).join('');
  return `${asked.user}${groups}${extras}${asked.uid === '' ? '' : `, UID ${asked.uid}`}`;
}
