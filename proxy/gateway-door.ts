import type { ApprovalRequest, Vote } from '../model/approval.ts';
import type { Author } from '../model/caller.ts';
import type { ClusterReach, ReachLook } from '../model/cluster-reach.ts';
import type { ContextListing } from '../model/context-listing.ts';
import type { JournalRecord } from '../model/journal-record.ts';
import type { LiveStream } from '../model/live-stream.ts';
import type { WaitingChange } from '../model/policy-change.ts';
import type { PolicyState } from '../model/policy-state.ts';
import type { SessionKind } from '../model/principal.ts';
import type { KeyPair } from './access/key-pair.ts';
import type { AccessRequest, ClientAccess } from './access/session-access.ts';
import type { ApprovalAuthority, AuthorityOpening } from './approvals/approval-authority.ts';
import type { ClusterSource } from './clusters/cluster-source.ts';
import type { PluginTerminal } from './clusters/plugin-terminal.ts';
import type { GatewayLog } from './gateway-log.ts';
import type { GatewayNumbers, ReadAnew, RecordingNumbers } from './gateway-numbers.ts';
import type { HeadWitness } from './journal/head-witness.ts';
import type { JournalFilter } from './journal/journal.ts';
import type { PolicyOpening, PolicySource } from './policy/policy-source.ts';
import type { RecordingRetention } from './recording/session-retention.ts';

export type {
  AccessRequest,
  ClientAccess,
  ClusterSource,
  ContextListing,
  GatewayLog,
  GatewayNumbers,
  HeadWitness,
  KeyPair,
  ReadAnew,
  RecordingNumbers,
};

/** A running gateway. The one door: listener, pipeline, policy, approvals and journal are behind it. */
export interface Gateway {
  /** `https://127.0.0.1:<port>`. */
  readonly address: { readonly host: string; readonly port: number; readonly url: string };
  connectCluster(source: ClusterSource): Promise<{ readonly slug: string }>;
  disconnectCluster(slug: string): Promise<void>;
  /**
   * Looks whether a connected cluster can be reached and takes the credential; a look that is not `quietly` may run its plugin.
   * @throws {Refusal} `unknown-cluster`; whatever else is wrong is in the answer.
   */
  lookAtCluster(slug: string, look: ReachLook): Promise<ClusterReach>;
  clusters(): ReadonlyArray<{
    readonly slug: string;
    readonly context: string;
    readonly server: string;
    readonly namespace: string;
  }>;
  /** Makes a session's client certificate and kubeconfig; the same id again rewrites it (another current context or namespace). */
  openAccess(request: AccessRequest): Promise<ClientAccess>;
  /** Revokes the session's certificate at once and removes its files. */
  closeAccess(id: string): Promise<void>;
  approvals(): readonly ApprovalRequest[];
  review(vote: Vote): Promise<ApprovalRequest>;
  journal(
    filter: JournalFilter,
    options: { readonly limit: number; readonly before?: number },
  ): Promise<JournalRecord[]>;
  /** What of the journal was missing or changed when the gateway started, in words for people. */
  journalFindings(): readonly string[];
  policy(): PolicyState;
  /** The change of the policy that waits until a person confirms it, rule by rule; null where nothing waits. */
  waitingPolicy(): WaitingChange | null;
  /**
   * Puts that change into force.
   * @param accepted.digest of the change that the person was shown.
   * @throws {PolicyChangeError} where something else waits by now, or nothing; and where the journal cannot be told.
   */
  acceptPolicy(accepted: Author & { readonly digest: string }): Promise<PolicyState>;
  /** Exec, attach, port-forward, watches and logs that are open now; the oldest first. */
  streams(): readonly LiveStream[];
  /**
   * Ends one of them; its client is told who ended it and why.
   * @returns false when no stream with this audit id is open.
   */
  endStream(auditId: string, reason: Author & { readonly comment: string | null }): boolean;
  /**
   * Reads the policy and the kubeconfig of a connected cluster at once, whatever was noticed of them: `policy()` says
   * afterwards what is in force.
   * @throws {Refusal} `unknown-cluster`.
   */
  readAnew(slug: string): Promise<ReadAnew>;
  /** What it counts of itself. */
  numbers(): GatewayNumbers;
  /** Looks at the folder of recordings. */
  recordings(): Promise<RecordingNumbers>;
  on<E extends keyof GatewayEvents>(event: E, listener: GatewayEvents[E]): () => void;
  /** Holds end with 503, streams are closed with a reason, the journal is flushed. */
  close(): Promise<void>;
}

export interface GatewayEvents {
  approval: (approval: ApprovalRequest) => void;
  policy: (state: PolicyState) => void;
  /** A stream opened or has ended: `Gateway.streams` answers something else now. */
  streams: () => void;
  /** The journal cannot be written, in words for people; null: it can again. */
  journalProblem: (problem: string | null) => void;
}

/** Everything a gateway needs; nothing is read from the environment. */
export interface GatewayOptions {
  /** Loopback address and port; port 0 chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The gateway's own certificate authority (`access/certificate-authority.ts`). */
  readonly certificateAuthority: KeyPair;
  /** Opens where the policy in force comes from: `policyIn(folder, …)`, which is the laptop's and a server's. */
  readonly policy: (opening: PolicyOpening) => Promise<PolicySource>;
  /** Opens who decides what waits for a person: `openLocalAuthority`, the person at this machine. */
  readonly authority: (opening: AuthorityOpening) => ApprovalAuthority;
  /** Told of each record once it is in the journal, in order; none of them holds a request up. */
  readonly journalSinks?: ReadonlyArray<(record: JournalRecord) => void>;
  /** Journal, approvals and recordings of streams (`sessions`) live here; 0700. */
  readonly dataFolder: string;
  /** Where client kubeconfigs and certificates are written; 0700. */
  readonly kubeconfigFolder: string;
  /** The name put into every principal of this gateway: `local:<os user>`. */
  readonly principal: { readonly user: string; readonly groups: readonly string[] };
  /** The kinds of sessions that it opens; all of them where nothing is said. */
  readonly sessions?: readonly SessionKind[];
  /** The program of the threads that look through large bodies: `large-bodies/worker.ts`, bundled for itself. */
  readonly largeBodyWorker: URL;
  /** HMAC key of mask tokens, and its id. */
  readonly maskKey: { readonly kid: string; readonly key: Uint8Array };
  /** Where a person can look at one masked value, as the warning about masks says it; null or left out: nowhere. */
  readonly revealsIn?: string | null;
  /** Ed25519 private key (PKCS#8 PEM) that signs the journal's head; null where there is no keystore. */
  readonly journalKey: string | null;
  /**
   * A second place that keeps how far the journal reached (`journal/head-witness.ts`): without one, a journal that is
   * removed or set back as a whole while nothing runs is not noticed.
   */
  readonly journalWitness?: HeadWitness;
  /** The number of a group that may read the journal too. */
  readonly journalReaders?: number | null;
  readonly journalRetention: { readonly days: number; readonly bytes: number };
  /** For recordings of streams; 90 days and 10 GiB where nothing is said. */
  readonly recordingRetention?: RecordingRetention;
  /**
   * What credential plugins of kubeconfigs get and where they are looked for (`PATH`), and where `HTTPS_PROXY` and
   * `NO_PROXY` are read. Nothing of it is used otherwise; left out, there is none.
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Where credential plugins may ask a person; left out, there is nobody to ask. */
  readonly terminal?: PluginTerminal | null;
  /** pino-compatible sink of the gateway's own log. Carries no Secret material. */
  readonly log: GatewayLog;
}
