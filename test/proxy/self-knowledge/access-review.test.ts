import { describe, expect, it } from 'vitest';
import { judgeAccess } from '../../../proxy/self-knowledge/access-review.ts';
import { asker, canAsk, judgeOf } from './judges.ts';

const YES = { allowed: true, reason: 'RBAC: allowed by x' };
const RULES = `
  - {id: reads, effect: allow, match: {verbs: [get, list], resources: ["*", pods/exec]}}
  - {id: writes, effect: allow, match: {verbs: [create, update], resources: ["*", pods/exec], namespaces: ["*"]}}
  - {id: nodes, effect: requireApproval, match: {verbs: [update], resources: [nodes]}, approval: {level: ownerConfirm}}
  - {id: nodes-too, effect: allow, match: {verbs: [update], resources: [nodes]}}
  - {id: peers, effect: requireApproval, match: {verbs: [update], resources: [services], namespaces: ["*"]}, approval: {level: peer}}
  - {id: vault, effect: deny, match: {verbs: [get, list], resources: [secrets], namespaces: [vault]}, message: "vault is shut"}
  - {id: paths, effect: allow, match: {verbs: [get], nonResourceURLs: [/version, "/api/*"]}}
  - {id: as-dev, effect: allow, match: {impersonation: {as: {users: [dev], serviceAccounts: ["ci:*"]}}}}
`;

function ask(spec: object, status: object = YES) {
  return judgeAccess({ ...status }, { ...spec }, judgeOf(RULES), canAsk);
}
const on = (verb: string, resource: string, more: object = {}) => ({
  resourceAttributes: { verb, resource, namespace: 'shop', ...more },
});

describe('a review of one’s own access', () => {
  it.each([
    ['an object', on('get', 'pods', { name: 'p' })],
    ['exec, which is a create whatever the verb', on('get', 'pods', { subresource: 'exec' })],
    ['a cluster-wide resource, asked about in a namespace', on('get', 'nodes')],
    ['a write in all namespaces that a rule opens in each', on('create', 'pods', { namespace: '' })],
    ['a path', { nonResourceAttributes: { verb: 'get', path: '/version/' } }],
    ['an identity', on('impersonate', 'users', { namespace: '', name: 'dev' })],
    ['a service account', on('impersonate', 'serviceaccounts', { namespace: 'ci', name: 'runner' })],
  ])('is the cluster’s where policy allows too: %s', (_name, spec) => {
    expect(ask(spec)).toEqual({ status: YES, warning: null });
  });

  it.each([
    ['a denied resource', on('get', 'secrets', { namespace: 'vault' }), /vault is shut \(rule p\/vault\)/],
    ['a list over all namespaces, one of them denied', on('list', 'secrets', { namespace: '' }), /vault is shut/],
    ['a resource of every group', on('get', 'secrets', { group: '*', namespace: 'vault' }), /vault is shut/],
    ['what no rule allows', on('delete', 'pods'), /no rule of the Gatehouse policy allows delete on pods/],
    ['a write in all namespaces that a rule opens in one cluster-wide', on('create', 'nodes'), /no rule/],
    ['every verb', on('*', 'pods'), /no rule of the Gatehouse policy allows delete/],
    ['every resource', on('get', '*', { group: '*' }), /no rule of the Gatehouse policy allows get/],
    ['another path', { nonResourceAttributes: { verb: 'get', path: '/metrics' } }, /no rule/],
    ['another identity', on('impersonate', 'users', { name: 'root' }), /no rule of the Gatehouse policy allows acting/],
  ])('is no where policy denies: %s', (_name, spec, why) => {
    const { status, warning } = ask(spec);
    expect(status).toEqual({ allowed: false, denied: true, reason: expect.stringMatching(why) });
    expect(warning).toBeNull();
  });

  it('is yes where a person would be asked, and says so', () => {
    expect(ask(on('update', 'nodes'))).toEqual({
      status: {
        allowed: true,
        reason: expect.stringMatching(/^RBAC: allowed by x; gatehouse: needs a person's approval \(rule p\/nodes\)/),
      },
      warning: expect.stringMatching(/^needs a person's approval \(rule p\/nodes\)/),
    });
  });

  it('is no where nobody could be asked', () => {
    expect(ask(on('update', 'services')).status).toMatchObject({
      allowed: false,
      reason: expect.stringMatching(/nobody can approve it here/),
    });
  });

  it('is the cluster’s where that says no, whatever policy thinks', () => {
    const no = { allowed: false, reason: 'RBAC: no' };
    expect(ask(on('get', 'pods'), no)).toEqual({ status: no, warning: null });
    expect(ask(on('delete', 'pods'), no)).toEqual({ status: no, warning: null });
  });

  it.each(['bind', 'escalate', 'use', 'approve', 'impersonate:user-info'])(
    'is the cluster’s for %s, which no request has for a verb',
    (verb) => {
      expect(ask(on(verb, 'clusterroles')).status).toEqual(YES);
    },
  );

  it('case 12: is about whom the caller acts as', () => {
    const judge = judgeOf(RULES, asker('dev'));
    const refused = judgeOf(RULES, asker('root'));
    expect(judgeAccess(YES, on('get', 'pods'), judge, canAsk).status).toEqual(YES);
    expect(judgeAccess(YES, on('get', 'pods'), refused, canAsk).status).toMatchObject({ allowed: false });
  });
});
