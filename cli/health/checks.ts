import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { PolicyState } from '../../model/policy-state.ts';

/**
 * How one part of a gateway is. `degraded`: it serves, but not what its operator wrote, so a start that waits
 * goes on waiting.
 */
export type Grade = 'good' | 'degraded' | 'bad';

/** One thing that has to be right before clients can work. */
export interface Check {
  readonly name: 'gateway' | 'policy' | 'journal' | 'cluster';
  readonly grade: Grade;
  /** A word of a fixed set, for everybody on the machine: it names nothing that is not public. */
  readonly code: string;
  /** For the operator: which thing, and how to mend it. Of what is good: what is worth knowing all the same, or null. */
  readonly says: string | null;
}

/** What the checks are made of. */
export interface Observed {
  readonly policy: PolicyState;
  /** Why the journal cannot be written; null: it can. */
  readonly journalProblem: string | null;
  /** Null: nobody has looked yet. */
  readonly reach: ClusterReach | null;
  readonly isStopping: boolean;
}

/** Every check, in the order in which they are told. */
export function checksOf({ policy, journalProblem, reach, isStopping }: Observed): readonly Check[] {
  return [
    isStopping
      ? { name: 'gateway', grade: 'bad', code: 'stopping', says: 'the gateway is stopping' }
      : { name: 'gateway', grade: 'good', code: 'serving', says: null },
    policyCheck(policy),
    journalProblem === null
      ? { name: 'journal', grade: 'good', code: 'writable', says: null }
      : { name: 'journal', grade: 'bad', code: 'not-writable', says: asClause(journalProblem) },
    clusterCheck(reach),
  ];
}

/** Clients can work, as far as the gateway knows. */
export function serves(checks: readonly Check[]): boolean {
  return checks.every(({ grade }) => grade !== 'bad');
}

/** All is as its operator wants it. */
export function isWhole(checks: readonly Check[]): boolean {
  return checks.every(({ grade }) => grade === 'good');
}

/** What is not as it should be, in one sentence without its full stop; empty where all is. */
export function troubleInWords(checks: readonly Check[]): string {
  return checks.flatMap(({ grade, says, code }) => (grade === 'good' ? [] : [says ?? code])).join('; ');
}

function policyCheck({ status, problems, warnings, waiting, folder }: PolicyState): Check {
  const name = 'policy';
  const said = placesInWords(problems);
  if (status === 'none') {
    const why =
      said === '' && waiting !== null
        ? 'what the folder says waits for "gatehouse policy accept"'
        : `${said || `there is none in ${folder}`}; mend the folder, it is read again at once`;
    return { name, grade: 'bad', code: 'none', says: `no policy is in force and everything is denied: ${why}` };
  }
  if (status === 'stale' || problems.length > 0) {
    const says = `the policy folder has a mistake and the last good policy goes on: ${said}; mend it, the folder is read again at once`;
    return { name, grade: 'degraded', code: 'stale', says };
  }
  const noted = [
    ...(waiting === null ? [] : ['a change of the policy waits for "gatehouse policy accept"']),
    ...(warnings.length === 0 ? [] : [`rules of the policy match nothing here: ${placesInWords(warnings)}`]),
  ];
  const code = waiting === null ? 'loaded' : 'waits';
  return { name, grade: 'good', code, says: noted.length === 0 ? null : noted.join('; ') };
}

const SHOWN_PLACES = 3;

/** The first of what a policy folder has, each with its place. */
function placesInWords(found: ReadonlyArray<{ file: string; line: number; message: string }>): string {
  const shown = found
    .slice(0, SHOWN_PLACES)
    .map(({ file, line, message }) => `${file}${line === 0 ? '' : `:${line}`}: ${message}`);
  const more = found.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ');
}

const UNSEEN =
  'nothing is known of the cluster yet: neither the API server nor a credential plugin of the kubeconfig has answered';

function clusterCheck(reach: ClusterReach | null): Check {
  const name = 'cluster';
  if (reach === null) return { name, grade: 'bad', code: 'unknown', says: UNSEEN };
  if (reach.trouble !== null) {
    const what = reach.state === 'sign-in' ? 'the credential is not good' : 'the API server does not answer';
    return { name, grade: 'bad', code: reach.trouble, says: `${what}: ${asClause(reach.problem ?? reach.trouble)}` };
  }
  if (reach.signIn.due) {
    const says = 'the next request runs the credential plugin of the kubeconfig';
    return { name, grade: 'good', code: 'credential-due', says };
  }
  if (reach.state !== 'slow') return { name, grade: 'good', code: 'reachable', says: null };
  return { name, grade: 'good', code: 'slow', says: `the API server answers slowly: ${reach.latency} ms` };
}

/** A sentence of another part, inside one of ours. */
function asClause(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^The /, 'the ');
}
