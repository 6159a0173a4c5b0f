import type { PolicyWarning } from '../../../model/policy-state.ts';
import type { ParsedPolicy } from '../document/parse-policy.ts';
import { unmatchedHere } from './here.ts';
import { neverMatching } from './never-matches.ts';
import type { Surroundings } from './surroundings.ts';

/** More than anybody reads; a state is sent to screens whole. */
const AT_MOST = 200;

/**
 * What of documents that came into force can match nothing here, in the order of their files.
 * @param around null where nothing is known of where the gateway runs.
 */
export function policyWarnings(
  policies: readonly ParsedPolicy[],
  around: Surroundings | null,
): readonly PolicyWarning[] {
  const all: PolicyWarning[] = [];
  for (const policy of policies) {
    if (all.length >= AT_MOST) break;
    all.push(...neverMatching(policy).warnings, ...(around === null ? [] : unmatchedHere(policy, around)));
  }
  return all.toSorted(inOrder).slice(0, AT_MOST);
}

function inOrder(one: PolicyWarning, other: PolicyWarning): number {
  if (one.file !== other.file) return one.file < other.file ? -1 : 1;
  return one.line - other.line || one.column - other.column;
}
