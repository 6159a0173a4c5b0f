import type { Author, Caller } from './caller.ts';
import type { Principal } from './principal.ts';
import type { Sign } from './sign.ts';

/** What was asked, as people read it. No header values, no bodies, no Secret material. */
export interface RequestSummary {
  readonly method: string;
  /** The target as sent upstream, query included, with token parameters redacted. */
  readonly target: string;
  readonly verb: string;
  readonly policyVerb: string;
  readonly apiGroup: string;
  readonly apiVersion: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Of a create, whose name stands in its body alone: that name, or `prefix*` where the API server makes one up. */
  readonly newName?: string;
  readonly userAgent: string;
  readonly kubectlCommand: string | null;
  readonly kubectlSession: string | null;
  readonly upgrade: string | null;
  /** The key, for a reveal. */
  readonly revealKey?: string;
}

/** The identity at the API server when it is not the upstream credential's own. */
export interface EffectiveIdentity {
  readonly user: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

export interface DecidedRecord {
  readonly type: 'decided';
  readonly auditId: string;
  readonly principal: Principal;
  /** Null: the request runs as the upstream credential. */
  readonly effective: EffectiveIdentity | null;
  /** A name for the upstream credential (`kubeconfig user`), never the credential. */
  readonly credential: string;
  readonly cluster: string;
  readonly request: RequestSummary;
  readonly decision: {
    readonly outcome: 'allow' | 'deny' | 'requireApproval' | 'refused';
    /** Set where the gateway itself refused: a code of `REFUSALS`. */
    readonly code: string | null;
    readonly rule: string;
    readonly matchedRules: readonly string[];
    readonly message: string;
    readonly policyDigest: string;
    /** What each rule of the policy made of it, where it did not simply pass (`policy/explain.ts`). */
    readonly why?: readonly string[];
  };
  readonly approval: {
    readonly id: string;
    readonly code: string;
    readonly state: string;
    readonly by: string | null;
    readonly waitedMs: number;
  } | null;
  /** Tricks that the request may be part of, whatever was decided; left out where there are none. */
  readonly signs?: readonly Sign[];
}

export interface FinishedRecord {
  readonly type: 'finished';
  readonly auditId: string;
  /** Status sent to the client; 101 for an upgrade, 0 when the client went away first. */
  readonly status: number;
  /** Set where the gateway itself answered: a code of `REFUSALS`. */
  readonly code: string | null;
  readonly bytesToClient: number;
  readonly bytesFromClient: number;
  readonly maskedValues: number;
  readonly durationMs: number;
  readonly upstreamMs: number | null;
  /** Why a stream ended, for upgrades and watches. */
  readonly ended: string | null;
  /** Of `ended-by-person`: who ended it. */
  readonly endedBy?: Author;
  /** Of exec, attach and port-forward. */
  readonly stream?: StreamOutcome;
  /** Of what shows a pod: the Secrets whose values could not be looked for in it. Absent where they all could. */
  readonly unread?: readonly UnreadSecret[];
}

/** A Secret of a pod, or the pod that names them, that the gateway could not read before a stream of the pod began. */
export interface UnreadSecret {
  readonly resource: 'pods' | 'secrets';
  readonly name: string;
  /** What the cluster said; or that the pod has more Secrets, or larger ones, than are looked for. */
  readonly why: 'forbidden' | 'not-found' | 'too-many' | 'too-large';
}

/**
 * The gateway itself reads Secrets, for a request that shows what a pod prints, so that their values can be taken out of it.
 * Written before the cluster is asked. What could not be read is in the request's `finished` record.
 */
export interface OwnReadRecord {
  readonly type: 'own-read';
  /** Of the request that they are read for. */
  readonly auditId: string;
  /** Null: as the upstream credential itself. */
  readonly effective: EffectiveIdentity | null;
  readonly credential: string;
  readonly cluster: string;
  readonly resource: 'secrets';
  readonly namespace: string;
  /** Each read by name, with the Audit-ID that the cluster records it under. */
  readonly reads: ReadonlyArray<{ readonly name: string; readonly auditId: string }>;
}

/** What a stream came to. */
export interface StreamOutcome {
  /** What the two sides spoke, e.g. `websocket v5.channel.k8s.io`. */
  readonly transport: string;
  /** What its client was told, where the gateway or a person ended it. */
  readonly told?: string;
  /** Of the command; null when the stream ended before it did. */
  readonly exitCode?: number | null;
  /** What the cluster said instead of an exit code. */
  readonly error?: string | null;
  readonly stdin?: { readonly bytes: number; readonly sha256: string };
  /** Of a port-forward: per port what its connections came to. */
  readonly ports?: ReadonlyArray<{
    readonly port: number;
    readonly connections: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
  }>;
  /** Secret values taken out of what went to the client. */
  readonly redactedValues: number;
  /** The recording's file in the folder `sessions`; null: it was not recorded. */
  readonly recording: string | null;
}

/** Connections and requests refused before they were anyone's: counted per reason and 10 s, so that a port scan cannot fill the disk. */
export interface RefusedRecord {
  readonly type: 'refused';
  readonly from: string;
  readonly to: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** An approval request came, was decided, or ended. */
export interface ApprovalRecord {
  readonly type: 'approval';
  readonly approvalId: string;
  readonly code: string;
  readonly state: string;
  readonly by: string | null;
  /** Of a vote over the control socket: what is proved of who gave it, and what they say of themselves. */
  readonly caller?: Caller;
  readonly comment: string | null;
  readonly intentDigest: string;
}

/** The gateway started, stopped, or took another policy; or the journal has something to say about itself. */
export interface GatewayRecord {
  readonly type: 'gateway';
  /**
   * `policy-waits`: a change of the policy folder that loosens is not in force until somebody accepts it, and
   * `policy-accepted` says who did. `policy-folder-noticed`: another folder stands in its place, or a file leads out of it.
   * `journal-repaired`: a last line that a crash cut off was removed. `journal-damaged`: what was found at start is not
   * what was written. `journal-missing`: records that were written are not there any more. `journal-not-compared`: what is
   * kept outside the folder, of how far the journal reached, could not be used. `journal-resumed`: records could not be
   * written for a time. `journal-trimmed` and `recordings-trimmed`: the oldest files were removed, as retention asks.
   */
  readonly event:
    | 'started'
    | 'stopped'
    | 'policy-loaded'
    | 'policy-broken'
    | 'policy-waits'
    | 'policy-accepted'
    | 'policy-folder-noticed'
    | 'journal-repaired'
    | 'journal-damaged'
    | 'journal-missing'
    | 'journal-not-compared'
    | 'journal-resumed'
    | 'journal-trimmed'
    | 'recordings-trimmed';
  readonly detail: string;
  /** Of `policy-accepted`, where a person did. */
  readonly author?: Author;
  /** Of `journal-missing`: the first and the last record that is not there. */
  readonly missing?: { readonly from: number; readonly to: number };
}

export type JournalEntry =
  | DecidedRecord
  | FinishedRecord
  | OwnReadRecord
  | RefusedRecord
  | ApprovalRecord
  | GatewayRecord;

/** An entry as it stands in the file: one JSON line. `hash` = SHA-256 over the previous hash and this line without it. */
export type JournalRecord = JournalEntry & {
  readonly v: 1;
  /** From 1, without gaps across files. */
  readonly seq: number;
  /** RFC 3339 with milliseconds, UTC. */
  readonly time: string;
  readonly prev: string;
  readonly hash: string;
};
