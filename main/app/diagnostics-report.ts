import type { PolicyState } from '../../model/policy-state.ts';
import type { AppInfo, ClusterEntry, GatewayStatus } from '../../preload/contract.ts';

export interface Diagnosed {
  readonly info: AppInfo;
  readonly gateway: GatewayStatus;
  readonly policy: PolicyState | null;
  readonly clusters: readonly ClusterEntry[];
}

/**
 * What a person can paste into a bug report: versions and states. Names of clusters, servers, users and the home
 * folder are left out; they are nobody else's business.
 */
export function diagnosticsReport({ info, gateway, policy, clusters }: Diagnosed): string {
  const count = (state: ClusterEntry['state']) => clusters.filter((cluster) => cluster.state === state).length;
  const lines = [
    `Gatehouse ${info.version}`,
    `Electron ${info.electron}, Chromium ${info.chromium}, Node ${info.node}, ${info.platform}`,
    `OS sandbox: ${info.osSandbox ? 'on' : 'OFF'}`,
    `kubectl: ${info.kubectl === null ? 'not found' : info.kubectl.version}`,
    `Gateway: ${gateway.state}, restarted ${gateway.restarts} times`,
    ...(gateway.problem === null ? [] : [`Gateway problem: ${gateway.problem.code}`]),
    ...gateway.notices.map((notice) => `Notice: ${notice}`),
    policy === null
      ? 'Policy: not known'
      : `Policy: ${policy.status}, ${policy.policies.length} documents, digest ${policy.digest.slice(0, 12)}`,
    ...(policy?.problems ?? []).map((problem) => `Policy problem: ${problem.code} at line ${problem.line}`),
    // Their words name clusters and people.
    ...(policy === null || policy.warnings.length === 0 ? [] : [`Policy warnings: ${policy.warnings.length}`]),
    `Clusters: ${clusters.length} known, ${count('connected')} connected, ${count('unusable')} unusable, ${count('failed')} failed`,
  ];
  return lines.join('\n');
}
