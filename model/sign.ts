/**
 * Tricks that a write may be part of, found in its words alone. A sign is no verdict: most writes that have one are in
 * order, and nothing is asked because of it. Codes are stable: rules and searches may rely on them.
 */
export const SIGN_CODES = [
  'network-policy-deleted',
  'network-policy-egress',
  'network-policy-ingress',
  'network-policy-isolation',
  'api-server-address',
  'service-endpoints',
  'service-endpoints-elsewhere',
  'service-external-ips',
  'service-external-name',
  'service-load-balancer-address',
  'ingress-snippet',
  'pod-placed-on-node',
  'pod-on-control-plane',
  'pod-tolerates-everything',
  'namespace-pod-security',
  'cloud-role',
] as const;

export type SignCode = (typeof SIGN_CODES)[number];

/** One such trick in one request. */
export interface Sign {
  readonly code: SignCode;
  /** For people: `the pod is placed on node n1, past the scheduler`. Made of names and addresses, never of other values. */
  readonly says: string;
}
