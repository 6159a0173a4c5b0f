import { roadsToEvaluate } from '../../policy/act-as.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import type { JsonValue } from '../../request/json-value.ts';
import { writeJson } from '../../request/write-json.ts';
import { fields, mentions } from './words.ts';
import { accountsIn, secretsIn } from './workload.ts';

/** Pods, by the list that makes them, and what brings a Secret into one. */
const MENTIONS = fields('containers', 'secret', 'secretName', 'secretKeyRef', 'secretRef');

/**
 * A new workload as its body says it: enough where it names no account, so that it runs as `default`, and for the Secrets
 * that it takes. No rehearsal is needed for either.
 * @returns null for what is no new workload.
 */
export function statedWorkload(question: PolicyQuestion, said: JsonValue): unknown {
  if (question.verb !== 'create' || said === null || !roadsToEvaluate(question).includes('pod')) return null;
  if (!mentions(said, [MENTIONS])) return null;
  const object: unknown = JSON.parse(writeJson(said));
  return accountsIn(object).size === 0 && secretsIn(object).size === 0 ? null : object;
}
