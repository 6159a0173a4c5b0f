// Longer than 300 lines: tables of policies and questions.
import { describe, expect, it } from 'vitest';
import { explainDecision } from '../../../proxy/policy/explain.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { acting, document, engineOf, question } from './policies.ts';

function decide(rules: string, given: Partial<PolicyQuestion> = {}, sets = '') {
  return engineOf({ 'p.yaml': document(rules, sets) }).decide(question(given));
}

const ALLOW = '  - {id: allow, effect: allow, match: {verbs: ["*"]}}\n';
const DENY = '  - {id: deny, effect: deny, match: {verbs: ["*"]}}\n';
const CONFIRM = '  - {id: confirm, effect: requireApproval, match: {verbs: ["*"]}, approval: {level: ownerConfirm}}\n';
const NONE = '  - {id: none, effect: none, match: {}, obligations: {record: {level: full}}}\n';

describe('the table of truth: deny > requireApproval > allow > default deny', () => {
  it.each([
    ['no rule', '    []\n', 'deny', 'default-deny'],
    ['none', NONE, 'deny', 'default-deny'],
    ['allow', ALLOW, 'allow', 'p/allow'],
    ['requireApproval', CONFIRM, 'requireApproval', 'p/confirm'],
    ['deny', DENY, 'deny', 'p/deny'],
    ['allow + requireApproval', ALLOW + CONFIRM, 'requireApproval', 'p/confirm'],
    ['requireApproval + allow', CONFIRM + ALLOW, 'requireApproval', 'p/confirm'],
    ['allow + deny', ALLOW + DENY, 'deny', 'p/deny'],
    ['deny + requireApproval + allow', DENY + CONFIRM + ALLOW, 'deny', 'p/deny'],
    ['allow + none', ALLOW + NONE, 'allow', 'p/allow'],
  ])('%s', (_rules, rules, outcome, decidingRule) => {
    expect(decide(rules)).toMatchObject({ outcome, decidingRule });
  });

  it('combines approval rules to the strictest', () => {
    const { approval, message } = decide(`${ALLOW}
  - {id: a, effect: requireApproval, match: {}, approval: {level: ownerConfirm, requestTTL: 1h, grantTTL: 5m, hold: 2m}, message: one}
  - {id: b, effect: requireApproval, match: {}, approval: {level: peer, requestTTL: 10m, hold: 0s, reason: required}, message: two}
`);
    expect(approval).toEqual({
      level: 'peer',
      requestTtl: 600_000,
      grantTtl: 300_000,
      hold: 0,
      reasonRequired: true,
    });
    expect(message).toBe('one; two');
  });

  it('unites the masks of every matching rule, equal ones once', () => {
    const mask = (id: string, field: string) =>
      `  - {id: ${id}, effect: none, match: {}, obligations: {mask: [{resource: secrets, fields: "${field}"}]}}\n`;
    const { masks } = decide(ALLOW + mask('a', 'data.*') + mask('b', 'data.*') + mask('c', 'data.x'));
    expect(masks.map(({ fields }) => fields)).toEqual([['data.*'], ['data.x']]);
  });

  it('decides the same whatever the order of rules and files', () => {
    const one = document(ALLOW + CONFIRM);
    const other = document(DENY).replace('{name: p}', '{name: a}');
    const forwards = engineOf({ 'a.yaml': one, 'b.yaml': other }).decide(question());
    const backwards = engineOf({ 'b.yaml': other, 'a.yaml': one }).decide(question());
    expect({ ...forwards }).toEqual({ ...backwards });
    expect(forwards.matchedRules).toEqual(['a/deny', 'p/allow', 'p/confirm']);
  });

  it('answers the same question twice alike, also through the index', () => {
    const engine = engineOf({
      'p.yaml': document(`  - {id: a, effect: allow, match: {resources: [pods], names: [p]}}\n`),
    });
    expect(engine.decide(question()).outcome).toBe('allow');
    expect(engine.decide(question({ name: 'q' })).outcome).toBe('deny');
    expect(engine.decide(question()).outcome).toBe('allow');
  });
});

describe('match: what an allow rule is about', () => {
  it.each<[string, string, Partial<PolicyQuestion>, boolean]>([
    ['a resource without a group is of the core group', 'resources: [pods]', {}, true],
    ['and of no other', 'resources: [pods]', { apiGroup: 'metrics.k8s.io' }, false],
    ['a group is named behind a dot', 'resources: [jobs.batch]', { apiGroup: 'batch', resource: 'jobs' }, true],
    [
      'a group with dots',
      'resources: [roles.rbac.authorization.k8s.io]',
      { apiGroup: 'rbac.authorization.k8s.io', resource: 'roles' },
      true,
    ],
    ['case 33: a subresource does not inherit its parent', 'resources: [pods]', { resource: 'pods/exec' }, false],
    ['case 33: nor from *', 'resources: ["*"]', { resource: 'pods/exec' }, false],
    ['a subresource by name', 'resources: [pods/exec]', { resource: 'pods/exec' }, true],
    ['which is not its parent', 'resources: [pods/exec]', { resource: 'pods' }, false],
    ['every subresource of one resource', 'resources: [pods/*]', { resource: 'pods/exec' }, true],
    [
      'one subresource of every resource and group',
      'resources: ["*/scale"]',
      { apiGroup: 'apps', resource: 'deployments/scale' },
      true,
    ],
    ['every resource of one group', 'resources: ["*.apps"]', { apiGroup: 'apps', resource: 'deployments' }, true],
    ['and not of another', 'resources: ["*.apps"]', {}, false],
    ['resources are not paths', 'resources: ["*"]', { resource: '', nonResourcePath: '/version' }, false],
    ['paths are not resources', 'nonResourceURLs: ["*"]', {}, false],
    [
      'a path with a wildcard',
      'nonResourceURLs: [/healthz/*]',
      { resource: '', nonResourcePath: '/healthz/etcd' },
      true,
    ],
    [
      'either half of both',
      'resources: [pods], nonResourceURLs: [/version]',
      { resource: '', nonResourcePath: '/version' },
      true,
    ],
    ['a verb', 'verbs: [list]', {}, false],
    ['a name', 'names: ["p*"]', {}, true],
    ['a list has no name', 'names: ["*"]', { verb: 'list', name: '' }, false],
    ['a namespace', 'namespaces: [shop-*]', { namespace: 'shop-eu' }, true],
    ['* is every namespace, but not none', 'namespaces: ["*"]', { namespace: '' }, false],
    ['a user', 'subjects: {users: ["local:*"]}', {}, true],
    ['a group or a user', 'subjects: {users: [other], groups: ["gatehouse:local"]}', {}, true],
    ['somebody else', 'subjects: {groups: [admins]}', {}, false],
    ['a kind of session', 'sessions: [headless]', {}, false],
    ['a cluster by label', 'clusters: {labels: {env: prod}}', {}, true],
    ['a cluster by name and label', 'clusters: {names: [test], labels: {env: prod}}', {}, false],
    ['all dimensions must match', 'verbs: [get], names: [q]', {}, false],
    ['not', 'verbs: [get], not: {namespaces: [shop]}', {}, false],
    ['not leaves out only what matches all of it', 'verbs: [get], not: {namespaces: [shop], names: [q]}', {}, true],
    ['several nots', 'verbs: [get], not: [{names: [q]}, {namespaces: [shop]}]', {}, false],
    ['no dimension at all', '', {}, true],
  ])('%s', (_name, match, given, allowed) => {
    const decision = decide(`  - {id: a, effect: allow, match: {${match}}}\n`, given);
    expect(decision.outcome).toBe(allowed ? 'allow' : 'deny');
  });

  it('takes lists, identities and clusters from sets', () => {
    const sets = `  sets:
    things: [pods, services]
    prod: {clusters: {labels: {env: prod}}}
    people: {users: ["local:ada"]}
`;
    const rules =
      '  - {id: a, effect: allow, match: {resources: [$things, nodes], clusters: $prod, subjects: $people}}\n';
    expect(decide(rules, {}, sets).outcome).toBe('allow');
    expect(decide(rules, { resource: 'services' }, sets).outcome).toBe('allow');
    expect(decide(rules, { resource: 'secrets' }, sets).outcome).toBe('deny');
  });
});

describe('match: what a rule that restricts is about', () => {
  const denies = (match: string, given: Partial<PolicyQuestion>) =>
    decide(`${ALLOW}  - {id: d, effect: deny, match: {${match}}}\n`, given).outcome === 'deny';

  it.each<[string, string, Partial<PolicyQuestion>, boolean]>([
    ['a list may hold the name', 'names: [db]', { verb: 'list', name: '' }, true],
    ['a watch too', 'names: [db]', { verb: 'watch', name: '' }, true],
    ['a new object may get it', 'names: [db]', { verb: 'create', name: '' }, true],
    ['a get of another name does not', 'names: [db]', {}, false],
    [
      'a list over all namespaces holds the namespace',
      'namespaces: [vault]',
      { verb: 'list', namespace: '', name: '' },
      true,
    ],
    ['a get without a namespace does not', 'namespaces: [vault]', { namespace: '' }, false],
    [
      'what is not certain to be left out stays in',
      'not: {namespaces: [shop]}',
      { verb: 'list', namespace: '', name: '' },
      true,
    ],
    ['what is certain to be left out is', 'not: {namespaces: [shop]}', { verb: 'list', name: '' }, false],
  ])('%s', (_name, match, given, denied) => {
    expect(denies(match, given)).toBe(denied);
  });
});

describe('impersonation takes a permit for the request and one for the identity', () => {
  const bob = { impersonation: acting('bob') };

  it('case 9: no rule about impersonation means no impersonation', () => {
    const decision = decide(ALLOW, bob);
    expect(decision).toMatchObject({ outcome: 'deny', decidingRule: 'default-deny' });
    expect(decision.message).toContain('acting as bob');
    expect(decision.message).toContain('add a rule');
  });

  it.each<[string, string, Partial<PolicyQuestion>, string]>([
    ['any permits the identity', '{any: true}', bob, 'allow'],
    ['a listed user', '{as: {users: [b*]}}', bob, 'allow'],
    ['another user', '{as: {users: [alice]}}', bob, 'deny'],
    [
      'every group must be listed',
      '{as: {users: [bob], groups: [dev]}}',
      { impersonation: acting('bob', { groups: ['dev', 'ops'] }) },
      'deny',
    ],
    [
      'all groups listed',
      '{as: {users: [bob], groups: [dev, ops]}}',
      { impersonation: acting('bob', { groups: ['dev', 'ops'] }) },
      'allow',
    ],
    [
      'extras need any',
      '{as: {users: [bob]}}',
      { impersonation: acting('bob', { extra: new Map([['k', ['v']]]) }) },
      'deny',
    ],
    ['case 5: a UID is not covered by any', '{any: true}', { impersonation: acting('bob', { uid: '1' }) }, 'deny'],
    ['case 5: but by uids', '{any: true, uids: ["1"]}', { impersonation: acting('bob', { uid: '1' }) }, 'allow'],
    [
      'case 11: a service account is not a user name',
      '{as: {users: [ci]}}',
      { impersonation: acting('system:serviceaccount:shop:ci') },
      'deny',
    ],
    [
      'case 11: it is namespace:name',
      '{as: {serviceAccounts: ["shop:*"]}}',
      { impersonation: acting('system:serviceaccount:shop:ci') },
      'allow',
    ],
  ])('%s', (_name, impersonation, given, outcome) => {
    const rules = `${ALLOW}  - {id: as, effect: allow, match: {impersonation: ${impersonation}}}\n`;
    expect(decide(rules, given).outcome).toBe(outcome);
  });

  it('a permit for the identity does not permit the request', () => {
    const rules =
      '  - {id: as, effect: requireApproval, match: {impersonation: {any: true}}, approval: {level: ownerConfirm}}\n';
    expect(decide(rules, bob)).toMatchObject({ outcome: 'deny', decidingRule: 'default-deny' });
    expect(decide(rules + ALLOW, bob).outcome).toBe('requireApproval');
  });

  it('one rule permits both when it names both', () => {
    const rules = '  - {id: both, effect: allow, match: {resources: [pods], impersonation: {as: {users: [bob]}}}}\n';
    expect(decide(rules, bob).outcome).toBe('allow');
    expect(decide(rules).outcome).toBe('deny');
  });

  it.each<[string, string, ReturnType<typeof acting>]>([
    [
      'one group of several',
      '{as: {groups: ["system:masters"]}}',
      acting('bob', { groups: ['dev', 'system:masters'] }),
    ],
    [
      'a group that the API server adds',
      '{as: {groups: ["system:serviceaccounts:ci"]}}',
      acting('system:serviceaccount:ci:x'),
    ],
    ['system:authenticated', '{as: {groups: ["system:authenticated"]}}', acting('bob')],
    ['a UID', '{uids: ["*"]}', acting('bob', { uid: '7' })],
  ])('a deny rule is about %s', (_name, impersonation, identity) => {
    const rules = `${ALLOW}  - {id: any, effect: allow, match: {impersonation: {any: true, uids: "*"}}}
  - {id: never, effect: deny, match: {impersonation: ${impersonation}}}\n`;
    expect(decide(rules, { impersonation: identity }).decidingRule).toBe('p/never');
    expect(decide(rules, { impersonation: acting('eve', { groups: ['system:unauthenticated'] }) }).outcome).toBe(
      'allow',
    );
  });
});

describe('reasons', () => {
  it('fill the placeholders of a message with plain text', () => {
    const rules =
      '  - {id: d, effect: deny, match: {}, message: "{{principal.user}} as {{impersonation.user}}: {{verb}} {{resource}} {{ name }}"}\n';
    const decision = decide(rules, {
      name: 'a\u001b[31m{{verb}}\n',
      apiGroup: 'apps',
      resource: 'deployments/scale',
      impersonation: acting('bob'),
    });
    expect(decision.message).toBe('local:ada as bob: get deployments.apps/scale a\\u001b[31m{{verb}}  (rule p/d)');
  });

  it('trace every rule, with the first dimension that did not match', () => {
    const decision = decide(`${ALLOW}  - {id: b, effect: deny, match: {verbs: [get], namespaces: [vault, "x-*"]}}\n`);
    expect(decision.trace).toEqual([
      { rule: 'p/allow', effect: 'allow', matched: true },
      { rule: 'p/b', effect: 'deny', matched: false, dimension: 'namespaces', wanted: 'vault, x-*', got: 'shop' },
    ]);
    expect(explainDecision(decision)).toEqual([
      'allowed by p/allow',
      '  matched   p/allow (allow)',
      '  no match  p/b (deny): namespaces wants vault, x-*, the request has shop',
    ]);
  });

  it('name what came nearest, and only so much of it however many rules there are', () => {
    const far = Array.from(
      { length: 990 },
      (_, index) => `  - {id: far-${index}, effect: allow, match: {verbs: [watch]}}\n`,
    );
    const near = '  - {id: near, effect: allow, match: {verbs: [get], namespaces: [NAMES]}}\n';
    const names = Array.from({ length: 200 }, (_, index) => `namespace-${index}`).join(', ');
    const why = explainDecision(decide(`${far.join('')}${near.replace('NAMES', names)}`));
    expect(why).toHaveLength(12);
    expect(why[1]).toMatch(/^ {2}no match {2}p\/near \(allow\): namespaces wants namespace-0, .*…$/);
    expect(why.at(-1)).toBe('  and 981 more rules');
    expect(why.join('\n').length).toBeLessThan(4000);
  });

  it('survive being sent to another process', () => {
    expect(structuredClone(decide(ALLOW)).trace).toHaveLength(1);
  });
});
