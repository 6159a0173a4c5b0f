import type { SecureContext } from 'node:tls';
import type { UpstreamProxy } from './upstream-proxy.ts';

/** How the gateway identifies itself to one API server. Held in the gateway process only. */
export interface UpstreamCredential {
  /** A bearer token, or null with a client certificate (a certificate beats a token at the API server). */
  readonly bearerToken: string | null;
  /** User name and password in base64, as `Authorization: Basic` has them; null or left out without them. */
  readonly basic?: string | null;
  readonly secureContext: SecureContext;
  /** The certificate authority (PEM) of the cluster entry, for an https proxy before it; null for the system's own. */
  readonly authority?: string | null;
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
  /** What stands between; null or left out where the way is straight. */
  readonly proxy?: UpstreamProxy | null;
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
