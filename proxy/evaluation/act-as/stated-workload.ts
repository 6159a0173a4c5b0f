import { roadsToEvaluate } from '../../policy/act-as.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import type { JsonValue } from '../../request/json-value.ts';
import { writeJson } from '../../request/write-json.ts';
import { accountsIn, secretsIn } from './workload.ts';

/**
 * A new workload as its body says it: enough where it names no account, so that it runs as `default`, and for the Secrets
 * that it takes. No rehearsal is needed for either.
 * @returns null for what is no new workload.
 */
export function statedWorkload(question: PolicyQuestion, said: JsonValue): unknown {
  if (question.verb !== 'create' || said === null || !roadsToEvaluate(question).includes('pod')) return null;
  const object: unknown = JSON.parse(writeJson(said));
  return accountsIn(object).size === 0 && secretsIn(object).size === 0 ? null : object;
}
