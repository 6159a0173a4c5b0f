import type { ApiRequest } from '../request/api-request.ts';

/** What a client asks about itself: one request, or everything it may do in a namespace. */
export type SelfReview = 'access' | 'rules';

/**
 * Which review of oneself a request makes, if any: `kubectl auth can-i` and `kubectl auth can-i --list`. Reviews of
 * other people (SubjectAccessReview) are about the cluster's own rules and stay the cluster's to answer.
 */
export function selfReviewOf({ info, policyVerb }: ApiRequest): SelfReview | null {
  if (info.apiGroup !== 'authorization.k8s.io' || policyVerb !== 'create' || info.subresource !== '') return null;
  if (info.resource === 'selfsubjectaccessreviews') return 'access';
  return info.resource === 'selfsubjectrulesreviews' ? 'rules' : null;
}
