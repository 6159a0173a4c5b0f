import type { Cluster, UpstreamCredential } from './cluster.ts';

/** A credential that may be used without asking a person for anything. */
export interface CredentialAtHand {
  /** The cluster's own; where that is due, one that names nobody and only knows the cluster's authority. */
  readonly credential: UpstreamCredential;
  /** Command of the plugin that gives the credential; null where none does. */
  readonly plugin: string | null;
  /** Only a run of the plugin would give a credential now. */
  readonly due: boolean;
  /** Milliseconds since the epoch; null where it is not known to end. Of one that ended: when it did. */
  readonly expires: number | null;
  /** Why the plugin's last run gave none, in words; null where it did, or has not been run. */
  readonly failure: string | null;
}

/** A cluster that can be looked at between the requests of its clients. */
export interface WatchedCluster extends Cluster {
  /**
   * The credential as far as it can be had without running a plugin: that may open a browser, which is for a person to ask for.
   * @throws {Refusal} `upstream-credential-unavailable`, in words.
   */
  credentialAtHand(): Promise<CredentialAtHand>;
  /**
   * Reads the kubeconfig at once where a file of it changed, instead of at the next request.
   * @returns whether one did.
   * @throws {Refusal} `upstream-credential-unavailable` where it cannot be used any more or leads elsewhere, in words.
   */
  readAnew(): Promise<boolean>;
}
