import type { Decision, RuleTrace } from '../../model/decision.ts';
import type { Sign } from '../../model/sign.ts';

const OUTCOMES: Readonly<Record<Decision['outcome'], string>> = {
  allow: 'allowed',
  deny: 'denied',
  requireApproval: 'waits for approval',
};

/** In the order in which a rule's dimensions are asked: the later the first that fails, the nearer the rule came. */
const DIMENSIONS = [
  ...['verbs', 'nonResourceURLs', 'resources', 'subjects', 'sessions', 'clusters', 'namespaces', 'names'],
  ...['impersonation', 'actsAs', 'not'],
];
/** Rules of each kind that are named, and characters of each line: this goes into the journal with every refusal. */
const MOST_MATCHED = 50;
const MOST_OTHERS = 10;
const LONGEST = 300;

/**
 * Why a decision came out as it did: the signs of the request, which decide nothing, then one line for each rule, those
 * that matched before those that came nearest.
 */
export function explainDecision(decision: Decision, signs: readonly Sign[] = []): string[] {
  const matched = decision.trace.filter((rule) => rule.matched);
  const others = decision.trace.filter((rule) => !rule.matched).sort((one, other) => nearness(other) - nearness(one));
  const left = Math.max(0, matched.length - MOST_MATCHED) + Math.max(0, others.length - MOST_OTHERS);
  const lines = [
    `${OUTCOMES[decision.outcome]} by ${decision.decidingRule}${decision.message === '' ? '' : `: ${decision.message}`}`,
    ...signs.map(({ code, says }) => `  sign      ${code}: ${says}`),
    ...matched.slice(0, MOST_MATCHED).map((rule) => `  matched   ${rule.rule} (${rule.effect})`),
    ...others.slice(0, MOST_OTHERS).map((rule) => `  no match  ${rule.rule} (${rule.effect})${reason(rule)}`),
    ...(left === 0 ? [] : [`  and ${left} more ${left === 1 ? 'rule' : 'rules'}`]),
  ];
  return lines.map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line));
}

function nearness({ dimension = '' }: RuleTrace): number {
  return DIMENSIONS.indexOf(dimension);
}

function reason({ dimension, wanted, got }: RuleTrace): string {
  if (dimension === undefined) return '';
  return dimension === 'not'
    ? `: excluded by not, ${wanted}`
    : `: ${dimension} wants ${wanted}, the request has ${got}`;
}
