import type { Cluster } from '../clusters/cluster.ts';
import type { Exchange } from '../listener/exchange.ts';
import { maskPreview } from '../masking/mask-preview.ts';
import { authorise } from './authorisation.ts';
import type { PipelineParts } from './cluster-request.ts';
import { isRead, type Prepared } from './prepare.ts';
import { effectiveOf, summarise, type Transaction, verdictOf } from './transaction.ts';

/**
 * Policy, approval, and the `decided` record: when this returns, the request may run.
 * @returns texts for `Warning:` headers.
 * @throws {Refusal} where policy or a person said no.
 */
export async function permit(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  transaction: Transaction,
  { request, decision, body }: Prepared,
): Promise<string[]> {
  const summary = summarise(request);
  const effective = effectiveOf(request);
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
