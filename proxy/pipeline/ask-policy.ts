import type { Decision } from '../../model/decision.ts';
import type { Cluster } from '../clusters/cluster.ts';
import { type PolicyQuestion, policyQuestion } from '../policy/policy-question.ts';
import { Refusal } from '../refusal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import type { Passage } from './passage.ts';

/** A request, and what its URL alone decides. */
export interface DecidedByUrl {
  readonly request: ApiRequest;
  readonly question: PolicyQuestion;
  readonly decision: Decision;
}

/**
 * Asks the policy about the URL, the verb and whom the request acts as.
 * @throws {Refusal} `upgrade-not-allowed`.
 */
export function askPolicy({ exchange, cluster, reveal, parts }: Passage, request: ApiRequest): DecidedByUrl {
  if ((request.upgrade !== null) !== (exchange.kind === 'upgrade')) {
    throw new Refusal('upgrade-not-allowed', 'This request asks for an upgrade that Gatehouse does not take');
  }
  const asked = policyQuestion(exchange.principal, policyCluster(cluster), request);
  const question: PolicyQuestion = reveal === null ? asked : { ...asked, verb: 'reveal' };
  return { request, question, decision: parts.policy.decide(question) };
}

/** Denied whatever it holds: its body is never looked at. */
export function isDeniedByUrl({ decision }: DecidedByUrl): boolean {
  return decision.outcome === 'deny' && !decision.unresolved;
}

/** The cluster as policies name it: by its context, the name that people see. */
export function policyCluster({ contextName, labels }: Cluster): PolicyQuestion['cluster'] {
  return { name: contextName, labels };
}
