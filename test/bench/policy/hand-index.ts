import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { resourceText } from '../../../proxy/policy/policy-question.ts';
import type { PlainRule } from './random-policy.ts';

export type Outcome = 'allow' | 'deny' | 'requireApproval';

/**
 * What one would write by hand for exactly these rules and nothing else: a map by group, verb and resource. No
 * reasons, no leniency, no globs. The unit for the engine.
 */
export class HandIndex {
  readonly #rules = new Map<string, PlainRule[]>();

  constructor(rules: readonly PlainRule[]) {
    for (const rule of rules) {
      for (const group of rule.groups) {
        for (const verb of rule.verbs) {
          for (const resource of rule.resources) {
            const key = `${group} ${verb} ${resource}`;
            const known = this.#rules.get(key);
            if (known === undefined) this.#rules.set(key, [rule]);
            else known.push(rule);
          }
        }
      }
    }
  }

  decide(question: PolicyQuestion): Outcome {
    const { verb, namespace, impersonation } = question;
    const tail = ` ${verb} ${resourceText(question)}`;
    const actsAs = impersonation === null ? null : impersonation.user;
    let [permitted, asks] = [false, false];
    for (const group of question.principal.groups) {
      for (const rule of this.#rules.get(group + tail) ?? []) {
        if (!namespace.startsWith(rule.namespace)) continue;
        if (rule.actsAs !== actsAs) continue;
        if (rule.effect === 'deny') return 'deny';
        permitted = true;
        if (rule.effect === 'requireApproval') asks = true;
      }
    }
    return permitted ? (asks ? 'requireApproval' : 'allow') : 'deny';
  }
}
