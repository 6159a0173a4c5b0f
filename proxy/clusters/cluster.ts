import type { SecureContext } from 'node:tls';

/** How the gateway identifies itself to one API server. Held in the gateway process only. */
export interface UpstreamCredential {
  /** A bearer token, or null with a client certificate (a certificate beats a token at the API server). */
  readonly bearerToken: string | null;
  readonly secureContext: SecureContext;
  /** Changes when the credential did, so that pooled connections under the old one are not used again. */
  readonly generation: number;
}

/** A cluster that clients can reach under `/c/<slug>`. */
export interface Cluster {
  /** `[a-z0-9-]{1,63}`. */
  readonly slug: string;
  /** The context's own name. */
  readonly contextName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The upstream authority: a constant, never taken from a request. */
  readonly server: {
    readonly host: string;
    readonly port: number;
    readonly servername: string;
    readonly basePath: string;
    /** False only where the kubeconfig says `insecure-skip-tls-verify`. */
    readonly verify: boolean;
  };
  /** The kubeconfig user's name, for the journal. */
  readonly credentialName: string;
  /** The namespace of the context; `default` where none is set. */
  readonly namespace: string;
  /**
   * The credential now: runs an exec plugin, re-reads a token file, notices a changed kubeconfig.
   * @throws {Refusal} `upstream-credential-unavailable`, in words.
   */
  credential(): Promise<UpstreamCredential>;
  /** Called when the API server answered 401: the next `credential()` starts afresh. */
  credentialRejected(): void;
}
