import type { Cluster } from '../clusters/cluster.ts';
import type { Exchange } from '../listener/exchange.ts';
import { maskPreview } from '../masking/mask-preview.ts';
import { toRefusal } from '../refusal.ts';
import { authorise } from './authorisation.ts';
import type { Outgoing } from './outgoing.ts';
import type { PipelineParts } from './pipeline-parts.ts';
import { isRead, type Prepared } from './prepare.ts';
import { effectiveOf, summarise, type Transaction, verdictOf } from './transaction.ts';

/** Milliseconds after which what was seen before a hold is looked at again. */
const FRESH = 1000;

/** A request that may run. */
export interface Permitted {
  /** What to send; null where the cluster has answered already. */
  readonly outgoing: Outgoing | null;
  /** Texts for `Warning:` headers. */
  readonly warnings: string[];
}

/**
 * Policy, approval, and the `decided` record: when this returns, the request may run.
 * @throws {Refusal} where policy or a person said no.
 */
export async function permit(
  parts: PipelineParts,
  exchange: Exchange,
  cluster: Cluster,
  transaction: Transaction,
  { request, decision, body, evaluated, outgoing }: Prepared,
): Promise<Permitted> {
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
      evaluated,
      preview: () => (body === null ? null : maskPreview(body, request)),
      reason: null,
      signal: exchange.signal,
    },
    parts.approvals,
  );
  let refusal = outcome.allowed ? undefined : outcome.refusal;
  let current = outgoing;
  if (outcome.allowed && evaluated !== null && (outcome.approval?.waitedMs ?? 0) > FRESH) {
    try {
      current = (await outgoing.again?.()) ?? outgoing;
    } catch (error) {
      refusal = toRefusal(error);
    }
  }
  const plainRead = decision.outcome === 'allow' && isRead(request.method) && request.upgrade === null;
  await transaction.decided(summary, effective, verdictOf(decision, outcome.approval, refusal), !plainRead);
  if (refusal !== undefined) throw refusal;
  const { approval } = outcome;
  const warnings = approval === null ? [] : [`approved by ${approval.by ?? 'a person'} (request ${approval.code})`];
  return { outgoing: current, warnings };
}
