import type { Decision } from '../../model/decision.ts';
import { strictest } from './approval-requirement.ts';

const STRICTNESS: readonly Decision['outcome'][] = ['allow', 'requireApproval', 'deny'];

/** True when one decision asks more of a request than another. */
export function isStricter(left: Decision, right: Decision): boolean {
  return STRICTNESS.indexOf(left.outcome) > STRICTNESS.indexOf(right.outcome);
}

/**
 * One decision for a request that is two things at once, such as a server-side apply that creates: both must allow it,
 * the stricter says why, approvals combine to the strictest, and masks of both stay.
 */
export function combineDecisions(one: Decision, other: Decision): Decision {
  const [stricter, looser] = isStricter(other, one) ? [other, one] : [one, other];
  const approval =
    looser.approval === null || stricter.approval === null
      ? stricter.approval
      : strictest(looser.approval, stricter.approval);
  // What is denied whatever it holds stays so, whatever else is open.
  const isSettled = [one, other].some(({ outcome, unresolved }) => outcome === 'deny' && !unresolved);
  const awaits = isSettled ? [] : [...new Set([...stricter.awaits, ...looser.awaits])];
  const known = new Set(stricter.masks.map((mask) => JSON.stringify(mask)));
  const messages = stricter.outcome === looser.outcome ? [stricter.message, looser.message] : [stricter.message];
  return {
    ...stricter,
    message: [...new Set(messages)].filter((message) => message !== '').join('; '),
    matchedRules: [...new Set([...stricter.matchedRules, ...looser.matchedRules])],
    masks: [...stricter.masks, ...looser.masks.filter((mask) => !known.has(JSON.stringify(mask)))],
    warnings: stricter.warnings && looser.warnings,
    approval: stricter.outcome === 'requireApproval' ? approval : null,
    awaits,
    unresolved: awaits.length > 0,
  };
}
