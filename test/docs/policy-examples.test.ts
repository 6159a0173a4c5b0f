import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../proxy/policy/default-policy/default-policy.ts';
import { parsePolicyFile } from '../../proxy/policy/document/parse-policy.ts';
import { policyWarnings } from '../../proxy/policy/never-matches/warnings.ts';
import type { PolicyQuestion } from '../../proxy/policy/policy-question.ts';
import { acting, engineOf, LOCAL, problemsIn, question } from '../proxy/policy/policies.ts';
import { read, section } from './documents.ts';

interface Example {
  readonly name: string;
  readonly text: string;
  readonly refused: boolean;
}

const document = read('docs/policy.md');
const lineOf = (offset: number) => document.slice(0, offset).split('\n').length;
const blocks: readonly Example[] = [...document.matchAll(/^```yaml(?<marks>[^\n]*)\n(?<text>[\s\S]*?)^```$/gm)].map(
  ({ index, groups }) => ({
    name: `the example in line ${lineOf(index)}`,
    text: groups?.['text'] ?? '',
    refused: groups?.['marks']?.trim() === 'refused',
  }),
);
const documents = blocks.filter(({ text }) => text.includes('kind: AccessPolicy'));
const fragments = blocks.filter(({ text }) => !text.includes('kind: AccessPolicy'));

const IN_THE_APP = {
  otherContexts: [],
  sessions: ['inAppTerminal', 'outside', 'app'],
  principal: { user: 'local:ada', groups: ['gatehouse:local'] },
} as const;

/** A fragment shows keys of a rule, one of them per line at the left edge: each becomes a rule of its own. */
function ruleAround(fragment: string): string {
  const key = fragment.split(':', 1)[0] ?? '';
  const effect = key === 'approval' ? 'requireApproval' : key === 'obligations' ? 'none' : 'allow';
  const match = key === 'match' ? '' : '\n    match: {}';
  const indented = fragment.trimEnd().replaceAll('\n', '\n    ');
  return `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: fragment}
spec:
  sets: {privileged: {users: [root]}}
  rules:
  - id: example
    effect: ${effect}${match}
    ${indented}
`;
}

/** The built-in policy with the first example below a heading: beside it, or in place of one of its rules. */
function engineWith(heading: string, replaced?: string) {
  const text = /^```yaml\n([\s\S]*?)^```$/m.exec(section(document, heading))?.[1] ?? '';
  const builtIn = DEFAULT_POLICY.map(({ file, text: rules }) => {
    if (replaced === undefined) return [file, rules];
    // Cuts the rule out, from its id to the next one.
    return [file, rules.replace(new RegExp(`^  - id: ${replaced}\\n(?: {4}.*\\n|\\n)+`, 'm'), '')];
  });
  return engineOf({ ...Object.fromEntries(builtIn), 'example.yaml': text });
}

describe('docs/policy.md', () => {
  it('has examples to try', () => {
    expect(documents.filter(({ refused }) => !refused).length).toBeGreaterThan(3);
    expect(documents.filter(({ refused }) => refused).length).toBeGreaterThan(1);
    expect(fragments.length).toBeGreaterThan(1);
  });

  it.each(documents.filter(({ refused }) => !refused))('$name is a good policy, and warns of nothing', ({ text }) => {
    expect(problemsIn(text)).toEqual([]);
    const { policies } = parsePolicyFile('example.yaml', text);
    // What clusters are called and what is installed in them is each reader's own; the first example has the app's label.
    expect(policyWarnings(policies, { ...IN_THE_APP, clusters: [] })).toEqual([]);
  });

  it.each(documents.filter(({ refused }) => refused))('$name is refused', ({ text }) => {
    expect(problemsIn(text)).not.toEqual([]);
  });

  it.each(fragments)('$name is part of a good policy', ({ text }) => {
    for (const fragment of text.split(/^(?=\S)/m)) expect(problemsIn(ruleAround(fragment)), fragment).toEqual([]);
  });

  const outcome = (heading: string, given: Partial<PolicyQuestion>) =>
    engineWith(heading).decide(question(given)).outcome;
  const ci = { ...LOCAL, user: 'local:ci' };
  const exec = { verb: 'create', resource: 'pods/exec' };

  it.each<[string, Partial<PolicyQuestion>, string]>([
    ['### A CI job that may only read', { principal: ci, verb: 'list' }, 'allow'],
    ['### A CI job that may only read', { principal: ci, verb: 'delete' }, 'deny'],
    ['### A CI job that may only read', { principal: ci, ...exec }, 'deny'],
    ['### A CI job that may only read', { principal: ci, impersonation: acting('bob') }, 'deny'],
    ['### A CI job that may only read', { verb: 'delete' }, 'allow'],
    ['### Nothing is deleted in production', { verb: 'delete' }, 'deny'],
    ['### Nothing is deleted in production', { verb: 'patch' }, 'allow'],
    ['### Nothing is deleted in production', { verb: 'delete', cluster: { name: 'test', labels: {} } }, 'allow'],
    ['### A shell in one namespace needs a confirmation', { ...exec, namespace: 'payments' }, 'requireApproval'],
    ['### A shell in one namespace needs a confirmation', exec, 'allow'],
  ])('recipe "%s": %j comes to %s', (heading, given, expected) => {
    expect(outcome(heading, given)).toBe(expected);
  });

  it('recipe "One Secret in clear": only a request for that one is not masked', () => {
    const engine = engineWith('### One Secret in clear', 'secrets-masked');
    const masked = (given: Partial<PolicyQuestion>) =>
      engine.decide(question({ resource: 'secrets', ...given })).masks.length > 0;
    expect(masked({ name: 'feature-flags' })).toBe(false);
    expect(masked({ name: 'db' })).toBe(true);
    expect(masked({ verb: 'list', name: '' })).toBe(true);
    expect(masked({ name: 'feature-flags', namespace: 'other' })).toBe(true);
  });
});
