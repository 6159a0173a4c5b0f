import type { ApprovalRequest } from './approvals/approval-authority.ts';
import type { JournalFilter } from './journal/journal.ts';
import type { JournalRecord } from './journal/journal-record.ts';
import type { SessionKind } from './listener/principal.ts';
import type { PolicyState } from './policy/decision.ts';

/** PEM texts. */
export interface KeyPair {
  readonly certificate: string;
  readonly privateKey: string;
}

/** Everything a gateway needs; nothing is read from the environment. */
export interface GatewayOptions {
  /** Loopback address and port; port 0 chooses a free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** The gateway's own certificate authority (`clusters/certificate-authority.ts`). */
  readonly authority: KeyPair;
  /** Folder of policy documents; the built-in default is written there when it is empty or missing. */
  readonly policyFolder: string;
  /** Journal and approvals live here; 0700. */
  readonly dataFolder: string;
  /** Where client kubeconfigs and certificates are written; 0700. */
  readonly kubeconfigFolder: string;
  /** The name put into every principal of this gateway: `local:<os user>`. */
  readonly principal: { readonly user: string; readonly groups: readonly string[] };
  /** HMAC key of mask tokens, and its id. */
  readonly maskKey: { readonly kid: string; readonly key: Uint8Array };
  /** Ed25519 private key (PKCS#8 PEM) that signs the journal's head; null where there is no keystore. */
  readonly journalKey: string | null;
  readonly journalRetention: { readonly days: number; readonly bytes: number };
  /** pino-compatible sink of the gateway's own log. Carries no Secret material. */
  readonly log: GatewayLog;
}

export interface GatewayLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A cluster to serve: which context of which kubeconfig files. */
export interface ClusterSource {
  /** Files as in `KUBECONFIG`: merged, first definition wins. */
  readonly kubeconfigFiles: readonly string[];
  readonly context: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A context found in kubeconfig files, and whether it can be used. */
export interface ContextListing {
  readonly context: string;
  readonly slug: string;
  readonly server: string;
  readonly user: string;
  readonly namespace: string;
  readonly file: string;
  /** Null, or one line that says why it is unusable and what to do. */
  readonly problem: string | null;
}

/** A client's way in: files on disk, for one session. */
export interface ClientAccess {
  readonly session: { readonly kind: SessionKind; readonly id: string };
  /** Path of the kubeconfig; its certificates are files beside it and are renewed in place. */
  readonly kubeconfig: string;
}

export interface GatewayEvents {
  record: (record: JournalRecord) => void;
  approval: (approval: ApprovalRequest) => void;
  policy: (state: PolicyState) => void;
}

/** One key of one Secret, in clear, for the person who asked and was allowed. */
export interface RevealRequest {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  readonly reason: string;
}

/** A running gateway. The one door: listener, pipeline, policy, approvals and journal are behind it. */
export interface Gateway {
  /** `https://127.0.0.1:<port>`. */
  readonly address: { readonly host: string; readonly port: number; readonly url: string };
  connectCluster(source: ClusterSource): Promise<{ readonly slug: string }>;
  disconnectCluster(slug: string): Promise<void>;
  clusters(): ReadonlyArray<{
    readonly slug: string;
    readonly context: string;
    readonly server: string;
    readonly namespace: string;
  }>;
  /** Makes a session's client certificate and kubeconfig; the same id again rewrites it (another current context or namespace). */
  openAccess(request: {
    readonly kind: SessionKind;
    readonly id: string;
    /** `current-context`; null leaves it to the file's reader. */
    readonly cluster: string | null;
    readonly namespace: string | null;
    /** Write to this path instead of one in the kubeconfig folder. */
    readonly writeTo?: string;
  }): Promise<ClientAccess>;
  /** Revokes the session's certificate at once and removes its files. */
  closeAccess(id: string): Promise<void>;
  approvals(): readonly ApprovalRequest[];
  review(vote: {
    readonly id: string;
    readonly verdict: 'approve' | 'deny';
    readonly by: string;
    readonly comment: string | null;
  }): Promise<ApprovalRequest>;
  journal(
    filter: JournalFilter,
    options: { readonly limit: number; readonly before?: number },
  ): Promise<JournalRecord[]>;
  policy(): PolicyState;
  on<E extends keyof GatewayEvents>(event: E, listener: GatewayEvents[E]): () => void;
  /** Holds end with 503, streams are closed with a reason, the journal is flushed. */
  close(): Promise<void>;
}
