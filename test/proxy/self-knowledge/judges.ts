import type { Decision } from '../../../model/decision.ts';
import type { PolicySource } from '../../../proxy/policy/policy-source.ts';
import type { Impersonation } from '../../../proxy/request/api-request.ts';
import { type Judge, judgeFor } from '../../../proxy/self-knowledge/judge.ts';
import { acting, document, engineOf, LOCAL } from '../policy/policies.ts';

/** The judge for rules as under `rules:`; without an identity the caller is itself. */
export function judgeOf(rules: string, impersonation: Impersonation | null = null): Judge {
  const engine = engineOf({ 'p.yaml': document(rules) });
  const policy: Pick<PolicySource, 'decide'> = { decide: (question) => engine.decide(question) };
  return judgeFor(policy, { principal: LOCAL, cluster: { name: 'prod', labels: {} }, impersonation });
}

export function asker(user: string): Impersonation {
  return acting(user);
}

/** A gateway that can ask its owner only. */
export function canAsk({ approval }: Decision): boolean {
  return approval?.level === 'ownerConfirm';
}
