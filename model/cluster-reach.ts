/** What a look at a cluster found: whether its API server answers, how fast, and whether it takes the credential. */
export type ReachState =
  /** It answers, and takes the credential; or the credential is not at hand (`signIn.due`), and nothing was said of it. */
  | 'reachable'
  /** As `reachable`, but an answer takes longer than a person would wait without noticing. */
  | 'slow'
  /** No answer to be had, or not the answer of an API server that works. */
  | 'unreachable'
  /** It answers, but there is no credential that it takes. */
  | 'sign-in';

/** Where it fails, in the order of the way: the name, the way there, TLS, the answer, the credential. */
export type ReachTrouble =
  | 'name'
  | 'refused'
  | 'no-route'
  | 'timeout'
  | 'proxy'
  | 'tls'
  | 'broken'
  | 'answer'
  | 'credential-unavailable'
  | 'credential-rejected';

/** What is known of the cluster's credential, without the credential. */
export interface SignIn {
  /** The command of the credential plugin that gives it; null where no plugin does. */
  readonly plugin: string | null;
  /** RFC 3339; null where it is not known to end. */
  readonly expires: string | null;
  /** Only a run of the plugin would give one now; the next request of a client runs it. */
  readonly due: boolean;
  /** As whom the API server knows it; null where it was not asked, or does not say. */
  readonly user: string | null;
}

export interface ClusterReach {
  readonly state: ReachState;
  /** Null while nothing is wrong. */
  readonly trouble: ReachTrouble | null;
  /** What is wrong and what to do, for people; null while nothing is. */
  readonly problem: string | null;
  /** RFC 3339. */
  readonly checkedAt: string;
  /** Of one short answer over a connection that stands; null without an answer. Milliseconds. */
  readonly latency: number | null;
  /** `v1.36.3`; null where it was not said. */
  readonly serverVersion: string | null;
  /** When the API server's own certificate ends, RFC 3339; null without a TLS connection. */
  readonly certificateExpires: string | null;
  readonly signIn: SignIn;
}

/**
 * How the gateway looks at a cluster. Only what a person asked for may run a credential plugin, which may open a browser.
 *
 * - `quietly`: with the credential at hand; no plugin is run.
 * - `connecting`: a plugin is run where the credential is not at hand.
 * - `signing-in`: what is known of the credential is forgotten first, so that it is had anew.
 */
export type ReachLook = 'quietly' | 'connecting' | 'signing-in';
