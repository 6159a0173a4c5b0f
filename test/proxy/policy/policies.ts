import type { PolicyProblem } from '../../../model/policy-state.ts';
import type { Principal } from '../../../model/principal.ts';
import { compilePolicies } from '../../../proxy/policy/compile-policy.ts';
import { parsePolicyFile } from '../../../proxy/policy/document/parse-policy.ts';
import { PolicyEngine } from '../../../proxy/policy/policy-engine.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import type { Impersonation } from '../../../proxy/request/api-request.ts';

/** The person at the laptop, in a terminal of the app. */
export const LOCAL: Principal = {
  user: 'local:ada',
  groups: ['gatehouse:local'],
  session: { kind: 'inAppTerminal', id: 'terminal-1' },
};

/** A document around the given rules (YAML, indented as under `rules:`). */
export function document(rules: string, sets = ''): string {
  return `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: p}
spec:
${sets}  rules:
${rules}`;
}

/** What is wrong with a file, in the order in which it is found. */
export function problemsIn(text: string): readonly PolicyProblem[] {
  const { policies, problems } = parsePolicyFile('p.yaml', text);
  return [...problems, ...compilePolicies(policies).problems];
}

/** The engine for files that must be good. */
export function engineOf(files: Readonly<Record<string, string>>): PolicyEngine {
  const parsed = Object.entries(files).map(([file, text]) => parsePolicyFile(file, text));
  const compiled = compilePolicies(parsed.flatMap(({ policies }) => policies));
  const problems = [...parsed.flatMap((file) => file.problems), ...compiled.problems];
  if (problems.length > 0) throw new Error(JSON.stringify(problems, null, 1));
  return new PolicyEngine(compiled.rules, 'digest');
}

/** A question about `get pods/…` with everything else as given. */
export function question(given: Partial<PolicyQuestion> = {}): PolicyQuestion {
  return {
    principal: LOCAL,
    cluster: { name: 'prod', labels: { env: 'prod' } },
    verb: 'get',
    apiGroup: '',
    resource: 'pods',
    namespace: 'shop',
    name: 'p',
    nonResourcePath: '',
    impersonation: null,
    ...given,
  };
}

/** An identity to act as. */
export function acting(user: string, given: Partial<Impersonation> = {}): Impersonation {
  return { user, uid: '', groups: [], extra: new Map(), ...given };
}
