import { ROADS } from '../../../model/gained-identity.ts';
import { compileGlobs } from '../../patterns/glob.ts';
import type { ClusterBlock, IdentityBlock } from '../document/policy-document.ts';
import { isMisnamed } from '../match/judge-resource.ts';
import { resourceCovers } from '../match/resource-pattern.ts';
import type { ResolvedDimensions, ResolvedMatch } from './resolved-rule.ts';

/**
 * In which sense a match is asked: one of a rule that restricts is asked only whether a request could be meant; one of a
 * rule that permits whether it certainly is. A cover `in-both` holds for either.
 */
export type CoverSense = 'restricting' | 'in-both';

/**
 * True where every request that `narrow` matches is matched by `wide`. Told from the texts, dimension by dimension: of
 * two that mean the same in other words it may say no, which is never the wrong way for who asks.
 */
export function covers(wide: ResolvedMatch, narrow: ResolvedMatch, sense: CoverSense): boolean {
  const leftOut = narrow.not ?? [];
  return (
    dimensionsCover(wide, narrow) &&
    given(wide.actsAs, narrow.actsAs, (one, other) => actsAsCovers(one, other, sense)) &&
    // What the wide one leaves out, the narrow one does too. Both senses are turned round in a `not`, so both hold.
    (wide.not ?? []).every((block) => leftOut.some((other) => dimensionsCover(other, block)))
  );
}

/**
 * The same for blocks without `not` and `actsAs`, in both senses where neither is about namespaces, names or an
 * impersonation.
 */
export function dimensionsCover(wide: ResolvedDimensions, narrow: ResolvedDimensions): boolean {
  return (
    verbsCover(wide.verbs, narrow.verbs) &&
    targetCovers(wide, narrow) &&
    given(wide.subjects, narrow.subjects, identitiesCover) &&
    given(wide.sessions, narrow.sessions, (one, other) => other.every((kind) => one.includes(kind))) &&
    given(wide.clusters, narrow.clusters, clustersCover) &&
    given(wide.namespaces, narrow.namespaces, globsCover) &&
    given(wide.names, narrow.names, globsCover) &&
    given(wide.impersonation, narrow.impersonation, impersonationCovers)
  );
}

/** A dimension that is not given matches everything, and nothing that is given covers that. */
function given<Block>(
  wide: Block | undefined,
  narrow: Block | undefined,
  covering: (wide: Block, narrow: Block) => boolean,
): boolean {
  if (wide === undefined) return true;
  return narrow !== undefined && covering(wide, narrow);
}

function verbsCover(wide: readonly string[] = ['*'], narrow: readonly string[] = ['*']): boolean {
  return wide.includes('*') || narrow.every((verb) => wide.includes(verb));
}

/** Resources and paths are two halves of one dimension: where one half is given alone, the other matches nothing. */
function targetCovers(wide: ResolvedDimensions, narrow: ResolvedDimensions): boolean {
  const isGiven = ({ resources, nonResourceURLs }: ResolvedDimensions) => (resources ?? nonResourceURLs) !== undefined;
  if (!isGiven(wide)) return true;
  if (!isGiven(narrow)) return false;
  const [resources, others] = [wide.resources ?? [], narrow.resources ?? []];
  return (
    // What is misnamed matches nothing, so that a rule whose names are set right matches all that it did.
    others.every((pattern) => isMisnamed(pattern) || resources.some((other) => resourceCovers(other, pattern))) &&
    globsCover(wide.nonResourceURLs ?? [], narrow.nonResourceURLs ?? [])
  );
}

/**
 * Each pattern must be covered by one pattern. A `*` of the narrow one is asked about as a character: no text of the wide
 * one has that, so only a `*` of its own can have taken it, and takes whatever stands for it.
 */
function globsCover(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every(compileGlobs(wide));
}

function identitiesCover(wide: IdentityBlock, narrow: IdentityBlock): boolean {
  return (['users', 'groups', 'serviceAccounts'] as const).every((key) =>
    globsCover(wide[key] ?? [], narrow[key] ?? []),
  );
}

function clustersCover(wide: ClusterBlock, narrow: ClusterBlock): boolean {
  return (
    given(wide.names, narrow.names, globsCover) &&
    Object.entries(wide.labels ?? {}).every(([key, value]) => narrow.labels?.[key] === value)
  );
}

type Impersonation = NonNullable<ResolvedDimensions['impersonation']>;

function impersonationCovers(wide: Impersonation, narrow: Impersonation): boolean {
  // `any` does not cover a UID, so UIDs count beside it.
  if (!globsCover(wide.uids ?? [], narrow.uids ?? [])) return false;
  return wide.any === true || (narrow.any !== true && identitiesCover(wide.as ?? {}, narrow.as ?? {}));
}

type ActsAs = NonNullable<ResolvedMatch['actsAs']>;

/**
 * `any` does not mean an account that is nobody in particular, a list does: neither covers the other. A rule that permits
 * must list each identity of the roads that it names, so that fewer roads can permit more: there roads must be the same.
 */
function actsAsCovers(wide: ActsAs, narrow: ActsAs, sense: CoverSense): boolean {
  if (wide.any !== narrow.any || !identitiesCover(wide.as ?? {}, narrow.as ?? {})) return false;
  const [roads, others] = [new Set(wide.through ?? ROADS), new Set(narrow.through ?? ROADS)];
  const hasAll = [...others].every((road) => roads.has(road));
  if (sense === 'restricting') return hasAll && (wide.strong !== true || narrow.strong === true);
  return hasAll && roads.size === others.size && wide.strong === narrow.strong;
}
