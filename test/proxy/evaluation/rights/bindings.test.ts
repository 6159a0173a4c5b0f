import { describe, expect, it } from 'vitest';
import { Bindings, readBinding } from '../../../../proxy/evaluation/rights/bindings.ts';

const CI = { namespace: 'shop', name: 'ci' };
const binding = (name: string, subject: object, namespace = '', kind = 'ClusterRole') =>
  readBinding({
    metadata: { name, ...(namespace === '' ? {} : { namespace }) },
    roleRef: { kind, name: `role-${name}` },
    subjects: [subject],
  });

describe('case 54: the bindings of a service account', () => {
  it.each<[string, object, string, boolean]>([
    ['by its name', { kind: 'ServiceAccount', namespace: 'shop', name: 'ci' }, '', true],
    ['by its name, of the binding’s own namespace', { kind: 'ServiceAccount', name: 'ci' }, 'shop', true],
    ['of another namespace', { kind: 'ServiceAccount', name: 'ci' }, 'other', false],
    ['as the user that it is', { kind: 'User', name: 'system:serviceaccount:shop:ci' }, '', true],
    ['by the group of all accounts', { kind: 'Group', name: 'system:serviceaccounts' }, '', true],
    ['by the group of its namespace', { kind: 'Group', name: 'system:serviceaccounts:shop' }, 'other', true],
    ['by the group of another namespace', { kind: 'Group', name: 'system:serviceaccounts:other' }, '', false],
    ['by the group of everybody who is known', { kind: 'Group', name: 'system:authenticated' }, '', true],
    ['by the group of those who are not', { kind: 'Group', name: 'system:unauthenticated' }, '', false],
    ['another of its namespace', { kind: 'ServiceAccount', namespace: 'shop', name: 'c' }, '', false],
    ['a user of its name', { kind: 'User', name: 'ci' }, '', false],
  ])('%s', (_name, subject, namespace, isFound) => {
    expect(new Bindings([binding('b', subject, namespace)]).of(CI)).toHaveLength(isFound ? 1 : 0);
  });

  it('come once each, those for the whole cluster first, in one order however they were listed', () => {
    const account = { kind: 'ServiceAccount', ...CI };
    const all = [
      binding('z', account, 'a'),
      binding('b', account),
      binding('a', { kind: 'Group', name: 'system:authenticated' }),
      readBinding({ metadata: { name: 'y', namespace: 'a' }, subjects: [account, account] }),
    ];
    for (const listed of [all, all.toReversed()]) {
      expect(new Bindings(listed).of(CI).map(({ name }) => name)).toEqual(['a', 'b', 'y', 'z']);
    }
  });

  it('name the place of their role', () => {
    const nobody = { kind: 'User', name: 'eve' };
    expect(binding('x', nobody).role).toBe('clusterroles/role-x');
    expect(binding('x', nobody, 'ci').role).toBe('clusterroles/role-x');
    expect(binding('x', nobody, 'ci', 'Role').role).toBe('namespaces/ci/roles/role-x');
    expect(binding('a/../b', nobody, 'ci', 'Role').role).toBe('namespaces/ci/roles/role-a%2F..%2Fb');
  });
});
