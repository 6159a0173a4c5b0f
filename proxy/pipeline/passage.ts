import type { EffectiveIdentity, FinishedRecord, RequestSummary, UnreadSecret } from '../../model/journal-record.ts';
import type { ApprovalAuthority } from '../approvals/approval-authority.ts';
import type { Cluster } from '../clusters/cluster.ts';
import type { Evaluator } from '../evaluation/evaluate.ts';
import type { OriginalUser } from '../evaluation/original-user.ts';
import type { Upstream } from '../forward/upstream.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { Journal } from '../journal/journal.ts';
import type { LargeBodies } from '../large-bodies/large-bodies.ts';
import type { Exchange } from '../listener/exchange.ts';
import type { MaskKey } from '../masking/tokens/mask-token.ts';
import type { PodSecrets } from '../pod-secrets/pod-secrets.ts';
import type { PolicySource } from '../policy/policy-source.ts';
import type { SeenByCluster } from '../redaction/seen-by-cluster.ts';
import type { MaskOrigins } from '../rehydration/mask-origins.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { effectiveIdentity } from '../request/impersonation.ts';
import type { LiveStreams } from '../streams/live-streams.ts';
import { uuidV7 } from '../uuid-v7.ts';
import { summarise, summariseUnread } from './request-summary.ts';
import type { Verdict } from './verdict.ts';

/** The gateway's parts, as one request meets them. */
export interface PipelineParts {
  readonly policy: PolicySource;
  readonly approvals: ApprovalAuthority;
  readonly journal: Journal;
  readonly upstream: Upstream;
  readonly evaluator: Evaluator;
  readonly originalUser: OriginalUser;
  readonly maskKey: MaskKey;
  /** Where a person can look at one masked value; null: nowhere. */
  readonly revealsIn: string | null;
  readonly largeBodies: LargeBodies;
  readonly maskOrigins: MaskOrigins;
  readonly seen: SeenByCluster;
  readonly podSecrets: PodSecrets;
  readonly streams: LiveStreams;
  /** Where recordings of streams are kept. */
  readonly sessionsFolder: string;
  readonly log: GatewayLog;
}

/** The head of a request to the API server, byte for byte. */
export interface RequestHead {
  readonly method: string;
  /** Without the cluster's prefix. */
  readonly target: string;
  readonly rawHeaders: readonly string[];
}

/** One key of one Secret in clear: decided under the verb `reveal`, and answered with that value alone. */
export interface RevealedKey {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
  /** Said by the person who asks; shown to the one who approves. */
  readonly reason: string;
}

/** Whose request of which cluster passes. */
export interface PassageOptions {
  readonly exchange: Exchange;
  readonly cluster: Cluster;
  readonly head: RequestHead;
  /** The client asked for one key; `head` is the read that this takes. Null: the head is the client's own. */
  readonly reveal: RevealedKey | null;
}

/** How one request ended, for its `finished` record. */
export type Outcome = Pick<FinishedRecord, 'status' | 'code' | 'maskedValues' | 'ended' | 'stream'>;

/**
 * The state of one request from its first byte to its last record: whose it is, what is known of it, and its two records
 * under one Audit-ID, `decided` before anything goes upstream and `finished` when it is over.
 */
export class Passage {
  readonly auditId = uuidV7();
  readonly parts: PipelineParts;
  readonly exchange: Exchange;
  readonly cluster: Cluster;
  readonly head: RequestHead;
  readonly reveal: RevealedKey | null;
  /** Milliseconds that the API server took to begin its answer; null where it was not asked. */
  upstreamMs: number | null = null;
  /** Values that were masked in an answer that then could not be given to its end. */
  maskedValues = 0;
  /** Secrets of the pod that is shown whose values are not known. */
  unread: readonly UnreadSecret[] = [];
  readonly #started = performance.now();
  #summary: RequestSummary;
  #effective: EffectiveIdentity | null = null;
  #decided = false;

  constructor(parts: PipelineParts, { exchange, cluster, head, reveal }: PassageOptions) {
    this.parts = parts;
    this.exchange = exchange;
    this.cluster = cluster;
    this.head = head;
    this.reveal = reveal;
    this.#summary = summariseUnread(head);
  }

  /** The request as the journal and approval cards say it; of one that is not read yet its own words. */
  get summary(): RequestSummary {
    return this.#summary;
  }

  /** Whom the API server will take the caller for; null: the upstream credential's own identity. */
  get effective(): EffectiveIdentity | null {
    return this.#effective;
  }

  /** The head was read. */
  isAbout(request: ApiRequest): void {
    this.#summary = summarise(request, this.reveal);
    this.#effective = request.impersonation === null ? null : effectiveIdentity(request.impersonation);
  }

  /** The body was read: what it would make has its name there, or none. */
  makes(newName: string | null): void {
    if (newName !== null) this.#summary = { ...this.#summary, newName };
  }

  /**
   * Writes the `decided` record, at most once.
   * @param durable whether to wait for the disk.
   * @throws {Refusal} `journal-unavailable`: then nothing may be sent upstream.
   */
  async decided(verdict: Verdict, durable: boolean): Promise<void> {
    if (this.#decided) return;
    const { principal } = this.exchange;
    await this.parts.journal.append(
      {
        type: 'decided',
        auditId: this.auditId,
        principal,
        effective: this.#effective,
        credential: this.cluster.credentialName,
        cluster: this.cluster.slug,
        request: this.#summary,
        ...verdict,
      },
      { durable },
    );
    this.#decided = true;
  }

  /**
   * Writes the `finished` record of a request that was decided. The answer has gone out by now, so a journal that cannot
   * take this record is the journal's problem (`Journal.problem`), not the client's.
   */
  async finished(outcome: Outcome): Promise<void> {
    const endedBy = this.parts.streams.takeEndedBy(this.auditId);
    if (!this.#decided) return;
    const { exchange, upstreamMs, auditId, unread } = this;
    // It may have come to its own end at the same time.
    const wasEnded = endedBy !== null && outcome.code === 'stream-ended';
    await this.parts.journal
      .append(
        {
          type: 'finished',
          auditId,
          durationMs: elapsed(this.#started),
          ...outcome,
          ...(wasEnded ? { endedBy } : {}),
          ...(unread.length === 0 ? {} : { unread }),
          upstreamMs,
          bytesToClient: exchange.bytesToClient(),
          bytesFromClient: exchange.bytesFromClient(),
        },
        { durable: false },
      )
      .catch(() => undefined);
  }
}

/** Milliseconds since then, to a tenth. */
export function elapsed(since: number): number {
  return Math.round((performance.now() - since) * 10) / 10;
}
