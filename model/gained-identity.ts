/**
 * The roads to another identity: what `Impersonate-*` asks for openly, and what gives the same by another name.
 *
 * `token` a service account's token; `secret` a Secret in which such a token appears, or by which the API server signs
 * somebody in; `pod` a workload that runs as a service account, or takes a Secret with its token; `exec` into a pod that
 * does, or the choice of what runs there; `csr` a client certificate; `rbac` rights that let their holder
 * go on; `webhook` admission, aggregation and conversion, which see and change what others send; `node` the kubelet, or
 * root on its machine; `controller` objects that another controller acts on with its own rights.
 */
export const ROADS = [
  'impersonation',
  'token',
  'secret',
  'pod',
  'exec',
  'csr',
  'rbac',
  'webhook',
  'node',
  'controller',
] as const;

export type Road = (typeof ROADS)[number];

/** An identity that a request would let its sender act as. */
export interface GainedIdentity {
  readonly road: Road;
  /** The user name at the API server; empty where it is not one user. */
  readonly user: string;
  readonly groups: readonly string[];
  /** Who it is cannot be told, or it can be made to be anybody. */
  readonly anyone: boolean;
  /** It holds rights that lead further, or whether it does is not known. */
  readonly strong: boolean;
  /**
   * Nobody in particular: the `default` account of a namespace, which everything there runs as, without rights that lead
   * further. It counts for a rule that restricts and lists it, and for no other.
   */
  readonly incidental?: true;
  /** For people: `service account ci:deployer`. */
  readonly says: string;
}
