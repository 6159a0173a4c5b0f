import { z } from 'zod';
import type { RequestSummary } from '../../../model/journal-record.ts';
import type { Cluster } from '../../clusters/cluster.ts';
import { sendUpstream } from '../../forward/send-upstream.ts';
import type { UpstreamResponse } from '../../forward/upstream.ts';
import type { Exchange } from '../../listener/exchange.ts';
import { refuse } from '../../listener/refuse.ts';
import { redactStatus } from '../../masking/status/redact-status.ts';
import { policyQuestion } from '../../policy/policy-question.ts';
import type { SeenValues } from '../../redaction/seen-values.ts';
import { Refusal, toRefusal } from '../../refusal.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { readRequest } from '../../request/read-request.ts';
import { authorise } from '../authorisation.ts';
import type { PipelineParts } from '../pipeline-parts.ts';
import {
  type Outcome,
  policyCluster,
  refusedVerdict,
  summarise,
  summariseUnread,
  Transaction,
  verdictOf,
} from '../transaction.ts';

/** What a reveal asks for. The names are checked so that they cannot leave their place in the path. */
const revealSchema = z.object({
  cluster: z.string().regex(/^[a-z0-9-]{1,63}$/),
  namespace: z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/),
  name: z.string().regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/),
  key: z.string().regex(/^[-._a-zA-Z0-9]{1,253}$/),
  reason: z.string().trim().min(1).max(500),
});
type Reveal = z.infer<typeof revealSchema>;

const BODY_LIMIT = 16 * 1024;

/** A Secret is at most 1 MiB of data, which is 1.4 MiB in base64; managed fields and annotations come on top. */
const SECRET_LIMIT = 4 * 1024 * 1024;

/**
 * One key of one Secret in clear: decided by policy under the verb `reveal`, approved, journaled, read once, reduced to
 * the key inside the gateway, and answered once. Nothing is kept.
 *
 * `POST {cluster, namespace, name, key, reason}` answers `{value}` in base64, as the API server holds it.
 */
export async function serveReveal(
  parts: PipelineParts,
  exchange: Exchange,
  clusters: ReadonlyMap<string, Cluster>,
): Promise<void> {
  let transaction: Transaction | null = null;
  let summary = summariseUnread(exchange.method, exchange.target);
  let result: Pick<Outcome, 'status' | 'code' | 'ended'>;
  try {
    if (exchange.method !== 'POST') throw new Refusal('method-not-allowed', 'A reveal is a POST');
    const reveal = await readReveal(exchange);
    const cluster = clusters.get(reveal.cluster);
    if (cluster === undefined) throw new Refusal('unknown-cluster', `No cluster "${reveal.cluster}" is connected`);
    transaction = new Transaction(parts.journal, exchange.principal, cluster);
    const request = secretRequest(reveal);
    summary = { ...summarise(request, 'reveal'), revealKey: reveal.key };
    await permitReveal(parts, exchange, cluster, transaction, request, summary, reveal.reason);
    const answered = await sendUpstream(parts.upstream, cluster, {
      request,
      body: null,
      auditId: transaction.auditId,
      accept: 'application/json',
      compression: false,
      signal: exchange.signal,
    });
    if ('socket' in answered) throw new Refusal('upstream-response-invalid', 'The cluster upgraded a plain request');
    const seen = parts.seen.of(cluster);
    result = { status: await answerReveal(exchange, answered, request, reveal, seen), code: null, ended: null };
  } catch (error) {
    const gone = exchange.signal.aborted && !(error instanceof Refusal);
    const refusal = toRefusal(error);
    if (!gone && refusal.code === 'internal-error') parts.log.error({ error }, refusal.message);
    await transaction
      ?.decided(summary, null, refusedVerdict(refusal, parts.policy.state().digest), true)
      .catch(() => undefined);
    await refuse(exchange, refusal, transaction?.auditId);
    result = gone
      ? { status: 0, code: null, ended: 'client-gone' }
      : { status: refusal.status, code: refusal.code, ended: null };
  }
  await transaction?.finished({
    ...result,
    bytesToClient: exchange.bytesToClient(),
    bytesFromClient: exchange.bytesFromClient(),
    maskedValues: 0,
    upstreamMs: null,
  });
}

async function readReveal(exchange: Exchange): Promise<Reveal> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of exchange.body) {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT) throw new Refusal('body-too-large', `A reveal is at most ${BODY_LIMIT} bytes`);
    chunks.push(chunk);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new Refusal('body-not-readable', 'A reveal must be JSON', { cause });
  }
  const checked = revealSchema.safeParse(parsed);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new Refusal(
    'body-not-readable',
    `A reveal needs a valid ${issue?.path.join('.') || 'body'}: ${issue?.message}`,
  );
}

/** The GET that the reveal comes down to, read like any client's so that policy sees the same target. */
function secretRequest({ namespace, name }: Reveal): ApiRequest {
  return readRequest({
    method: 'GET',
    target: `/api/v1/namespaces/${namespace}/secrets/${name}`,
    rawHeaders: ['Host', 'gatehouse', 'Accept', 'application/json', 'User-Agent', 'gatehouse/reveal'],
  });
}

async function permitReveal(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  transaction: Transaction,
  request: ApiRequest,
  summary: RequestSummary,
  reason: string,
): Promise<void> {
  const { principal, signal } = exchange;
  const decision = parts.policy.decide({
    ...policyQuestion(principal, policyCluster(cluster), request),
    verb: 'reveal',
  });
  const outcome = await authorise(
    {
      principal,
      cluster,
      request,
      summary,
      effective: null,
      decision,
      body: null,
      evaluated: null,
      preview: () => null,
      reason,
      signal,
    },
    parts.approvals,
  );
  const refusal = outcome.allowed ? undefined : outcome.refusal;
  await transaction.decided(summary, null, verdictOf(decision, outcome.approval, refusal), true);
  if (refusal !== undefined) throw refusal;
}

async function answerReveal(
  exchange: Exchange,
  response: UpstreamResponse,
  request: ApiRequest,
  { namespace, name, key }: Reveal,
  seen: SeenValues,
): Promise<number> {
  if (response.status !== 200) {
    const status = await redactStatus(response, request);
    await exchange.respond(response.status, jsonHeaders(status.length), status);
    return response.status;
  }
  const value = dataValue(await collect(response), key);
  if (value === null) {
    throw new Refusal('reveal-key-missing', `Secret "${name}" in namespace "${namespace}" has no key "${key}"`);
  }
  seen.add(Buffer.from(value, 'base64'));
  const body = Buffer.from(JSON.stringify({ value }));
  await exchange.respond(200, jsonHeaders(body.length), body);
  return 200;
}

function jsonHeaders(bytes: number): ReadonlyArray<readonly [string, string]> {
  return [
    ['Content-Type', 'application/json'],
    ['Content-Length', String(bytes)],
    ['Cache-Control', 'no-store'],
  ];
}

async function collect(response: UpstreamResponse): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > SECRET_LIMIT)
      throw new Refusal('upstream-response-invalid', 'The cluster answered with more than a Secret can hold');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The key's value in base64, or null. */
function dataValue(secret: Buffer, key: string): string | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(secret.toString('utf8'));
  } catch (cause) {
    throw new Refusal('upstream-response-invalid', 'The cluster answered with something that is not a Secret', {
      cause,
    });
  }
  const data: unknown = typeof parsed === 'object' && parsed !== null && 'data' in parsed ? parsed.data : null;
  if (typeof data !== 'object' || data === null || !Object.hasOwn(data, key)) return null;
  const value: unknown = Object.entries(data).find(([name]) => name === key)?.[1];
  return typeof value === 'string' ? value : null;
}
