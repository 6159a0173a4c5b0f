/** What a write makes of an object, and where it happens. */
export interface Change {
  /** The namespace of the URL; empty for what belongs to the whole cluster. */
  readonly namespace: string;
  /** Left out for the core group. */
  readonly apiGroup?: string;
  /** `clusterroles`. */
  readonly resource: string;
  /** The object that is there; null where there is none. */
  readonly before: unknown;
  /** The object as the write would leave it, defaults and admission included. */
  readonly after: unknown;
  /** The role that a binding names, where it could be read; null otherwise. */
  readonly role: unknown;
  /** The ClusterRoles that take in rules of others, for a write of a ClusterRole; null where they could not be listed. */
  readonly aggregators?: readonly unknown[] | null;
}
