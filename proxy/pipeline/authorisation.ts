import type { Intent } from '../../model/approval.ts';
import type { ApprovalRequirement, Decision } from '../../model/decision.ts';
import type { EffectiveIdentity, RequestSummary } from '../../model/journal-record.ts';
import type { Principal } from '../../model/principal.ts';
import type { ApprovalAuthority, HoldOutcome } from '../approvals/approval-authority.ts';
import { holdMilliseconds } from '../approvals/hold-time.ts';
import { bodyDigest, intentDigest } from '../approvals/intent-digest.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { Refusal, type RefusalCode } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { Verdict } from './transaction.ts';

/** What is asked of policy and people, with everything that makes this request this request. */
export interface Authorisation {
  readonly principal: Principal;
  readonly cluster: Cluster;
  readonly request: ApiRequest;
  readonly summary: RequestSummary;
  readonly effective: EffectiveIdentity | null;
  readonly decision: Decision;
  readonly body: Buffer | null;
  /** Digest of what was found at the API server about it; null where nothing was looked at. */
  readonly evaluated: string | null;
  /** The body as it may be shown; made only when somebody will see it. */
  readonly preview: () => string | null;
  readonly reason: string | null;
  readonly signal: AbortSignal;
}

/** What came of it: go on, with the approval that allowed it; or a refusal to answer with. */
export type AuthorisationOutcome =
  | { readonly allowed: true; readonly approval: Verdict['approval'] }
  | { readonly allowed: false; readonly approval: Verdict['approval']; readonly refusal: Refusal };

/** Applies a decision: allow and deny at once, an approval by holding the client while a person decides. */
export async function authorise(asked: Authorisation, authority: ApprovalAuthority): Promise<AuthorisationOutcome> {
  const { decision } = asked;
  if (decision.outcome === 'allow') return { allowed: true, approval: null };
  if (decision.outcome === 'deny' || decision.approval === null) {
    return { allowed: false, approval: null, refusal: deniedByPolicy(asked) };
  }
  const held = await authority.hold(intentOf(asked, decision.approval), {
    holdMs: holdMilliseconds({
      requirement: decision.approval,
      request: asked.request,
      isWatchOrDiscovery: asked.request.info.verb === 'watch' || !asked.request.info.isResourceRequest,
    }),
    signal: asked.signal,
  });
  const approval: Verdict['approval'] = {
    id: held.approval.id,
    code: held.approval.code,
    state: held.approval.state,
    by: held.approval.review?.by ?? null,
    waitedMs: Math.round(held.waitedMs),
  };
  if (held.outcome === 'granted') return { allowed: true, approval };
  return { allowed: false, approval, refusal: notGranted(held, asked) };
}

function intentOf(asked: Authorisation, requirement: ApprovalRequirement): Intent {
  const { principal, cluster, request, summary, effective, decision, body, evaluated, reason } = asked;
  return {
    digest: intentDigest({
      principal,
      cluster: cluster.slug,
      request,
      verb: summary.policyVerb,
      evaluated,
      bodySha256: bodyDigest(body ?? Buffer.alloc(0)),
      policyDigest: decision.policyDigest,
      revealKey: summary.revealKey ?? null,
    }),
    principal,
    cluster: cluster.slug,
    effective,
    request: summary,
    bodyPreview: asked.preview(),
    bodyBytes: body?.length ?? 0,
    rules: decision.matchedRules,
    message: decision.message,
    policyDigest: decision.policyDigest,
    requirement,
    reason,
  };
}

function deniedByPolicy(asked: Authorisation): Refusal {
  const { decision, request } = asked;
  const code: RefusalCode = decision.decidingRule === 'policy-not-loaded' ? 'policy-not-loaded' : 'denied-by-policy';
  return new Refusal(
    code,
    `${subjectOf(request)}${decision.message}`,
    objectOf(request, 'DeniedByPolicy', decision.decidingRule),
  );
}

const NOT_GRANTED: Readonly<Record<Exclude<HoldOutcome['outcome'], 'granted'>, { code: RefusalCode; says: string }>> = {
  denied: { code: 'approval-denied', says: 'was denied' },
  expired: { code: 'approval-expired', says: 'expired before anybody decided; run the same command again to ask anew' },
  pending: {
    code: 'approval-pending',
    says: 'is waiting for approval in Gatehouse; run the same command again after it is approved',
  },
  superseded: { code: 'approval-superseded', says: 'ended because the policy changed; run the same command again' },
  cancelled: { code: 'approval-denied', says: 'was cancelled' },
  stopping: { code: 'gateway-stopping', says: 'ended because Gatehouse is stopping; nothing was sent to the cluster' },
  'client-gone': { code: 'approval-pending', says: 'is still waiting for approval, but the client went away' },
  unavailable: { code: 'approval-unavailable', says: 'cannot be approved here' },
};

function notGranted(held: Exclude<HoldOutcome, { outcome: 'granted' }>, asked: Authorisation): Refusal {
  const { code, says } = NOT_GRANTED[held.outcome];
  const comment = held.approval.review?.comment;
  const words = [
    `request ${held.approval.code} ${says}`,
    comment ? `: ${comment}` : '',
    ` (${asked.decision.message})`,
  ];
  return new Refusal(
    code,
    `${subjectOf(asked.request)}${words.join('')}`,
    objectOf(asked.request, 'ApprovalRequired', held.approval.id),
  );
}

/** `secrets "db" is forbidden: `, as the API server words its own refusals. */
function subjectOf({ info }: ApiRequest): string {
  if (!info.isResourceRequest) return `${info.path} is forbidden: `;
  return info.name === '' ? `${info.resource} is forbidden: ` : `${info.resource} "${info.name}" is forbidden: `;
}

function objectOf({ info }: ApiRequest, reason: string, message: string) {
  return {
    resource: info.resource,
    group: info.apiGroup,
    name: info.name,
    causes: [{ reason, message, field: '' }],
  };
}
