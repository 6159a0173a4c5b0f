import type { RuleChange } from '../../../model/policy-change.ts';
import type { PolicyProblem, PolicyState } from '../../../model/policy-state.ts';
import type { GatewayLog } from '../../gateway-log.ts';

/** Two states of a policy, and whose the step between them was. */
export interface PolicyStep {
  readonly before: PolicyState;
  readonly state: PolicyState;
  readonly by: string;
  /** What it opens, in words. */
  readonly opens: string;
}

/** Says in the log what came into force, and what is wrong with the folder or is not any more. */
export function logChange(log: GatewayLog, { before, state, by, opens }: PolicyStep): void {
  const { digest, policies, problems, status } = state;
  const rules = policies.reduce((sum, policy) => sum + policy.rules, 0);
  const loaded = { digest, policies: policies.length, rules };
  const isSame = digest === before.digest;
  if (digest !== '' && before.digest === '') {
    log.info({ event: 'policy-loaded', ...loaded }, 'the policy is in force');
  } else if (digest !== '' && !isSame) {
    log.info({ event: 'policy-changed', was: before.digest, ...loaded, by, opens }, 'another policy is in force');
  }
  if (problems.length > 0 && JSON.stringify(problems) !== JSON.stringify(before.problems)) {
    log.warn(
      { event: 'policy-broken', digest, problems: problems.map(problemInWords) },
      status === 'none' ? 'no policy in force: all is denied' : 'policy broken: the last good one goes on',
    );
  }
  if (digest === '' || !isSame || problems.length > 0) return;
  if (before.problems.length > 0) log.info({ event: 'policy-mended', digest }, 'the policy folder is good again');
  if (before.waiting !== null && state.waiting === null) {
    const fields = { event: 'policy-withdrawn', digest, waited: before.waiting.digest } as const;
    log.info(fields, 'no change of the policy waits any more');
  }
}

function problemInWords({ file, line, code, message }: PolicyProblem): string {
  return `${file}:${line}: ${message} (${code})`;
}

/** For records: the rules of a change that open something, as many as fit on a line. */
export function idsOf(rules: readonly RuleChange[]): string {
  const open = rules.filter(({ opens }) => opens.length > 0).map(({ id }) => id);
  const more = open.length > 20 ? ` and ${open.length - 20} more` : '';
  return open.length === 0 ? 'no rule opens' : `${open.slice(0, 20).join(', ')}${more}`;
}
