import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { PolicyState } from '../../model/policy-state.ts';
import { type Check, isWhole, troubleInWords } from '../health/checks.ts';

/** What a gateway says when it serves. */
export interface ReadyFacts {
  /** Where clients reach the cluster: `https://127.0.0.1:PORT/c/CLUSTER`. */
  readonly url: string;
  readonly cluster: string;
  readonly context: string;
  readonly kubeconfig: string;
  readonly dataFolder: string;
  /** Where `/metrics` is; null where nobody asked for it. */
  readonly metrics: string | null;
  readonly policy: PolicyState;
  readonly reach: ClusterReach | null;
  readonly checks: readonly Check[];
  readonly version: string;
  readonly pid: number;
}

/** For people and for `grep ready`; what is not ready yet stands behind it. */
export function readyLine({ url, checks }: ReadyFacts): string {
  const trouble = troubleInWords(checks);
  return `gatehouse gateway ready at ${url}${trouble === '' ? '' : ` (not yet: ${trouble})`}`;
}

/** The same for programs: one JSON object. */
export function readyObject(facts: ReadyFacts): string {
  const { url, cluster, context, kubeconfig, dataFolder, metrics, policy, reach, checks, version, pid } = facts;
  return JSON.stringify({
    ready: isWhole(checks),
    url,
    cluster,
    context,
    kubeconfig,
    dataFolder,
    metrics,
    policy,
    reach,
    checks,
    version,
    pid,
  });
}
