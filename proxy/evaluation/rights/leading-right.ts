/** A right by which its holder gets further than it says: to another identity, or to what others are let in by. */
export interface LeadingRight {
  /** For people, of whoever holds it: `reads secrets`. */
  readonly says: string;
  /** The API group; `*` for any. */
  readonly group: string;
  /** `pods`, `pods/exec`; `*` for any. */
  readonly resources: readonly string[];
  /** One that ends with `*` stands for all that begin so. */
  readonly verbs: readonly string[];
  /** Asked about by no namespace: a binding in one gives it to nobody. */
  readonly clusterWide?: true;
  /** It leads further in this namespace alone. */
  readonly namespace?: string;
  /** Where it is restricted to names: those for which it counts, or those of Secrets with tokens. Left out: any. */
  readonly names?: readonly string[] | 'tokens';
  /** One of the few whose first verb and resource tell most; asked where the bindings are known already. */
  readonly telling?: true;
  /** A rule tells of it and no review: a cluster may not have it, or few who have it have nothing else of the table. */
  readonly unasked?: true;
}

/** The verbs by which what an object says becomes another. */
export const WRITES = ['create', 'update', 'patch'];
