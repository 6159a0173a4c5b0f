import type {
  ApprovalRequirement,
  Decision,
  Finding,
  MaskObligation,
  RecordRequirement,
  RuleTrace,
} from '../../model/decision.ts';
import { strictest } from './approval-requirement.ts';
import type { CompiledRule } from './compile-policy.ts';
import { allOf, type Dimension } from './match/dimension.ts';
import { fillMessage, plainText } from './message-template.ts';
import type { PolicyQuestion } from './policy-question.ts';
import { impersonationText, resourceText } from './policy-question.ts';
import { RuleIndex } from './rule-index.ts';
import { limitedBy, NO_LIMITS, recordedBy } from './stream-limits.ts';

const NOTHING: readonly Finding[] = [];
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
   * deny > requireApproval > allow > default deny, over every rule that matches, in no order. A rule that is open until
   * the object was looked at does not match yet, and leaves the decision unresolved; its masks count, because a mask
   * too few cannot be made good.
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
    let awaits = NOTHING;
    let record: RecordRequirement | null = null;
    let stream = NO_LIMITS;
    for (const rule of this.#index.candidates(question)) {
      const answer = allOf(rule.varying, question, rule.effect !== 'allow');
      if (answer === 'no') continue;
      // One that matches may await something too: who else is acted as, for those who must approve it.
      if (rule.waiting.length > 0) awaits = awaitedBy(rule, question, awaits);
      if (rule.masks.length > 0) masks = unite(masks, rule.masks);
      if (answer === 'open') continue;
      matched.push(rule.id);
      if (rule.silent) warnings = false;
      if (rule.record !== null) record = recordedBy(record, rule.record);
      if (rule.stream !== null) stream = limitedBy(stream, rule.stream);
      if (rule.effect === 'deny') denied ??= rule;
      if (rule.effect === 'requireApproval') approvals.push(rule);
      if (permits(rule, question)) {
        if (rule.permitsIdentity) identityPermitted = true;
        if (rule.permitsRequest) permitted ??= rule;
      }
    }
    const unresolved = awaits.length > 0;
    const base = { matchedRules: matched, masks: masks ?? [], warnings, record, stream, unresolved, awaits };
    if (denied) {
      const whatever = { ...base, unresolved: false, awaits: NOTHING };
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
    base: Pick<Decision, 'matchedRules' | 'masks' | 'warnings' | 'record' | 'stream' | 'unresolved' | 'awaits'>,
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

/** A rule that matches permits, if it is one that can, where it is certainly about the request. */
function permits({ effect, varying }: CompiledRule, question: PolicyQuestion): boolean {
  return effect === 'allow' || (effect === 'requireApproval' && allOf(varying, question, false) === 'yes');
}

/** What a rule still has to know, with what others have to. */
function awaitedBy(rule: CompiledRule, question: PolicyQuestion, known: readonly Finding[]): readonly Finding[] {
  const more = rule.waiting
    .flatMap(({ awaits }) => awaits(question) ?? [])
    .filter((finding) => !known.includes(finding));
  return more.length === 0 ? known : [...known, ...new Set(more)];
}

function traceOf({ id, effect, dimensions }: CompiledRule, question: PolicyQuestion): RuleTrace {
  let failed: Dimension | null = null;
  for (const dimension of dimensions) {
    const answer = dimension.answer(question, effect !== 'allow');
    if (answer === 'yes') continue;
    failed ??= dimension;
    if (answer === 'open') continue;
    // What says no says more than what is open.
    failed = dimension;
    break;
  }
  if (failed === null) return { rule: id, effect, matched: true };
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
  const message =
    rule.message === null ? 'the policy denies this' : fillMessage(rule.message, rule.mentioned(question));
  return `${message} (rule ${rule.id})`;
}

function approvalMessage(rule: CompiledRule, question: PolicyQuestion): string {
  return rule.message === null
    ? `rule ${rule.id} asks for confirmation`
    : fillMessage(rule.message, rule.mentioned(question));
}

function requestNotPermitted(question: PolicyQuestion): string {
  const target = question.resource === '' ? question.nonResourcePath : resourceText(question);
  return `no rule of the Gatehouse policy allows ${question.verb} on ${plainText(target)}; ${REMEDY}`;
}

function identityNotPermitted(question: PolicyQuestion): string {
  const uid = question.impersonation?.uid ? ' (a UID needs a rule that lists it under impersonation.uids)' : '';
  return `no rule of the Gatehouse policy allows acting as ${plainText(impersonationText(question))}${uid}; ${REMEDY}`;
}
