import type { LeadingRight } from './leading-right.ts';
import { LEADING_RIGHTS } from './leading-rights.ts';

/** One question to the API server, in the words of an access review. */
export interface ReviewQuestion {
  /** What a yes means: `reads secrets`. */
  readonly says: string;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Asked by no namespace. */
  readonly clusterWide: boolean;
  /** A yes means it in this namespace alone; null for all. */
  readonly namespace: string | null;
}

/**
 * The rights that lead further as questions, in the order of the table. Left out is what no review could be made of, such
 * as verbs that are patterns, and what is `unasked`. A right that is restricted to names no review tells of.
 */
export const ALL_QUESTIONS: readonly ReviewQuestion[] = LEADING_RIGHTS.filter(
  ({ unasked, group }) => unasked !== true && group !== '*',
).flatMap((right) => right.resources.flatMap((resource) => questionsAbout(right, resource, right.verbs)));

/** The few that tell most. */
export const TELLING_QUESTIONS: readonly ReviewQuestion[] = LEADING_RIGHTS.filter(
  ({ telling }) => telling === true,
).flatMap((right) => questionsAbout(right, right.resources[0] ?? '', right.verbs.slice(0, 1)));

function questionsAbout(right: LeadingRight, target: string, verbs: readonly string[]): ReviewQuestion[] {
  const [resource = '', subresource = ''] = target.split('/', 2);
  const { says, group, clusterWide = false, namespace = null } = right;
  return verbs
    .filter((verb) => !verb.endsWith('*'))
    .map((verb) => ({ says, verb, group, resource, subresource, clusterWide, namespace }));
}
