import type { ApprovalAuthority } from '../approvals/approval-authority.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { discard } from '../forward/pooled-upstream.ts';
import type { Upstream, UpstreamResponse, UpstreamUpgrade } from '../forward/upstream.ts';
import { upstreamTrouble } from '../forward/upstream-trouble.ts';
import type { GatewayLog } from '../gateway.ts';
import type { Journal } from '../journal/journal.ts';
import type { EffectiveIdentity, RequestSummary } from '../journal/journal-record.ts';
import type { Exchange } from '../listener/exchange.ts';
import { audible, refuse } from '../listener/refuse.ts';
import { jsonOnlyAccept } from '../masking/accept.ts';
import { maskPreview } from '../masking/mask-preview.ts';
import type { MaskKey } from '../masking/mask-token.ts';
import { planMask } from '../masking/plan-mask.ts';
import type { MaskPlan } from '../masking/response-mask.ts';
import { protectWrite } from '../masking/write-protection.ts';
import type { Decision, PolicySource } from '../policy/decision.ts';
import { policyQuestion } from '../policy/policy-question.ts';
import { Refusal, toRefusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { readRequest } from '../request/read-request.ts';
import { checkBody, readBody } from '../request/request-body.ts';
import { acceptedUpgrade } from '../streams/handshake.ts';
import { relay } from '../streams/relay.ts';
import { answer } from './answer.ts';
import { authorise } from './authorisation.ts';
import { sendUpstream } from './send-upstream.ts';
import {
  effectiveOf,
  policyCluster,
  refusedVerdict,
  summarise,
  summariseUnread,
  Transaction,
  verdictOf,
} from './transaction.ts';

/** The gateway's parts, as one request meets them. */
export interface PipelineParts {
  readonly policy: PolicySource;
  readonly approvals: ApprovalAuthority;
  readonly journal: Journal;
  readonly upstream: Upstream;
  readonly maskKey: MaskKey;
  readonly log: GatewayLog;
}

/** Who asks for what, as the journal says it. */
interface Asked {
  readonly summary: RequestSummary;
  readonly effective: EffectiveIdentity | null;
}

/** A request that has been read and may be decided on. */
interface Readied extends Asked {
  readonly request: ApiRequest;
  readonly decision: Decision;
  readonly body: Buffer | null;
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
  let result: { status: number; code: string | null; maskedValues: number; ended: string | null };
  try {
    const readied = await ready(parts, exchange, cluster, target, (read) => {
      asked = { summary: summarise(read), effective: effectiveOf(read) };
    });
    const warnings = await permit(parts, exchange, cluster, transaction, readied);
    const sent = performance.now();
    const plan = planMask(readied.request, readied.decision.masks);
    const answered = await sendUpstream(parts.upstream, cluster, {
      request: readied.request,
      body: readied.body,
      auditId: transaction.auditId,
      accept: jsonOnlyAccept(readied.request),
      compression: plan.kind === 'pass',
      signal: exchange.signal,
    });
    upstreamMs = Math.round((performance.now() - sent) * 10) / 10;
    result =
      'socket' in answered
        ? await tunnel(exchange, readied.request, answered)
        : { ...(await respond(parts, exchange, cluster, readied.request, plan, answered, warnings)), ended: null };
  } catch (error) {
    result = await fail(parts, exchange, transaction, asked, error);
  }
  await transaction.finished({
    ...result,
    upstreamMs,
    bytesToClient: exchange.bytesToClient(),
    bytesFromClient: exchange.bytesFromClient(),
  });
}

/** Reads the request, asks the policy, then reads and checks the body. A denied request's body is never looked at. */
async function ready(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  target: string,
  onRead: (request: ApiRequest) => void,
): Promise<Readied> {
  const request = readRequest({ method: exchange.method, target, rawHeaders: exchange.rawHeaders });
  onRead(request);
  if ((request.upgrade !== null) !== (exchange.kind === 'upgrade')) {
    throw new Refusal('upgrade-not-allowed', 'This request asks for an upgrade that Gatehouse does not take');
  }
  const decision = parts.policy.decide(policyQuestion(exchange.principal, policyCluster(cluster), request));
  const common = { request, decision, summary: summarise(request), effective: effectiveOf(request) };
  if (decision.outcome === 'deny' || request.upgrade !== null || !announcesBody(request)) {
    return { ...common, body: null };
  }
  const body = await readBody(request, exchange.body);
  protectWrite(request, body, checkBody(request, body));
  return { ...common, body: isRead(request.method) ? null : body };
}

function isRead(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** A GET or HEAD has a body only where it says so; a body that is not empty is refused then. */
function announcesBody({ method, headers }: ApiRequest): boolean {
  return !isRead(method) || headers.has('Content-Length') || headers.has('Transfer-Encoding');
}

/**
 * Policy, approval, and the `decided` record: when this returns, the request may run.
 * @returns texts for `Warning:` headers.
 */
async function permit(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  transaction: Transaction,
  readied: Readied,
): Promise<string[]> {
  const { request, summary, effective, decision, body } = readied;
  const outcome = await authorise(
    {
      principal: exchange.principal,
      cluster,
      request,
      summary,
      effective,
      decision,
      body,
      preview: () => (body === null ? null : maskPreview(body, request)),
      reason: null,
      signal: exchange.signal,
    },
    parts.approvals,
  );
  const refusal = outcome.allowed ? undefined : outcome.refusal;
  const plainRead = decision.outcome === 'allow' && isRead(request.method) && request.upgrade === null;
  await transaction.decided(summary, effective, verdictOf(decision, outcome.approval, refusal), !plainRead);
  if (refusal !== undefined) throw refusal;
  const { approval } = outcome;
  return approval === null ? [] : [`approved by ${approval.by ?? 'a person'} (request ${approval.code})`];
}

async function respond(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  request: ApiRequest,
  plan: MaskPlan,
  response: UpstreamResponse,
  warnings: readonly string[],
) {
  try {
    return await answer(exchange, response, { request, plan, maskKey: parts.maskKey, warnings });
  } catch (error) {
    const cameFromUpstream = response.body.errored === error && !exchange.signal.aborted;
    discard(response.body);
    throw cameFromUpstream ? upstreamTrouble(error, cluster) : error;
  }
}

/** Relays an accepted upgrade until it ends. */
async function tunnel(exchange: Exchange, request: ApiRequest, upgrade: UpstreamUpgrade) {
  try {
    const client = exchange.acceptUpgrade(acceptedUpgrade(request, upgrade.headers));
    const { ended } = await relay(client, upgrade.socket, {
      clientHead: exchange.head,
      upstreamHead: upgrade.head,
      signal: exchange.signal,
    });
    return { status: 101, code: null, maskedValues: 0, ended };
  } catch (error) {
    upgrade.socket.destroy();
    throw error;
  }
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
