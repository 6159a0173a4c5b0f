import type { Intent, OutlineEntry } from '../../model/approval.ts';
import type { ApprovalRequirement } from '../../model/decision.ts';
import type { HoldOutcome } from '../approvals/approval-authority.ts';
import { holdMilliseconds } from '../approvals/hold-time.ts';
import { bodyDigest, intentDigest } from '../approvals/intent-digest.ts';
import { outlineOf } from '../evaluation/outline.ts';
import { isLargeBody } from '../large-bodies/large-bodies.ts';
import { maskPreview } from '../masking/mask-preview.ts';
import { Refusal, type RefusalCode, toRefusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { Judged } from './evaluate.ts';
import type { Outgoing } from './outgoing.ts';
import type { Passage } from './passage.ts';
import { isRead } from './read-body.ts';
import { refusedByCluster, type Verdict, verdictOf } from './verdict.ts';

/** A request that may run, and whose `decided` record is written. */
export interface Permitted {
  readonly outgoing: Outgoing;
  /** Texts for `Warning:` headers: who approved it. */
  readonly warnings: readonly string[];
}

/** What came of asking: go on, with the approval that allowed it; or a refusal to answer with. */
interface Authorisation {
  readonly approval: Verdict['approval'];
  readonly refusal: Refusal | null;
}

interface ShownBody {
  readonly text: string | null;
  readonly outline: readonly OutlineEntry[];
}

/** Milliseconds after which what was seen before a hold is looked at again. */
const FRESH = 1000;

/**
 * Applies the decision, asks people where it says so, and writes the `decided` record: when this returns, the request
 * may run.
 * @throws {Refusal} where policy or a person said no, where it would do something else by now, and
 * `journal-unavailable`.
 */
export async function authorise(passage: Passage, judged: Judged): Promise<Permitted> {
  const { request, decision, outgoing, evaluated, answered } = judged;
  if (answered !== null) {
    const { digest } = passage.parts.policy.state();
    await passage.decided(refusedByCluster(answered.status, digest, judged.signs), true);
    return { outgoing, warnings: [] };
  }
  const { approval, refusal: refused } = await askPeople(passage, judged);
  let refusal = refused;
  let current = outgoing;
  if (refusal === null && evaluated !== null && (approval?.waitedMs ?? 0) > FRESH) {
    try {
      current = (await outgoing.again?.()) ?? outgoing;
    } catch (error) {
      refusal = toRefusal(error);
    }
  }
  const isPlainRead = decision.outcome === 'allow' && isRead(request) && request.upgrade === null;
  await passage.decided(verdictOf(decision, approval, refusal, judged.signs), !isPlainRead || passage.reveal !== null);
  if (refusal !== null) throw refusal;
  const warnings = approval === null ? [] : [`approved by ${approval.by ?? 'a person'} (request ${approval.code})`];
  return { outgoing: current, warnings };
}

/** Allow and deny at once; an approval by holding the client while a person decides. */
async function askPeople(passage: Passage, judged: Judged): Promise<Authorisation> {
  const { decision, request } = judged;
  if (decision.outcome === 'allow') return { approval: null, refusal: null };
  if (decision.outcome === 'deny' || decision.approval === null) {
    return { approval: null, refusal: deniedByPolicy(judged) };
  }
  const { parts, exchange } = passage;
  const held = await parts.approvals.hold(await intentOf(passage, judged, decision.approval), {
    holdMs: holdMilliseconds({
      requirement: decision.approval,
      request,
      isWatchOrDiscovery: request.info.verb === 'watch' || !request.info.isResourceRequest,
    }),
    signal: exchange.signal,
  });
  const approval: Verdict['approval'] = {
    id: held.approval.id,
    code: held.approval.code,
    state: held.approval.state,
    by: held.approval.review?.by ?? null,
    waitedMs: Math.round(held.waitedMs),
  };
  return { approval, refusal: held.outcome === 'granted' ? null : notGranted(held, judged) };
}

/** Everything that makes this request this request, and what a person is shown of it. */
async function intentOf(passage: Passage, judged: Judged, requirement: ApprovalRequirement): Promise<Intent> {
  const { summary, effective, cluster, reveal } = passage;
  const { principal } = passage.exchange;
  const { request, decision, body, evaluated } = judged;
  const { text, outline } = await shownBody(passage, judged);
  return {
    digest: intentDigest({
      principal,
      cluster: cluster.slug,
      request,
      verb: summary.policyVerb,
      evaluated,
      bodySha256: bodyDigest(body ?? Buffer.alloc(0)),
      policyDigest: decision.policyDigest,
      revealKey: reveal?.key ?? null,
    }),
    principal,
    cluster: cluster.slug,
    effective,
    request: summary,
    bodyPreview: text,
    bodyBytes: body?.length ?? 0,
    ...(outline.length === 0 ? {} : { outline }),
    rules: decision.matchedRules,
    message: decision.message,
    policyDigest: decision.policyDigest,
    requirement,
    reason: reveal?.reason ?? null,
  };
}

/** What a person is shown of the body. */
async function shownBody({ parts, head }: Passage, judged: Judged): Promise<ShownBody> {
  const { body, request } = judged;
  if (body === null) return { text: null, outline: [] };
  if (isLargeBody(body)) return parts.largeBodies.preview({ head, body });
  return { text: maskPreview(body, request), outline: outlineOf(judged) };
}

function deniedByPolicy({ decision, request }: Judged): Refusal {
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

function notGranted(held: Exclude<HoldOutcome, { outcome: 'granted' }>, { request, decision }: Judged): Refusal {
  const { code, says } = NOT_GRANTED[held.outcome];
  const why = held.approval.review?.comment || held.message;
  const words = `request ${held.approval.code} ${says}${why ? `: ${why}` : ''} (${decision.message})`;
  return new Refusal(code, `${subjectOf(request)}${words}`, objectOf(request, 'ApprovalRequired', held.approval.id));
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
