import { expect, it } from 'vitest';
import { onlyTightens } from '../../../../model/policy-change.ts';
import { comparePolicies } from '../../../../proxy/policy/change/compare-policies.ts';
import type { Aspect } from '../../../../proxy/policy/change/loosened.ts';
import { type ResolvedRule, resolvedRules } from '../../../../proxy/policy/change/resolved-rule.ts';
import { compilePolicies } from '../../../../proxy/policy/compile-policy.ts';
import { parsePolicyFile } from '../../../../proxy/policy/document/parse-policy.ts';
import { PolicyEngine } from '../../../../proxy/policy/policy-engine.ts';
import { Random, seeds } from '../../masking/random.ts';
import { looserIn } from './looser-decision.ts';
import { policyText, randomChange, randomPolicy, randomQuestion } from './random-change.ts';

const PAIRS = 800;
const QUESTIONS = 60;
/** It works all the time, and a machine that is busy with something else must not end it. */
const PATIENCE_MS = 300_000;

interface Read {
  readonly engine: PolicyEngine;
  readonly rules: readonly ResolvedRule[];
}

/** Null where the format refuses it, which a random change may come to. */
function read(text: string): Read | null {
  const { policies, problems } = parsePolicyFile('p.yaml', text);
  const compiled = compilePolicies(policies);
  if (problems.length + compiled.problems.length > 0) return null;
  return { engine: new PolicyEngine(compiled.rules, 'digest'), rules: resolvedRules(policies) };
}

interface Search {
  readonly tightened: number;
  readonly pairs: number;
  readonly counterexample: string | null;
}

/** Changes that are called tightening, each asked about many requests; ends at the first that gets something it did not get. */
function search(seed: number, tightens: (before: Read, after: Read) => boolean): Search {
  const random = new Random(seed);
  let [pairs, tightened] = [0, 0];
  while (pairs < PAIRS) {
    const policy = randomPolicy(random);
    const changed = randomChange(random, policy);
    const [before, after] = [read(policyText(policy)), read(policyText(changed))];
    if (before === null || after === null) continue;
    pairs += 1;
    if (!tightens(before, after)) continue;
    tightened += 1;
    for (let left = QUESTIONS; left > 0; left -= 1) {
      const question = randomQuestion(random);
      const aspect = looserIn(before.engine.decide(question), after.engine.decide(question));
      if (aspect === null) continue;
      const shown = { seed, aspect, question, before: policy, after: changed };
      return { pairs, tightened, counterexample: JSON.stringify(shown, null, 1) };
    }
  }
  return { pairs, tightened, counterexample: null };
}

it.each(seeds(4))(
  'case 63: no change that is taken at once gives any request more than it got (seed %i)',
  (seed) => {
    const { tightened, counterexample } = search(seed, (before, after) =>
      onlyTightens(comparePolicies(before.rules, after.rules)),
    );
    expect(counterexample).toBeNull();
    // Else the search would have looked at nothing.
    expect(tightened).toBeGreaterThan(PAIRS / 10);
  },
  PATIENCE_MS,
);

const WORDS: ReadonlyArray<readonly [Aspect, RegExp]> = [
  ['permits', /^(allows more|lets a person allow)/],
  ['denies', /^denies less/],
  ['asks', /^asks a person for less/],
  ['approval', /^makes an approval easier/],
  ['masks', /^masks less/],
  ['records', /^records less/],
  ['input', /^changes whether what is typed/],
  ['streams', /^limits streams less/],
  ['grants', /^lets a stream that was confirmed/],
  ['warnings', /^takes the warnings/],
];

it.each(WORDS)(
  'the search finds a comparison that is blind to %s',
  (_aspect, words) => {
    const blind = (before: Read, after: Read) =>
      comparePolicies(before.rules, after.rules).every(({ opens }) => opens.every((said) => words.test(said)));
    const found = [1, 2, 3, 4].some((seed) => search(seed, blind).counterexample !== null);
    expect(found).toBe(true);
  },
  PATIENCE_MS,
);
