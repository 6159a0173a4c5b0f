import type { Decision } from '../../model/decision.ts';
import type { DecidedRecord, EffectiveIdentity, RequestSummary, StreamOutcome } from '../../model/journal-record.ts';
import type { Principal } from '../../model/principal.ts';
import type { Cluster } from '../clusters/cluster.ts';
import type { Journal } from '../journal/journal.ts';
import { explainDecision } from '../policy/explain.ts';
import type { PolicyQuestion } from '../policy/policy-question.ts';
import type { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { effectiveIdentity } from '../request/impersonation.ts';
import { uuidV7 } from '../uuid-v7.ts';

/** Query parameters that some servers read as credentials; never written down (security case 14). */
const CREDENTIAL_PARAMETERS = /([?&](?:access_)?token=)[^&#]*/gi;

/** How one request ended, for its `finished` record. */
export interface Outcome {
  readonly status: number;
  readonly code: string | null;
  readonly bytesToClient: number;
  readonly bytesFromClient: number;
  readonly maskedValues: number;
  readonly upstreamMs: number | null;
  readonly ended: string | null;
  readonly stream?: StreamOutcome;
}

/** What the `decided` record says beside the request itself. */
export type Verdict = Pick<DecidedRecord, 'decision' | 'approval'>;

/**
 * One request's two records under one Audit-ID: `decided` before anything goes upstream, `finished` when it is over.
 * `decided` is written at most once and always before `finished`.
 */
export class Transaction {
  readonly auditId = uuidV7();
  readonly #journal: Journal;
  readonly #principal: Principal;
  readonly #cluster: Cluster;
  readonly #started = performance.now();
  #decided = false;

  constructor(journal: Journal, principal: Principal, cluster: Cluster) {
    this.#journal = journal;
    this.#principal = principal;
    this.#cluster = cluster;
  }

  /** @throws {Refusal} `journal-unavailable`: then nothing may be sent upstream. */
  async decided(
    request: RequestSummary,
    effective: EffectiveIdentity | null,
    verdict: Verdict,
    durable: boolean,
  ): Promise<void> {
    if (this.#decided) return;
    const entry: DecidedRecord = {
      type: 'decided',
      auditId: this.auditId,
      principal: this.#principal,
      effective,
      credential: this.#cluster.credentialName,
      cluster: this.#cluster.slug,
      request,
      ...verdict,
    };
    await this.#journal.append(entry, { durable });
    this.#decided = true;
  }

  /**
   * The outcome of a request that was decided. The answer has gone out by now, so a journal that cannot take this
   * record is the journal's problem (`Journal.problem`), not the client's.
   */
  async finished(outcome: Outcome): Promise<void> {
    if (!this.#decided) return;
    const durationMs = Math.round((performance.now() - this.#started) * 10) / 10;
    await this.#journal
      .append({ type: 'finished', auditId: this.auditId, durationMs, ...outcome }, { durable: false })
      .catch(() => undefined);
  }
}

/** The request as the journal and approval cards say it. */
export function summarise(request: ApiRequest, policyVerb: string = request.policyVerb): RequestSummary {
  const { info } = request;
  return {
    method: request.method,
    target: withoutCredentials(request.target),
    verb: info.verb,
    policyVerb,
    apiGroup: info.apiGroup,
    apiVersion: info.apiVersion,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    userAgent: (request.headers.first('User-Agent') ?? '').slice(0, 200),
    kubectlCommand: request.kubectlCommand,
    kubectlSession: request.kubectlSession,
    upgrade: request.upgrade,
  };
}

/** The same for a request that could not be read: only its own words, cut to a sane length. */
export function summariseUnread(method: string, target: string): RequestSummary {
  return {
    method: method.slice(0, 20),
    target: withoutCredentials(target).slice(0, 2000),
    verb: '',
    policyVerb: '',
    apiGroup: '',
    apiVersion: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    userAgent: '',
    kubectlCommand: null,
    kubectlSession: null,
    upgrade: null,
  };
}

function withoutCredentials(target: string): string {
  return target.replace(CREDENTIAL_PARAMETERS, '$1redacted');
}

/** The cluster as policies name it: by its context, the name that people see. */
export function policyCluster({ contextName, labels }: Cluster): PolicyQuestion['cluster'] {
  return { name: contextName, labels };
}

/** Who the API server will take the caller for, in the journal's form; null when it is the upstream credential. */
export function effectiveOf(request: ApiRequest): EffectiveIdentity | null {
  return request.impersonation === null ? null : effectiveIdentity(request.impersonation);
}

/** The verdict of a policy decision, as the journal records it. */
export function verdictOf(decision: Decision, approval: Verdict['approval'] = null, refusal?: Refusal): Verdict {
  return {
    decision: {
      outcome: decision.outcome,
      code: refusal?.code ?? null,
      rule: decision.decidingRule,
      matchedRules: decision.matchedRules,
      message: refusal?.message ?? decision.message,
      policyDigest: decision.policyDigest,
      ...(decision.outcome === 'allow' ? {} : { why: explainDecision(decision) }),
    },
    approval,
  };
}

/** The verdict where the gateway refused before policy was asked. */
export function refusedVerdict(refusal: Refusal, policyDigest: string): Verdict {
  return {
    decision: {
      outcome: 'refused',
      code: refusal.code,
      rule: `gateway/${refusal.code}`,
      matchedRules: [],
      message: refusal.message,
      policyDigest,
    },
    approval: null,
  };
}
