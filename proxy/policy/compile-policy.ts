import type { ApprovalRequirement, MaskObligation, RuleTrace } from '../../model/decision.ts';
import type { PolicyProblem } from '../../model/policy-state.ts';
import { approvalRequirement } from './approval-requirement.ts';
import type { ParsedPolicy } from './document/parse-policy.ts';
import type { PolicyRule, RecordObligation } from './document/policy-document.ts';
import { SetReader } from './document/set-reader.ts';
import type { StreamObligation } from './document/stream-obligation.ts';
import { compileMatch } from './match/compile-match.ts';
import type { Dimension } from './match/dimension.ts';
import { PLACEHOLDERS, unknownPlaceholder } from './message-template.ts';
import { neverMatchingProblems } from './never-matches/never-matches.ts';
import type { PolicyQuestion } from './policy-question.ts';

/** A rule, ready to be asked. */
export interface CompiledRule {
  /** `policy/rule`. */
  readonly id: string;
  readonly effect: RuleTrace['effect'];
  readonly message: string | null;
  /** The question as its message may tell of it. */
  readonly mentioned: (question: PolicyQuestion) => PolicyQuestion;
  /** All must hold. */
  readonly dimensions: readonly Dimension[];
  /** Those of them that the index does not answer. */
  readonly varying: readonly Dimension[];
  /** Those of them that may have to wait until the object was looked at. */
  readonly waiting: ReadonlyArray<Dimension & Required<Pick<Dimension, 'awaits'>>>;
  /** Where it permits, it permits acting as somebody by `Impersonate-*`. */
  readonly permitsIdentity: boolean;
  /** Where it permits, it permits the request itself. */
  readonly permitsRequest: boolean;
  readonly approval: ApprovalRequirement | null;
  readonly masks: readonly MaskObligation[];
  readonly record: RecordObligation | null;
  readonly stream: StreamObligation | null;
  /** The rule turns the gateway's own `Warning:` headers off. */
  readonly silent: boolean;
}

export interface CompiledPolicies {
  /** Sorted by id: the order in files and folders means nothing. */
  readonly rules: readonly CompiledRule[];
  readonly problems: readonly PolicyProblem[];
}

/** Compiles documents that have the right form. A document with problems must not come into force, nor the others without it. */
export function compilePolicies(policies: readonly ParsedPolicy[]): CompiledPolicies {
  const rules: CompiledRule[] = [];
  const problems: PolicyProblem[] = [];
  const names = new Map<string, string>();
  for (const policy of policies) {
    const { metadata, spec } = policy.document;
    const other = names.get(metadata.name);
    if (other !== undefined) {
      problems.push(
        policy.problem(
          ['metadata', 'name'],
          'name-taken',
          `"${metadata.name}" is also the name of a policy in ${other}`,
        ),
      );
    }
    names.set(metadata.name, policy.file);
    const sets = new SetReader(policy);
    const ids = new Set<string>();
    spec.rules.forEach((rule, index) => {
      const path = ['spec', 'rules', index];
      if (ids.has(rule.id)) sets.report([...path, 'id'], 'name-taken', `"${rule.id}" is the id of two rules`);
      ids.add(rule.id);
      const unknown = unknownPlaceholder(rule.message ?? '');
      if (unknown !== null) {
        sets.report([...path, 'message'], 'invalid-value', `{{${unknown}}} is not one of ${PLACEHOLDERS.join(', ')}`);
      }
      rules.push(compileRule(metadata.name, rule, sets, path));
    });
    problems.push(...sets.problems);
  }
  problems.push(...neverMatchingProblems(policies));
  rules.sort((left, right) => (left.id < right.id ? -1 : 1));
  return { rules, problems };
}

function compileRule(
  policy: string,
  rule: PolicyRule,
  sets: SetReader,
  path: readonly (string | number)[],
): CompiledRule {
  const { match } = rule;
  const dimensions = compileMatch(match, sets, [...path, 'match']);
  const permitted = new Set(dimensions.map(({ permits }) => permits));
  return {
    id: `${policy}/${rule.id}`,
    effect: rule.effect,
    message: rule.message ?? null,
    mentioned: dimensions.find(({ mentioned }) => mentioned !== undefined)?.mentioned ?? ((question) => question),
    dimensions,
    varying: dimensions.filter(({ fixed }) => !fixed),
    waiting: dimensions.flatMap((dimension) => {
      const { awaits } = dimension;
      return awaits === undefined ? [] : [{ ...dimension, awaits }];
    }),
    permitsIdentity: permitted.has('impersonation'),
    // A rule that says only whom one may act as permits no request with it.
    permitsRequest: permitted.has('target') || !(permitted.has('impersonation') || permitted.has('identity')),
    approval: rule.approval === undefined ? null : approvalRequirement(rule.approval),
    masks: (rule.obligations?.mask ?? []).map(({ resource, fields, annotations, keep, patterns, as }) => ({
      resource,
      fields,
      annotations,
      keep,
      ...(patterns.length === 0 ? {} : { patterns }),
      ...(as === 'token' ? {} : { as }),
    })),
    record: rule.obligations?.record ?? null,
    stream: rule.obligations?.stream ?? null,
    silent: rule.obligations?.warnings === 'off',
  };
}
