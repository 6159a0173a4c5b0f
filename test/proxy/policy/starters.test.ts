import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { DEFAULT_POLICY } from '../../../proxy/policy/default-policy/default-policy.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { STARTER_POLICIES } from '../../../proxy/policy/starters/starter-policies.ts';
import { acting, engineOf, question } from './policies.ts';

function filesOf(name: string) {
  const files = STARTER_POLICIES.find((starter) => starter.name === name)?.files(['shop']) ?? [];
  return Object.fromEntries(files.map(({ file, text }) => [file, text]));
}

const secret = { resource: 'secrets' };
const write = { verb: 'patch', apiGroup: 'apps', resource: 'deployments', evaluated: true };

describe.each<[name: string, rows: ReadonlyArray<[what: string, given: Partial<PolicyQuestion>, outcome: string]>]>([
  [
    'ci',
    [
      ['discovery', { verb: 'get', resource: '', nonResourcePath: '/apis' }, 'allow'],
      ['a list over all namespaces', { verb: 'list', namespace: '' }, 'allow'],
      ['Secrets', { ...secret, verb: 'list' }, 'allow'],
      ['logs', { resource: 'pods/log' }, 'allow'],
      ['can-i', { verb: 'create', apiGroup: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews' }, 'allow'],
      ['a write', write, 'deny'],
      ['exec', { verb: 'create', resource: 'pods/exec' }, 'deny'],
      ['a token', { verb: 'create', resource: 'serviceaccounts/token' }, 'deny'],
      ['acting as somebody', { impersonation: acting('bob') }, 'deny'],
      ['metrics of the control plane', { resource: '', nonResourcePath: '/metrics' }, 'deny'],
      ['a proxy', { resource: 'services/proxy' }, 'deny'],
    ],
  ],
  [
    'ci-deploy',
    [
      ['a write in its namespace', write, 'allow'],
      ['a write elsewhere', { ...write, namespace: 'other' }, 'deny'],
      ['a write without a namespace', { verb: 'create', resource: 'nodes', namespace: '', evaluated: true }, 'deny'],
      ['its namespace itself', { verb: 'patch', resource: 'namespaces', name: 'shop', evaluated: true }, 'deny'],
      ['many at once', { verb: 'deletecollection', evaluated: true }, 'deny'],
      ['exec', { verb: 'create', resource: 'pods/exec', evaluated: true }, 'deny'],
      ['reading', { verb: 'list' }, 'allow'],
    ],
  ],
  [
    'agent',
    [
      ['reading', { verb: 'list' }, 'allow'],
      [
        'can-i',
        { verb: 'create', apiGroup: 'authorization.k8s.io', resource: 'selfsubjectaccessreviews', namespace: '' },
        'allow',
      ],
      ['a write', write, 'requireApproval'],
      ['exec', { verb: 'create', resource: 'pods/exec', evaluated: true }, 'requireApproval'],
      ['deleting a namespace', { verb: 'delete', resource: 'namespaces', evaluated: true }, 'deny'],
      ['what belongs to the cluster', { verb: 'patch', resource: 'nodes', namespace: '', evaluated: true }, 'deny'],
      ['many at once', { verb: 'deletecollection', evaluated: true }, 'deny'],
    ],
  ],
])('the policy "%s"', (name, rows) => {
  it.each(rows)('%s: %j comes to %s', (_what, given, outcome) => {
    expect(engineOf(filesOf(name)).decide(question(given)).outcome).toBe(outcome);
  });

  it('masks Secrets', () => {
    expect(engineOf(filesOf(name)).decide(question({ ...secret, verb: 'list' })).masks).not.toEqual([]);
  });

  it('reads and masks by the very rules of the built-in policy', () => {
    const everyday = rulesOf(DEFAULT_POLICY.find(({ file }) => file === 'everyday.yaml')?.text ?? '');
    const own = Object.values(filesOf(name)).flatMap(rulesOf);
    for (const id of ['discovery', 'reads', 'secrets-masked', 'inline-credentials-masked']) {
      const rule = everyday.find((one) => one.id === id);
      expect(rule).toBeDefined();
      expect(own).toContainEqual(rule);
    }
  });
});

function rulesOf(text: string): ReadonlyArray<{ readonly id: string }> {
  return parse(text).spec.rules;
}

it('only those ask a person that have one: no rule of a job waits', () => {
  for (const name of ['ci', 'ci-deploy'])
    expect(Object.values(filesOf(name)).join('\n')).not.toContain('requireApproval');
});
