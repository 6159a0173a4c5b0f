import { describe, expect, it } from 'vitest';
import { judgeRules } from '../../../proxy/self-knowledge/rules-review.ts';
import { canAsk, judgeOf } from './judges.ts';

const RULES = `
  - {id: reads, effect: allow, match: {verbs: [get, list], resources: ["*"]}}
  - {id: exec, effect: allow, match: {verbs: [create], resources: [pods/exec]}}
  - {id: secrets, effect: deny, match: {resources: [secrets]}}
  - {id: one, effect: deny, match: {verbs: [get], resources: [configmaps], names: [keys]}}
  - {id: delete, effect: requireApproval, match: {verbs: [delete], resources: [pods]}, approval: {level: ownerConfirm}}
  - {id: delete-too, effect: allow, match: {verbs: [delete], resources: [pods]}}
  - {id: peer, effect: requireApproval, match: {verbs: [patch], resources: [pods]}, approval: {level: peer}}
  - {id: patch-too, effect: allow, match: {verbs: [patch], resources: [pods]}}
  - {id: paths, effect: allow, match: {verbs: [get], nonResourceURLs: [/version, "/api/*"]}}
`;
const rule = (verbs: string[], resources: string[], more: object = {}) => ({
  verbs,
  apiGroups: [''],
  resources,
  ...more,
});

function judge(status: object) {
  return judgeRules(
    { nonResourceRules: [], resourceRules: [], incomplete: false, ...status },
    'shop',
    judgeOf(RULES),
    canAsk,
  );
}

describe('a review of one’s own rules', () => {
  it('keeps what policy allows, exactly', () => {
    const resourceRules = [rule(['get', 'list'], ['pods', 'services'])];
    expect(judge({ resourceRules }).status).toMatchObject({ resourceRules, incomplete: false });
  });

  it('takes out verbs and resources that policy denies', () => {
    const { status } = judge({ resourceRules: [rule(['get', 'list', 'patch'], ['pods', 'secrets'])] });
    expect(status).toMatchObject({ resourceRules: [rule(['get', 'list'], ['pods'])], incomplete: false });
  });

  it('judges each name', () => {
    const { status } = judge({
      resourceRules: [rule(['get'], ['configmaps'], { resourceNames: ['keys', 'colours'] })],
    });
    expect(status['resourceRules']).toEqual([rule(['get'], ['configmaps'], { resourceNames: ['colours'] })]);
  });

  it('keeps what waits for a person, and names it', () => {
    const { status, approvals } = judge({ resourceRules: [rule(['delete'], ['pods'])] });
    expect(status['resourceRules']).toEqual([rule(['delete'], ['pods'])]);
    expect(approvals).toEqual(['pods']);
  });

  it('takes out what waits for a person who is not there', () => {
    const { status, approvals } = judge({ resourceRules: [rule(['delete', 'patch'], ['pods'])] });
    expect(status['resourceRules']).toEqual([rule(['delete'], ['pods'])]);
    expect(approvals).toEqual(['pods']);
    expect(judge({ resourceRules: [rule(['patch'], ['pods'])] }).approvals).toEqual([]);
  });

  it('keeps verbs that no request has', () => {
    const resourceRules = [rule(['bind', 'use'], ['clusterroles'])];
    expect(judge({ resourceRules }).status['resourceRules']).toEqual(resourceRules);
  });

  it('of * keeps what policy allows in general and beside it, and says what it cannot leave out', () => {
    const { status } = judge({ resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] });
    const rules = status['resourceRules'] as Array<{ verbs: string[]; resources: string[] }>;
    expect(rules[0]).toEqual({ verbs: ['get', 'list'], apiGroups: ['*'], resources: ['*'] });
    // Whatever the method, exec is a create.
    expect(rules).toContainEqual({ verbs: ['*'], apiGroups: [''], resources: ['pods/exec'] });
    expect(rules).toContainEqual({ verbs: ['delete'], apiGroups: [''], resources: ['pods'] });
    expect(status).toMatchObject({ incomplete: true, evaluationError: expect.stringMatching(/secrets/) });
  });

  it('of paths keeps those that policy allows, and says * out', () => {
    const { status } = judge({
      nonResourceRules: [
        { verbs: ['get'], nonResourceURLs: ['/version', '/metrics', '/api/*'] },
        { verbs: ['*'], nonResourceURLs: ['*'] },
      ],
    });
    const urls = (status['nonResourceRules'] as Array<{ verbs: string[]; nonResourceURLs: string[] }>).map(
      ({ verbs, nonResourceURLs }) => `${verbs} ${nonResourceURLs}`,
    );
    expect(urls).toEqual(['get /version', 'get /api/*', 'get /api/*', 'get /version']);
    expect(status['incomplete']).toBe(true);
  });

  it('keeps what the cluster could not evaluate', () => {
    const { status } = judge({ incomplete: true, evaluationError: 'webhook authorizer' });
    expect(status).toMatchObject({ incomplete: true, evaluationError: 'webhook authorizer' });
  });
});
