import type { ParsedPolicy } from '../document/parse-policy.ts';
import type { ClusterBlock, Dimensions, IdentityBlock, MatchBlock, PolicyRule } from '../document/policy-document.ts';
import { SetReader } from '../document/set-reader.ts';

type Impersonation = NonNullable<Dimensions['impersonation']>;
type ActsAs = NonNullable<MatchBlock['actsAs']>;

/** The dimensions of a match, with what its sets stand for in their place. */
export interface ResolvedDimensions
  extends Pick<Dimensions, 'sessions' | 'verbs' | 'resources' | 'nonResourceURLs' | 'namespaces' | 'names'> {
  readonly subjects?: IdentityBlock | undefined;
  readonly clusters?: ClusterBlock | undefined;
  readonly impersonation?: (Omit<Impersonation, 'as'> & { readonly as?: IdentityBlock | undefined }) | undefined;
}

export interface ResolvedMatch extends ResolvedDimensions {
  readonly actsAs?: (Omit<ActsAs, 'as'> & { readonly as?: IdentityBlock | undefined }) | undefined;
  readonly not?: readonly ResolvedDimensions[] | undefined;
}

/** A rule that means the same wherever it stands: a set that changes changes the rules that refer to it. */
export interface ResolvedRule {
  /** `policy/rule`. */
  readonly id: string;
  readonly file: string;
  readonly rule: Omit<PolicyRule, 'match' | 'id'> & { readonly match: ResolvedMatch };
}

/** The rules of documents that were compiled without a problem. */
export function resolvedRules(policies: readonly ParsedPolicy[]): ResolvedRule[] {
  return policies.flatMap((policy) => {
    const { metadata, spec } = policy.document;
    const sets = new SetReader(policy);
    return spec.rules.map(({ id, match, ...rule }) => ({
      id: `${metadata.name}/${id}`,
      file: policy.file,
      rule: { ...rule, match: resolvedMatch(match, sets) },
    }));
  });
}

function resolvedMatch({ actsAs, not, ...dimensions }: MatchBlock, sets: SetReader): ResolvedMatch {
  return {
    ...resolvedDimensions(dimensions, sets),
    ...(actsAs === undefined ? {} : { actsAs: withIdentities(actsAs, sets) }),
    ...(not === undefined ? {} : { not: not.map((block) => resolvedDimensions(block, sets)) }),
  };
}

/** What is wrong with a reference was found when the documents were compiled. */
function resolvedDimensions(block: Dimensions, sets: SetReader): ResolvedDimensions {
  const { subjects, clusters, impersonation, sessions } = block;
  const lists = (['verbs', 'resources', 'nonResourceURLs', 'namespaces', 'names'] as const).flatMap((key) => {
    const values = block[key];
    return values === undefined ? [] : [[key, sets.texts(values, [])] as const];
  });
  return {
    ...Object.fromEntries(lists),
    ...(sessions === undefined ? {} : { sessions }),
    ...(subjects === undefined ? {} : { subjects: sets.identities(subjects, []) }),
    ...(clusters === undefined ? {} : { clusters: sets.clusters(clusters, []) }),
    ...(impersonation === undefined ? {} : { impersonation: withIdentities(impersonation, sets) }),
  };
}

function withIdentities<
  Block extends { readonly as?: string | IdentityBlock | undefined; readonly uids?: string[] | undefined },
>({ as, ...block }: Block, sets: SetReader) {
  return {
    ...block,
    ...(as === undefined ? {} : { as: sets.identities(as, []) }),
    ...(block.uids === undefined ? {} : { uids: sets.texts(block.uids, []) }),
  };
}
