import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { GatewayLog } from '../../proxy/gateway-log.ts';

/** One line in the log when a cluster cannot be worked with, and one when it can again. */
export class ClusterOutage {
  readonly #log: GatewayLog;
  readonly #cluster: string;
  #since: number | null = null;

  constructor(cluster: string, log: GatewayLog) {
    this.#cluster = cluster;
    this.#log = log;
  }

  /** What a look found. */
  found({ trouble, problem }: ClusterReach, now = Date.now()): void {
    const cluster = this.#cluster;
    if (trouble !== null && this.#since === null) {
      this.#since = now;
      this.#log.warn({ event: 'cluster-unreachable', cluster, trouble, problem }, 'the cluster cannot be worked with');
    } else if (trouble === null && this.#since !== null) {
      const seconds = Math.round((now - this.#since) / 1_000);
      this.#since = null;
      this.#log.info({ event: 'cluster-reachable', cluster, seconds }, 'the cluster can be worked with again');
    }
  }
}
