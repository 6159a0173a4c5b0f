import { describe, expect, it } from 'vitest';
import { document, engineOf, problemsIn, question } from './policies.ts';

const RULES = `
  - {id: reads, effect: allow, match: {verbs: [get]}}
  - {id: shut, effect: deny, match: {resources: [secrets]}}
  - {id: quiet, effect: none, match: {subjects: {users: ["local:ci"]}}, obligations: {warnings: off}}
`;
const CI = { user: 'local:ci', groups: [], session: { kind: 'headless', id: 's' } } as const;

describe('obligations: {warnings: off}', () => {
  const engine = engineOf({ 'p.yaml': document(RULES) });

  it('takes the gateway’s warnings from those whom the rule matches, and from nobody else', () => {
    expect(engine.decide(question({ principal: CI })).warnings).toBe(false);
    expect(engine.decide(question()).warnings).toBe(true);
  });

  it('changes nothing about what is allowed, and nothing of what a refusal says', () => {
    expect(engine.decide(question({ principal: CI })).outcome).toBe('allow');
    const denied = engine.decide(question({ principal: CI, resource: 'secrets' }));
    expect(denied).toMatchObject({ outcome: 'deny', message: expect.stringContaining('rule p/shut') });
  });

  it('has no other value: on is what leaving it out means', () => {
    const [problem] = problemsIn(document(RULES.replace('warnings: off', 'warnings: on')));
    expect(problem?.message).toContain('must be off, or left out');
  });
});
