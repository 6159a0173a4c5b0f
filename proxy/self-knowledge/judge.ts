import type { Decision } from '../../model/decision.ts';
import type { Principal } from '../../model/principal.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import type { Impersonation } from '../request/api-request.ts';
import { STREAMING_SUBRESOURCES } from '../request/upgrade.ts';
import { isNamespaced } from '../resources/built-in-resources.ts';

/** A request that might be made, in RBAC's words. */
export interface Attributes {
  readonly verb: string;
  readonly group: string;
  /** `pods`, `pods/exec`. */
  readonly resource: string;
  /** As the client gave it: kubectl names the context's namespace for cluster-wide resources too. */
  readonly namespace: string;
  readonly name: string;
}

/** What policy says to requests that might be made. */
export interface Judge {
  resource(attributes: Attributes): Decision;
  path(verb: string, path: string): Decision;
  /** Acting as somebody, in a request that policy has no other objection to as far as it can. */
  identity(impersonation: Impersonation): Decision;
}

/** Verbs that a request about a resource can have. Others (`bind`, `use`, …) are checked inside the API server. */
export const REQUEST_VERBS: readonly string[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
export const PATH_VERBS: readonly string[] = ['delete', 'get', 'head', 'patch', 'post', 'put'];
/** Verbs whose request line itself can say "in all namespaces". */
const COLLECTION_VERBS: ReadonlySet<string> = new Set(['list', 'watch', 'deletecollection']);
/** A name that only a pattern for every namespace matches. */
const EVERY_NAMESPACE = '*';
/** From the least that a decision asks of a request to the most. */
const STRICTNESS: readonly Decision['outcome'][] = ['allow', 'requireApproval', 'deny'];

/** Asks the policy in force in the name of one caller. */
export function judgeFor(
  policy: Pick<PolicySource, 'decide'>,
  asker: {
    readonly principal: Principal;
    readonly cluster: PolicyQuestion['cluster'];
    readonly impersonation: Impersonation | null;
  },
): Judge {
  const question = (given: Partial<PolicyQuestion>): PolicyQuestion => ({
    verb: 'get',
    apiGroup: '',
    resource: '',
    namespace: '',
    name: '',
    nonResourcePath: '',
    // Nobody will look at an object: what it would add is not in the answer.
    evaluated: true,
    ...asker,
    ...given,
  });
  return {
    resource: (attributes) => {
      const { verb, group, resource, name } = attributes;
      const asked = { verb: policyVerb(group, resource, verb), apiGroup: group, resource, name };
      return policy.decide(question({ ...asked, namespace: namespaceOf(attributes) }));
    },
    path: (verb, path) => {
      const nonResourcePath = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
      return policy.decide(question({ verb, nonResourcePath }));
    },
    identity: (impersonation) =>
      policy.decide(question({ verb: 'get', resource: 'pods', namespace: 'default', impersonation })),
  };
}

/** The decision that asks the most of a request. @param decisions at least one */
export function strictestOf(decisions: readonly Decision[]): Decision {
  return decisions.reduce((strict, decision) =>
    STRICTNESS.indexOf(decision.outcome) > STRICTNESS.indexOf(strict.outcome) ? decision : strict,
  );
}

/** As `ApiRequest.policyVerb`: a GET that upgrades to exec is as much a `create` as the POST is. */
function policyVerb(group: string, resource: string, verb: string): string {
  const [name = '', subresource = ''] = resource.split('/', 2);
  return group === '' && name === 'pods' && STREAMING_SUBRESOURCES.has(subresource) ? 'create' : verb;
}

/**
 * The namespaces that the request line would have. kubectl asks about `nodes` in the namespace of its context; the
 * request itself has none. A namespace is in itself, as RequestInfo has it. A custom resource is taken for one of
 * namespaces where a namespace is given, as most are.
 */
function namespaceOf({ group, resource, namespace, name, verb }: Attributes): string {
  if (group === '' && (resource === 'namespaces' || resource.startsWith('namespaces/'))) return name;
  const namespaced = isNamespaced(group, resource);
  if (namespaced === false) return '';
  return namespaced === true && namespace === '' && !COLLECTION_VERBS.has(verb) ? EVERY_NAMESPACE : namespace;
}
