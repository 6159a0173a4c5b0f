import type { Cluster } from '../clusters/cluster.ts';
import { SeenValues } from './seen-values.ts';

/** The Secret values seen of each connected cluster; those of a cluster go with its connection. */
export class SeenByCluster {
  readonly #seen = new WeakMap<Cluster, SeenValues>();

  of(cluster: Cluster): SeenValues {
    let seen = this.#seen.get(cluster);
    if (seen === undefined) {
      seen = new SeenValues();
      this.#seen.set(cluster, seen);
    }
    return seen;
  }
}
