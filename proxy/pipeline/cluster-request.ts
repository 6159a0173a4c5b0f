import type { Decision } from '../../model/decision.ts';
import type { EffectiveIdentity, RequestSummary } from '../../model/journal-record.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { discard } from '../forward/pooled-upstream.ts';
import { sendUpstream } from '../forward/send-upstream.ts';
import type { UpstreamResponse, UpstreamUpgrade } from '../forward/upstream.ts';
import { upstreamTrouble } from '../forward/upstream-trouble.ts';
import type { Exchange } from '../listener/exchange.ts';
import { audible, refuse } from '../listener/refuse.ts';
import { jsonOnlyAccept } from '../masking/plan/accept.ts';
import { planMask } from '../masking/plan/plan-mask.ts';
import type { MaskPlan } from '../masking/plan/response-mask.ts';
import { keyOfCluster } from '../masking/tokens/mask-token.ts';
import { Refusal, toRefusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { firstValue, isTrue } from '../request/query.ts';
import { readRequest } from '../request/read-request.ts';
import { answerSelfReview } from '../self-knowledge/answer-self-review.ts';
import { judgeFor } from '../self-knowledge/judge.ts';
import { selfReviewOf } from '../self-knowledge/self-review.ts';
import { answer } from './answers/document.ts';
import { isLog, longAnswer } from './answers/long.ts';
import { StreamSession } from './answers/stream.ts';
import { type Permitted, permit } from './permit.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import { type Prepared, prepare } from './prepare.ts';
import { sendPinned } from './restore-masks.ts';
import {
  effectiveOf,
  type Outcome,
  policyCluster,
  refusedVerdict,
  summarise,
  summariseUnread,
  Transaction,
} from './transaction.ts';

/** Who asks for what, as the journal says it. */
interface Asked {
  readonly summary: RequestSummary;
  readonly effective: EffectiveIdentity | null;
}

/**
 * One request or upgrade of one client to one cluster, from its first byte to its `finished` record. There is no other
 * way from a client to an API server.
 * @param target the client's target without the cluster's prefix, byte for byte.
 */
export async function serveClusterRequest(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  target: string,
): Promise<void> {
  const transaction = new Transaction(parts.journal, exchange.principal, cluster);
  let asked: Asked = { summary: summariseUnread(exchange.method, target), effective: null };
  let upstreamMs: number | null = null;
  let stream: StreamSession | null = null;
  let result: Pick<Outcome, 'status' | 'code' | 'maskedValues' | 'ended' | 'stream'>;
  try {
    // 1. Read as the API server will read it.
    const request = readRequest({ method: exchange.method, target, rawHeaders: exchange.rawHeaders });
    asked = { summary: summarise(request), effective: effectiveOf(request) };
    // 2 to 5. Policy, body, masks in it, what it would do.
    const prepared = await prepare(parts, exchange, cluster, request, transaction.auditId);
    const plan = planMask(request, prepared.decision.masks);
    stream = StreamSession.of(parts, exchange, cluster, prepared, transaction.auditId);
    if (lasts(request, prepared.decision)) exchange.lasting();
    // 6. People, and the record of what was decided.
    const permitted =
      prepared.answered === null
        ? await permit(parts, exchange, cluster, transaction, prepared)
        : await refusedByCluster(parts, transaction, asked, prepared.answered);
    const warnings = prepared.decision.warnings ? permitted.warnings : null;
    stream?.begin();
    // 7. To the API server.
    const sent = performance.now();
    const answered =
      prepared.answered ??
      (await sendPinned(permitted.outgoing ?? prepared.outgoing, async ({ request: bare, body }) => {
        const sending = await parts.originalUser.name(bare, exchange.principal.user, cluster, exchange.signal);
        return sendUpstream(parts.upstream, cluster, {
          request: plan.kind === 'pass' || plan.table === null ? sending : { ...sending, target: plan.table.target },
          body,
          auditId: transaction.auditId,
          accept: selfReviewOf(request) === null ? jsonOnlyAccept(request) : 'application/json',
          compression: plan.kind === 'pass' && selfReviewOf(request) === null && !isLog(request),
          signal: exchange.signal,
        });
      }));
    upstreamMs = Math.round((performance.now() - sent) * 10) / 10;
    // 8. And back.
    result =
      'socket' in answered && stream !== null
        ? await stream.run(answered)
        : await respond(parts, exchange, cluster, prepared, plan, notUpgraded(answered), warnings, transaction.auditId);
  } catch (error) {
    result = await fail(parts, exchange, transaction, asked, error);
  }
  stream?.abandon();
  await transaction.finished({
    ...result,
    upstreamMs,
    bytesToClient: exchange.bytesToClient(),
    bytesFromClient: exchange.bytesFromClient(),
  });
}

/** Watches, followed logs and streams have no natural end, and a person takes a while. */
function lasts(request: ApiRequest, { outcome }: Decision): boolean {
  const { info, query, upgrade } = request;
  if (upgrade !== null || info.verb === 'watch' || outcome === 'requireApproval') return true;
  return isLog(request) && isTrue(firstValue(query, 'follow'));
}

/** The record of a write that the API server refused in its dry run: nothing was sent, nobody was asked. */
async function refusedByCluster(
  { policy }: PipelineParts,
  transaction: Transaction,
  { summary, effective }: Asked,
  { status }: UpstreamResponse,
): Promise<Permitted> {
  const message = `the cluster refuses this (${status}), as its dry run says; nothing was sent`;
  const decision = {
    ...({ outcome: 'refused', code: null, rule: 'cluster/dry-run', matchedRules: [], message } as const),
    policyDigest: policy.state().digest,
  };
  await transaction.decided(summary, effective, { decision, approval: null }, true);
  return { outgoing: null, warnings: [] };
}

async function respond(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  prepared: Prepared,
  plan: MaskPlan,
  response: UpstreamResponse,
  warnings: readonly string[] | null,
  auditId: string,
) {
  const { request } = prepared;
  const long = longAnswer(parts, exchange, cluster, prepared, {
    auditId,
    cutUpstream: (refusal) => {
      // It may not be read yet, or no longer: an error that nobody listens to would end the process.
      response.body.on('error', () => undefined);
      response.body.destroy(refusal);
    },
  });
  try {
    const own = await aboutOneself(parts, exchange, cluster, prepared, response);
    const said = warnings === null ? null : [...warnings, ...own.warnings];
    const answered = await answer(long?.exchange ?? exchange, own.response, {
      request,
      plan,
      maskKey: keyOfCluster(parts.maskKey, cluster.slug),
      seen: parts.seen.of(cluster),
      onMasked: parts.maskOrigins.noteAnswer(request.info),
      sent: prepared.outgoing.body,
      warnings: said,
    });
    const over = long?.close();
    return {
      ...answered,
      code: over?.code ?? answered.code,
      maskedValues: answered.maskedValues + (over?.redactedValues ?? 0),
      ended: over?.ended ?? null,
    };
  } catch (error) {
    long?.close();
    // A client's answer that is cut for it counts as a client that went away too; the first of the two is the reason.
    const cameFromUpstream = response.body.errored === error && error !== exchange.signal.reason;
    discard(response.body);
    throw cameFromUpstream ? upstreamTrouble(error, cluster) : error;
  }
}

/** An upgrade that nobody asked for is no answer. */
function notUpgraded(answered: UpstreamResponse | UpstreamUpgrade): UpstreamResponse {
  if (!('socket' in answered)) return answered;
  answered.socket.destroy();
  throw new Refusal('upstream-response-invalid', 'The cluster switched protocols though nobody asked it to');
}

/** `kubectl auth can-i` is told what policy says too; every other answer is the cluster's. */
async function aboutOneself(
  { policy, approvals }: PipelineParts,
  { principal }: Exchange,
  cluster: Cluster,
  { request, body }: Prepared,
  response: UpstreamResponse,
) {
  const kind = selfReviewOf(request);
  if (kind === null) return { response, warnings: [] };
  const judge = judgeFor(policy, { principal, cluster: policyCluster(cluster), impersonation: request.impersonation });
  const canAsk = ({ approval }: Decision): boolean => approval !== null && approvals.canAsk(approval);
  return answerSelfReview(response, { kind, request, body, judge, canAsk });
}

/** Turns whatever went wrong into an answer and, where nothing was decided yet, into a record of its own. */
async function fail(
  parts: PipelineParts,
  exchange: Exchange,
  transaction: Transaction,
  { summary, effective }: Asked,
  error: unknown,
) {
  const { digest } = parts.policy.state();
  if (exchange.signal.aborted && !(error instanceof Refusal)) {
    const brokenOff = new Refusal('request-malformed', 'The client broke off before its request was whole');
    await transaction.decided(summary, effective, refusedVerdict(brokenOff, digest), true).catch(() => undefined);
    return { status: 0, code: null, maskedValues: 0, ended: 'client-gone' };
  }
  let refusal = toRefusal(error);
  if (refusal.code === 'internal-error') parts.log.error({ error, auditId: transaction.auditId }, refusal.message);
  try {
    await transaction.decided(summary, effective, refusedVerdict(refusal, digest), true);
  } catch (journalError) {
    refusal = toRefusal(journalError);
  }
  await refuse(exchange, audible(refusal, exchange.target), transaction.auditId);
  return { status: refusal.status, code: refusal.code, maskedValues: 0, ended: null };
}
