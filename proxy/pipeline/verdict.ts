import type { Decision } from '../../model/decision.ts';
import type { DecidedRecord } from '../../model/journal-record.ts';
import type { Sign } from '../../model/sign.ts';
import { explainDecision } from '../policy/explain.ts';
import type { Refusal } from '../refusal.ts';

/** What the `decided` record says beside the request itself. */
export type Verdict = Pick<DecidedRecord, 'decision' | 'approval' | 'signs'>;

/** The verdict of a policy decision, as the journal records it. */
export function verdictOf(
  decision: Decision,
  approval: Verdict['approval'],
  refusal: Refusal | null,
  signs: readonly Sign[],
): Verdict {
  return {
    decision: {
      outcome: decision.outcome,
      code: refusal?.code ?? null,
      rule: decision.decidingRule,
      matchedRules: decision.matchedRules,
      message: refusal?.message ?? decision.message,
      policyDigest: decision.policyDigest,
      ...(decision.outcome === 'allow' ? {} : { why: explainDecision(decision, signs) }),
    },
    approval,
    ...found(signs),
  };
}

function found(signs: readonly Sign[]): Pick<Verdict, 'signs'> {
  return signs.length === 0 ? {} : { signs };
}

/** The verdict where the gateway refused before policy was asked. */
export function refusedVerdict({ code, message }: Refusal, policyDigest: string): Verdict {
  return refusedBy(`gateway/${code}`, { code, message, policyDigest });
}

/** The verdict on a write that the API server refused in its dry run: nothing was sent, nobody was asked. */
export function refusedByCluster(status: number, policyDigest: string, signs: readonly Sign[]): Verdict {
  const message = `the cluster refuses this (${status}), as its dry run says; nothing was sent`;
  return { ...refusedBy('cluster/dry-run', { code: null, message, policyDigest }), ...found(signs) };
}

function refusedBy(rule: string, said: Pick<Verdict['decision'], 'code' | 'message' | 'policyDigest'>): Verdict {
  return { decision: { outcome: 'refused', rule, matchedRules: [], ...said }, approval: null };
}
