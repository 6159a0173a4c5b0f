import type { Decision } from '../../../model/decision.ts';
import type { PolicyState } from '../../../model/policy-state.ts';
import { NO_LIMITS } from '../stream-limits.ts';

/** The answer to everything while there is no policy: no, with the reason. */
export function notLoaded({ folder, problems, waiting }: PolicyState): Decision {
  const [problem] = problems;
  const where = problem === undefined || problem.line === 0 ? '' : `, line ${problem.line}`;
  const what = problem === undefined ? (waiting?.why ?? folder) : `${problem.file}${where}: ${problem.message}`;
  return {
    outcome: 'deny',
    decidingRule: 'policy-not-loaded',
    message: `Gatehouse has no policy in force, so it denies everything (${what})`,
    policyDigest: '',
    matchedRules: [],
    trace: [],
    masks: [],
    warnings: true,
    approval: null,
    unresolved: false,
    awaits: [],
    record: null,
    stream: NO_LIMITS,
  };
}
