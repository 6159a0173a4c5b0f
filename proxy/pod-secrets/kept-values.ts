import type { Cluster } from '../clusters/cluster.ts';

interface Kept {
  /** Milliseconds of the monotonic clock. */
  readonly until: number;
  readonly values: readonly Buffer[];
  readonly bytes: number;
}

const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Values of Secrets that were read a moment ago, so that the logs of twenty replicas are not twenty reads of each of their
 * Secrets. For a moment only: a Secret that is changed reaches a container that starts after it at once.
 */
export class KeptValues {
  readonly #milliseconds: number;
  readonly #now: () => number;
  readonly #clusters = new WeakMap<Cluster, Map<string, Kept>>();

  /** @param now monotonic, in milliseconds. */
  constructor(milliseconds: number, now: () => number) {
    this.#milliseconds = milliseconds;
    this.#now = now;
  }

  /** @returns undefined where the Secret has to be read. */
  find(cluster: Cluster, secret: string): readonly Buffer[] | undefined {
    const kept = this.#clusters.get(cluster)?.get(secret);
    return kept !== undefined && kept.until > this.#now() ? kept.values : undefined;
  }

  keep(cluster: Cluster, secret: string, values: readonly Buffer[]): void {
    const kept = this.#clusters.get(cluster) ?? new Map<string, Kept>();
    this.#clusters.set(cluster, kept);
    kept.delete(secret);
    kept.set(secret, { until: this.#now() + this.#milliseconds, values, bytes: sizeOf(values) });
    let bytes = [...kept.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    // Oldest first: they were put in at their end.
    for (const [name, entry] of kept) {
      if (bytes <= MOST_BYTES && entry.until > this.#now()) break;
      kept.delete(name);
      bytes -= entry.bytes;
    }
  }
}

/** Bytes. */
export function sizeOf(values: readonly Buffer[]): number {
  return values.reduce((sum, value) => sum + value.length, 0);
}
