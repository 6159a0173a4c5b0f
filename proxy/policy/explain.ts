import type { Decision, RuleTrace } from './decision.ts';

const OUTCOMES: Readonly<Record<Decision['outcome'], string>> = {
  allow: 'allowed',
  deny: 'denied',
  requireApproval: 'waits for approval',
};

/** Why a decision came out as it did, one line for each rule: those that matched first. */
export function explainDecision(decision: Decision): string[] {
  const matched = decision.trace.filter((rule) => rule.matched);
  const others = decision.trace.filter((rule) => !rule.matched);
  return [
    `${OUTCOMES[decision.outcome]} by ${decision.decidingRule}${decision.message === '' ? '' : `: ${decision.message}`}`,
    ...matched.map((rule) => `  matched   ${rule.rule} (${rule.effect})`),
    ...others.map((rule) => `  no match  ${rule.rule} (${rule.effect})${reason(rule)}`),
  ];
}

function reason({ dimension, wanted, got }: RuleTrace): string {
  if (dimension === undefined) return '';
  return dimension === 'not'
    ? `: excluded by not, ${wanted}`
    : `: ${dimension} wants ${wanted}, the request has ${got}`;
}
