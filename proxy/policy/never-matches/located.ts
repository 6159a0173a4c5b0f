import type { DocumentPath, ParsedPolicy } from '../document/parse-policy.ts';
import type { ClusterBlock, IdentityBlock, PolicySet } from '../document/policy-document.ts';

/** A text of a rule and where it stands, which is in a set where the rule refers to one. */
export interface Located {
  readonly text: string;
  readonly path: DocumentPath;
}

/** A block of a rule and where it stands. */
export interface LocatedBlock<Block> {
  readonly block: Block;
  readonly path: DocumentPath;
}

/** The texts of a list, those of its sets in their place. References that lead nowhere are left out: they are problems of their own. */
export function locatedTexts(policy: ParsedPolicy, values: readonly string[], path: DocumentPath): Located[] {
  return values.flatMap((value, index): Located[] => {
    if (!value.startsWith('$')) return [{ text: value, path: [...path, index] }];
    const set = setOf(policy, value);
    if (!Array.isArray(set)) return [];
    const from = ['spec', 'sets', value.slice(1)];
    return set.flatMap((text, place) => (text.startsWith('$') ? [] : [{ text, path: [...from, place] }]));
  });
}

/** Users, groups and service accounts, in the rule or in the set that it refers to. */
export function locatedIdentities(
  policy: ParsedPolicy,
  block: string | IdentityBlock,
  path: DocumentPath,
): LocatedBlock<IdentityBlock> | null {
  if (typeof block !== 'string') return { block, path };
  const set = setOf(policy, block);
  if (set === null || Array.isArray(set) || 'clusters' in set) return null;
  return { block: set, path: ['spec', 'sets', block.slice(1)] };
}

/** Names and labels of clusters, in the rule or in the set that it refers to. */
export function locatedClusters(
  policy: ParsedPolicy,
  block: string | ClusterBlock,
  path: DocumentPath,
): LocatedBlock<ClusterBlock> | null {
  if (typeof block !== 'string') return { block, path };
  const set = setOf(policy, block);
  if (set === null || Array.isArray(set) || !('clusters' in set)) return null;
  return { block: set.clusters, path: ['spec', 'sets', block.slice(1), 'clusters'] };
}

function setOf({ document }: ParsedPolicy, reference: string): PolicySet | null {
  const sets = document.spec.sets ?? {};
  const name = reference.slice(1);
  return Object.hasOwn(sets, name) ? (sets[name] ?? null) : null;
}
