import type { Principal } from '../listener/principal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { gainedByUrl } from './act-as.ts';
import type { PolicyQuestion } from './decision.ts';

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
