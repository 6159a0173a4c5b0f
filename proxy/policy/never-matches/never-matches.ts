import type { PolicyProblem, PolicyWarning } from '../../../model/policy-state.ts';
import { writtenResource } from '../../resources/built-in-resources.ts';
import { dimensionsCover } from '../change/match-cover.ts';
import { type ResolvedDimensions, type ResolvedRule, resolvedRules } from '../change/resolved-rule.ts';
import type { DocumentPath, ParsedPolicy } from '../document/parse-policy.ts';
import { judgeResource } from '../match/judge-resource.ts';
import { resourceParts } from '../match/resource-pattern.ts';
import type { Report } from './finding.ts';
import { judgeBlock, judgeIdentities } from './judge-block.ts';

/** The code of the problem that something in a document can match nothing, on any cluster. */
export const NEVER_MATCHES = 'never-matches';

/** What of a document can match nothing by its text alone. */
export interface NeverMatching {
  /** Certain on any cluster: such a document does not come into force. */
  readonly problems: readonly PolicyProblem[];
  /** Where an old, a newer or an extended cluster could tell otherwise. */
  readonly warnings: readonly PolicyWarning[];
}

/** More than anybody mends at once. Telling what was meant takes time, and a folder may be full of anything. */
const ENOUGH = 100;

/**
 * The problems of documents, until there are enough of them: with one, none of them comes into force.
 */
export function neverMatchingProblems(policies: readonly ParsedPolicy[]): readonly PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  for (const policy of policies) {
    if (problems.length >= ENOUGH) break;
    problems.push(...neverMatching(policy).problems);
  }
  return problems;
}

/** Looks through a document that has the right form. Each place is told of once, also where several rules use a set. */
export function neverMatching(policy: ParsedPolicy): NeverMatching {
  const { metadata, spec } = policy.document;
  const problems = new Map<string, PolicyProblem>();
  const warnings = new Map<string, PolicyWarning>();
  const resolved = resolvedRules([policy]);
  spec.rules.forEach((rule, index) => {
    if (problems.size + warnings.size >= ENOUGH) return;
    const report: Report = (certainty, path, message) => {
      const problem = policy.problem(path, NEVER_MATCHES, message);
      const key = `${problem.line}:${problem.column} ${problem.message}`;
      if (certainty === 'impossible') problems.set(key, problem);
      else if (!warnings.has(key)) warnings.set(key, { ...problem, rule: `${metadata.name}/${rule.id}` });
    };
    const path = ['spec', 'rules', index];
    const { not = [], actsAs, ...dimensions } = rule.match;
    judgeBlock(policy, dimensions, [...path, 'match'], report);
    // A single block stands without brackets; its index then leads to the block itself.
    not.forEach((block, place) => {
      judgeBlock(policy, block, [...path, 'match', 'not', place], report);
    });
    if (actsAs?.as !== undefined) judgeIdentities(policy, actsAs.as, [...path, 'match', 'actsAs', 'as'], report);
    const meant = resolved[index];
    if (meant === undefined) return;
    judgeLeftOut(meant, [...path, 'match'], report);
    judgeMasks(meant, [...path, 'obligations', 'mask'], report);
  });
  return { problems: [...problems.values()], warnings: [...warnings.values()] };
}

/** Dimensions that say the same of a request in either sense, of a rule and of its `not`. */
const CERTAIN: ReadonlySet<string> = new Set([
  ...['verbs', 'resources', 'nonResourceURLs', 'subjects', 'sessions', 'clusters'],
]);

/** A `not` that leaves out all that the rule is about. */
function judgeLeftOut({ rule }: ResolvedRule, path: DocumentPath, report: Report): void {
  (rule.match.not ?? []).forEach((block, index) => {
    const given = Object.keys(block).filter((key) => block[key as keyof ResolvedDimensions] !== undefined);
    if (!given.every((key) => CERTAIN.has(key)) || !dimensionsCover(block, rule.match)) return;
    report(
      'impossible',
      [...path, 'not', index],
      'this leaves out all that the rule is about, so the rule matches nothing',
    );
  });
}

/** Masks of resources that do not exist, or that the rule is not about. */
function judgeMasks({ rule }: ResolvedRule, path: DocumentPath, report: Report): void {
  (rule.obligations?.mask ?? []).forEach(({ resource }, index) => {
    const place = [...path, index, 'resource'];
    const verdict = judgeResource(resource);
    if (verdict.kind === 'impossible') {
      report('impossible', place, verdict.message);
      return;
    }
    if (verdict.kind === 'unlikely') report('unlikely', place, verdict.message);
    const { resources, nonResourceURLs } = rule.match;
    if (resources === undefined && nonResourceURLs === undefined) return;
    if ((resources ?? []).some((pattern) => isAbout(pattern, resource))) return;
    const what = resource === '*' ? 'nothing' : `no ${resource}`;
    report('impossible', place, `this masks nothing: the rule is about ${what}, which match has to name`);
  });
}

/** True where a request that the pattern matches may be about the resource; masks are about a subresource's parent too. */
function isAbout(pattern: string, resource: string): boolean {
  const parts = resourceParts(pattern);
  if (parts === null || resource === '*' || (parts.resource === '*' && parts.group === null)) return true;
  const masked = resourceParts(resource);
  if (parts.resource === '*') return parts.group === (masked?.group ?? '');
  return writtenResource({ group: parts.group ?? '', resource: parts.resource }) === resource;
}
