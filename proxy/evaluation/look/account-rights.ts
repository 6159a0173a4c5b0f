import type { Cluster } from '../../clusters/cluster.ts';
import type { Probe } from '../../forward/probe.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { RightsOfCluster } from './rights-of-cluster.ts';
import type { AccountStrength, ServiceAccount } from './sight.ts';

/** Milliseconds. Rights change rarely by others, and a burst of requests asks about the same few accounts. */
const REMEMBERED = 30_000;

/**
 * Says which service accounts are strong, and why. What is found of a cluster is remembered for a while, and whoever
 * asks meanwhile gets the same answer.
 */
export class AccountRights {
  readonly #clusters = new Map<string, { readonly until: number; readonly rights: RightsOfCluster }>();

  strengthOf(account: ServiceAccount, probe: Probe, request: ApiRequest): Promise<AccountStrength> {
    return this.#of(probe).strengthOf(account, probe, request);
  }

  /** The ClusterRoles that take in rules of others; null where the gateway may not list them. */
  aggregators(probe: Probe, request: ApiRequest): Promise<readonly unknown[] | null> {
    return this.#of(probe).aggregators(probe, request);
  }

  /** What was found of a cluster counts no more: somebody changed who may do what. */
  forget({ slug }: Cluster): void {
    this.#clusters.delete(slug);
  }

  #of({ cluster: { slug } }: Probe): RightsOfCluster {
    const known = this.#clusters.get(slug);
    if (known !== undefined && known.until > performance.now()) return known.rights;
    const rights = new RightsOfCluster();
    this.#clusters.set(slug, { until: performance.now() + REMEMBERED, rights });
    return rights;
  }
}
