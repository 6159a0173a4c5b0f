import { describe, expect, it } from 'vitest';
import { compilePolicies } from '../../../proxy/policy/compile-policy.ts';
import { DEFAULT_POLICY } from '../../../proxy/policy/default-policy/default-policy.ts';
import { parsePolicyFile } from '../../../proxy/policy/document/parse-policy.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { RuleIndex } from '../../../proxy/policy/rule-index.ts';
import { policyFiles, randomQuestions, randomRules } from '../../bench/policy/random-policy.ts';
import { document, question } from './policies.ts';

function compile(files: Readonly<Record<string, string>>) {
  const parsed = Object.entries(files).map(([file, text]) => parsePolicyFile(file, text));
  const compiled = compilePolicies(parsed.flatMap(({ policies }) => policies));
  // Random rules may well ask for what no request is.
  const problems = compiled.problems.filter(({ code }) => code !== 'never-matches');
  expect([...parsed.flatMap((file) => file.problems), ...problems]).toEqual([]);
  return compiled.rules;
}

/** Whatever the index leaves out must not match, in either sense; what it gives keeps the order of all rules. */
function expectSound(rules: ReturnType<typeof compile>, questions: readonly PolicyQuestion[]): void {
  const index = new RuleIndex(rules);
  for (const asked of questions) {
    const candidates = index.candidates(asked);
    const given = new Set(candidates);
    expect(given.size).toBe(candidates.length);
    expect(candidates.map(({ id }) => id)).toEqual(rules.filter((rule) => given.has(rule)).map(({ id }) => id));
    const missed = rules.filter(({ effect, dimensions }) =>
      dimensions.every(({ answer }) => answer(asked, effect !== 'allow') !== 'no'),
    );
    // What the engine does not ask again.
    const unsure = candidates.filter(({ dimensions }) =>
      dimensions.some(
        ({ fixed, answer }) => fixed && (answer(asked, true) !== 'yes' || answer(asked, false) !== 'yes'),
      ),
    );
    expect(unsure.map(({ id }) => id)).toEqual([]);
    expect(missed.filter((rule) => !given.has(rule)).map(({ id }) => id)).toEqual([]);
  }
}

describe('the index of rules against asking every rule', () => {
  it('1000 random rules, 300 random requests', () => {
    expectSound(compile(policyFiles(randomRules(1000))), randomQuestions(300));
    // Reading a thousand rules takes a second of a processor that may be shared.
  }, 30_000);

  it('the built-in policy', () => {
    const rules = compile(Object.fromEntries(DEFAULT_POLICY.map(({ file, text }) => [file, text])));
    const local = { user: 'local:ada', groups: ['gatehouse:local'], session: { kind: 'app', id: 'a' } } as const;
    const asked = randomQuestions(300).flatMap((one) => [one, { ...one, principal: local }]);
    expectSound(rules, [...asked, question({ resource: '', nonResourcePath: '/version' })]);
  });

  it('principals by name, by pattern, by either, and not at all', () => {
    const rules = compile({
      'p.yaml': document(`    - {id: anyone, effect: allow, match: {verbs: [get]}}
    - {id: user, effect: allow, match: {subjects: {users: [ada]}, verbs: [get]}}
    - {id: groups, effect: deny, match: {subjects: {groups: [a, b]}, verbs: [get]}}
    - {id: either, effect: allow, match: {subjects: {users: [ada], groups: [a]}, resources: [pods]}}
    - {id: pattern, effect: allow, match: {subjects: {users: ['ad*'], groups: [c]}}}
    - {id: others, effect: allow, match: {verbs: [get], not: {subjects: {users: [ada]}}}}
    - {id: path, effect: allow, match: {subjects: {users: [ada]}, nonResourceURLs: [/version]}}
`),
    });
    const session = { kind: 'outside', id: 's' } as const;
    const asked = [
      { user: 'ada', groups: ['a', 'b'] },
      { user: 'ada', groups: [] },
      { user: 'eve', groups: ['a', 'b', 'c'] },
      { user: 'a', groups: ['ada'] },
      { user: '', groups: [''] },
    ].flatMap(({ user, groups }) => [
      question({ principal: { user, groups, session } }),
      question({ principal: { user, groups, session }, resource: '', nonResourcePath: '/version' }),
    ]);
    expectSound(rules, asked);
    const names = (one: PolicyQuestion) => new RuleIndex(rules).candidates(one).map(({ id }) => id.split('/')[1]);
    expect(names(asked[0] as PolicyQuestion)).toEqual(['anyone', 'either', 'groups', 'others', 'pattern', 'user']);
    expect(names(asked[8] as PolicyQuestion)).toEqual(['anyone', 'others', 'pattern']);
    expect(names(asked[1] as PolicyQuestion)).toContain('path');
    expect(names(asked[0] as PolicyQuestion)).not.toContain('path');
  });
});
