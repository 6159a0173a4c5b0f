import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { ApiRequest } from '../request/api-request.ts';

/** Kinds that a PUT creates when they are not there (kube-apiserver 1.36.3); of others it is a 404. */
const CREATED_BY_PUT = new Set([
  'services.',
  'endpoints.',
  'events.',
  'limitranges.',
  'leases.coordination.k8s.io',
  'events.events.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
]);

/** True for a write that creates its object when it is not there: any server-side apply, and a PUT of some kinds. */
export function mayCreate({ method, contentType, info }: ApiRequest): boolean {
  if (!info.isResourceRequest || info.subresource !== '' || info.name === '') return false;
  if (method === 'PATCH') return contentType === 'application/apply-patch+yaml';
  return method === 'PUT' && CREATED_BY_PUT.has(`${info.resource}.${info.apiGroup}`);
}

/** What the policy is asked about such a write beside `patch` or `update` (the API server checks `create` too). */
export function createQuestion(question: PolicyQuestion): PolicyQuestion {
  return { ...question, verb: 'create' };
}
