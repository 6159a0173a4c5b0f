import type {
  ApprovalRequirement,
  Decision,
  MaskObligation,
  RecordRequirement,
  RuleTrace,
} from '../../model/decision.ts';
import { strictest } from './approval-requirement.ts';
import type { CompiledRule } from './compile-policy.ts';
import { fillMessage, plainText } from './message-template.ts';
import type { PolicyQuestion } from './policy-question.ts';
import { impersonationText, resourceText } from './policy-question.ts';
import { RuleIndex } from './rule-index.ts';
import { limitedBy, NO_LIMITS, recordedBy } from './stream-limits.ts';

const REMEDY = 'if it should, add a rule to the policy folder';

/** Compiled rules with an index. Deciding is deterministic and keeps no state but the index. */
export class PolicyEngine {
  readonly #rules: readonly CompiledRule[];
  readonly #digest: string;
  readonly #index: RuleIndex;

  constructor(rules: readonly CompiledRule[], digest: string) {
    this.#rules = rules;
    this.#digest = digest;
    this.#index = new RuleIndex(rules);
  }

  /**
   * deny > requireApproval > allow > default deny, over every rule that matches, in no order.
   *
   * Acting as somebody else takes two permits: one for the request, as without impersonation, and one for the identity.
   * Else a rule that confirms impersonation would open what no rule allows.
   */
  decide(question: PolicyQuestion): Decision {
    const matched: string[] = [];
    const approvals: CompiledRule[] = [];
    let denied: CompiledRule | null = null;
    let permitted: CompiledRule | null = null;
    let identityPermitted = question.impersonation === null;
    let masks: MaskObligation[] | null = null;
    let warnings = true;
    let unresolved = false;
    let record: RecordRequirement | null = null;
    let stream = NO_LIMITS;
    for (const rule of this.#index.candidates(question)) {
      // A rule that matches already may match no more: it permits only where every identity is listed.
      unresolved ||= isOpen(rule, question);
      if (!matches(rule, question, rule.effect !== 'allow')) continue;
      matched.push(rule.id);
      if (rule.masks.length > 0) masks = unite(masks, rule.masks);
      if (rule.silent) warnings = false;
      if (rule.record !== null) record = recordedBy(record, rule.record);
      if (rule.stream !== null) stream = limitedBy(stream, rule.stream);
      if (rule.effect === 'deny') denied ??= rule;
      if (rule.effect === 'requireApproval') approvals.push(rule);
      if (rule.effect === 'allow' || (rule.effect === 'requireApproval' && matches(rule, question, false))) {
        if (rule.namesIdentity) identityPermitted = true;
        if (rule.namesTarget || !(rule.namesIdentity || rule.actsAs)) permitted ??= rule;
      }
    }
    const base = { matchedRules: matched, masks: masks ?? [], warnings, record, stream, unresolved };
    if (denied) {
      const whatever = { ...base, unresolved: false };
      return this.#decision(question, 'deny', denied.id, denialMessage(denied, question), whatever, null);
    }
    if (!permitted || !identityPermitted) {
      const message = permitted ? identityNotPermitted(question) : requestNotPermitted(question);
      return this.#decision(question, 'deny', 'default-deny', message, base, null);
    }
    const [first] = approvals;
    if (first === undefined) return this.#decision(question, 'allow', permitted.id, '', base, null);
    const requirement = approvals.reduce<ApprovalRequirement | null>(
      (strict, { approval }) => (approval === null ? strict : strictest(strict, approval)),
      null,
    );
    const message = approvals.map((rule) => approvalMessage(rule, question)).join('; ');
    return this.#decision(question, 'requireApproval', first.id, message, base, requirement);
  }

  #decision(
    question: PolicyQuestion,
    outcome: Decision['outcome'],
    decidingRule: string,
    message: string,
    base: Pick<Decision, 'matchedRules' | 'masks' | 'warnings' | 'record' | 'stream' | 'unresolved'>,
    approval: ApprovalRequirement | null,
  ): Decision {
    const rules = this.#rules;
    let trace: readonly RuleTrace[] | null = null;
    return {
      outcome,
      decidingRule,
      message,
      policyDigest: this.#digest,
      ...base,
      approval,
      // Few decisions are ever explained, and a trace costs more than deciding.
      get trace(): readonly RuleTrace[] {
        trace ??= rules.map((rule) => traceOf(rule, question));
        return trace;
      },
    };
  }
}

/** Whether a candidate of the index matches: what is fixed was asked there. */
function matches(rule: CompiledRule, question: PolicyQuestion, lenient: boolean): boolean {
  for (const dimension of rule.dimensions) if (!(dimension.fixed || dimension.test(question, lenient))) return false;
  return true;
}

/** A rule of which it is still open whom the request would act as, and nothing else rules out. */
function isOpen({ actsAs, dimensions }: CompiledRule, question: PolicyQuestion): boolean {
  if (actsAs === null || !actsAs.mayFollow(question)) return false;
  return dimensions.every(({ name, test }) => name === 'actsAs' || test(question, true));
}

function traceOf(rule: CompiledRule, question: PolicyQuestion): RuleTrace {
  const { id, effect, dimensions } = rule;
  const failed = dimensions.find(({ test }) => !test(question, effect !== 'allow'));
  if (!failed) return { rule: id, effect, matched: true };
  return { rule: id, effect, matched: false, dimension: failed.name, wanted: failed.wanted, got: failed.got(question) };
}

/** Equal obligations of several rules count once; a mask is never taken away by another rule. */
function unite(masks: MaskObligation[] | null, more: readonly MaskObligation[]): MaskObligation[] {
  if (masks === null) return [...more];
  const known = new Set(masks.map((mask) => JSON.stringify(mask)));
  masks.push(...more.filter((mask) => !known.has(JSON.stringify(mask))));
  return masks;
}

function denialMessage(rule: CompiledRule, question: PolicyQuestion): string {
  const message = rule.message === null ? 'the policy denies this' : fillMessage(rule.message, question);
  return `${message} (rule ${rule.id})`;
}

function approvalMessage(rule: CompiledRule, question: PolicyQuestion): string {
  return rule.message === null ? `rule ${rule.id} asks for confirmation` : fillMessage(rule.message, question);
}

function requestNotPermitted(question: PolicyQuestion): string {
  const target = question.resource === '' ? question.nonResourcePath : resourceText(question);
  return `no rule of the Gatehouse policy allows ${question.verb} on ${plainText(target)}; ${REMEDY}`;
}

function identityNotPermitted(question: PolicyQuestion): string {
  const uid = question.impersonation?.uid ? ' (a UID needs a rule that lists it under impersonation.uids)' : '';
  return `no rule of the Gatehouse policy allows acting as ${plainText(impersonationText(question))}${uid}; ${REMEDY}`;
}
