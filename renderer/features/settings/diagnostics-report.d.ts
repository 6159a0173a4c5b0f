import type { AppInfo, ClusterEntry, GatewayStatus } from '../../../preload/contract.ts';
import type { PolicyState } from '../../../proxy/policy/decision.ts';
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
export declare function diagnosticsReport({ info, gateway, policy, clusters }: Diagnosed): string;
