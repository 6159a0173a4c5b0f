import type { SessionKind } from '../../../model/principal.ts';

/** What a gateway knows of where it runs. */
export interface Surroundings {
  /** Those that are connected. */
  readonly clusters: readonly SeenCluster[];
  /** Contexts of the same kubeconfigs that are not connected: a rule may be about one of these. */
  readonly otherContexts: readonly string[];
  /** Kinds of sessions that there can be. */
  readonly sessions: readonly SessionKind[];
  /** Who every client of this gateway is. */
  readonly principal: { readonly user: string; readonly groups: readonly string[] };
}

export interface SeenCluster {
  readonly name: string;
  readonly slug: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Resources and subresources (`jobs`, `jobs/status`) of the groups that were asked about; a group that is not there is not known. */
  readonly served: ReadonlyMap<string, ReadonlySet<string>>;
}
