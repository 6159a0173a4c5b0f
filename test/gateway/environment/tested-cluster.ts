/** A cluster that the gateway suite runs against: the demo cluster, or a real control plane. */
export interface TestedCluster {
  readonly name: 'demo' | 'real';
  /** A user that may do everything, impersonate included; used directly and by the gateway. */
  readonly kubeconfig: string;
  readonly context: string;
  /** False where no kubelet serves exec and logs. */
  readonly runsPods: boolean;
  /** What the API server itself recorded, newest last. */
  auditLog(): Promise<readonly AuditedRequest[]>;
  close(): Promise<void>;
}

/** The part of an audit event (`audit.k8s.io/v1`) that the suite compares. */
export interface AuditedRequest {
  readonly auditID: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly impersonatedUser?: { readonly username: string; readonly groups?: readonly string[] };
  readonly objectRef?: {
    readonly resource?: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly apiGroup?: string;
    readonly apiVersion?: string;
    readonly subresource?: string;
  };
}
