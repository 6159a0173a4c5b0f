import type { RequestSummary } from './journal-record.ts';

/*
 * A request as people say it, in the same words wherever the app names one: its screens, a recording's markers, a
 * notification. Both the renderer and main read it, so it lies beside their contract.
 */

/** `deployments.apps/scale`: how RBAC and the policy write a resource. Empty for a non-resource path. */
export function resourceName(request: RequestSummary): string {
  if (request.resource === '') return '';
  const grouped = request.apiGroup === '' ? request.resource : `${request.resource}.${request.apiGroup}`;
  return request.subresource === '' ? grouped : `${grouped}/${request.subresource}`;
}

/** `pods/exec` of one object: `pod/exec`; `networkpolicies.networking.k8s.io`: `networkpolicy.networking.k8s.io`. */
export function singular(resource: string): string {
  const [, plural = resource, rest = ''] = /^([^./]+)(.*)$/.exec(resource) ?? [];
  if (plural === 'endpoints') return resource;
  const one = plural.replace(/ies$/, 'y').replace(/(ss|x|ch)es$/, '$1');
  return (one === plural ? plural.replace(/s$/, '') : one) + rest;
}

/** Where the subresource of a pod says more than the verb (`create` for an exec). */
const POD_WORDS: Readonly<Record<string, string>> = {
  exec: 'exec into pod',
  attach: 'attach to pod',
  portforward: 'port-forward to pod',
  log: 'read log of pod',
};

/** `get secret payments/payments-db`, `list pods in shop`, `exec into pod shop/api-0`, `get /version`. */
export function requestLine(request: RequestSummary): string {
  if (request.resource === '') return `${request.policyVerb} ${request.target.split('?')[0] ?? request.target}`;
  const resource = resourceName(request);
  if (request.newName !== undefined) {
    const where = request.namespace === '' ? '' : `${request.namespace}/`;
    return `${request.policyVerb} ${singular(resource)} ${where}${request.newName}`;
  }
  if (request.name === '') {
    const where = request.namespace === '' ? '' : ` in ${request.namespace}`;
    return `${request.policyVerb} ${resource}${where}`;
  }
  // A namespace is its own namespace in RequestInfo; said twice it would read as two things.
  const own = resource === 'namespaces' && request.name === request.namespace;
  const object = own || request.namespace === '' ? request.name : `${request.namespace}/${request.name}`;
  const words = request.resource === 'pods' ? POD_WORDS[request.subresource] : undefined;
  if (words !== undefined) return `${words} ${object}`;
  if (request.revealKey !== undefined) return `reveal ${request.revealKey} of ${singular(resource)} ${object}`;
  return `${request.policyVerb} ${singular(resource)} ${object}`;
}
