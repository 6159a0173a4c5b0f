import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../model/decision.ts';
import type { GainedIdentity } from '../../../model/gained-identity.ts';
import { combineDecisions } from '../../../proxy/policy/combine-decisions.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import { acting, document, engineOf, problemsIn, question } from './policies.ts';

const ALLOW = '  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}\n';

function decide(rules: string, given: Partial<PolicyQuestion>, sets = ''): Decision {
  return engineOf({ 'p.yaml': document(ALLOW + rules, sets) }).decide(question(given));
}

const identity = (given: Partial<GainedIdentity> = {}): GainedIdentity => ({
  road: 'pod',
  user: 'system:serviceaccount:shop:ci',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:shop'],
  anyone: false,
  strong: true,
  says: 'service account shop:ci',
  ...given,
});

const create = { verb: 'create', resource: 'pods', name: '', evaluated: true } as const;
const deny = (actsAs: string): string =>
  `  - {id: r, effect: deny, match: {actsAs: ${actsAs}}, message: "as {{actsAs}}"}\n`;

describe('actsAs in a rule that restricts', () => {
  it.each<[string, string, Partial<PolicyQuestion>, Decision['outcome']]>([
    ['any identity', '{any: true}', { ...create, gained: [identity()] }, 'deny'],
    ['any, and nobody is gained', '{any: true}', { ...create, gained: [] }, 'allow'],
    ['the account', '{as: {serviceAccounts: ["shop:*"]}}', { ...create, gained: [identity()] }, 'deny'],
    [
      'the account by its user name',
      '{as: {users: ["system:serviceaccount:shop:ci"]}}',
      { ...create, gained: [identity()] },
      'deny',
    ],
    [
      'one of its groups',
      '{as: {groups: ["system:serviceaccounts:shop"]}}',
      { ...create, gained: [identity()] },
      'deny',
    ],
    ['another account', '{as: {serviceAccounts: ["ci:*"]}}', { ...create, gained: [identity()] }, 'allow'],
    ['whoever cannot be named', '{as: {users: [eve]}}', { ...create, gained: [identity({ anyone: true })] }, 'deny'],
    ['its road', '{any: true, through: [pod]}', { ...create, gained: [identity()] }, 'deny'],
    ['another road', '{any: true, through: token}', { ...create, gained: [identity()] }, 'allow'],
    ['strong ones only, and it is', '{any: true, strong: true}', { ...create, gained: [identity()] }, 'deny'],
    [
      'strong ones only, and it is not',
      '{any: true, strong: true}',
      { ...create, gained: [identity({ strong: false })] },
      'allow',
    ],
    ['one of two', '{as: {users: [eve]}}', { ...create, gained: [identity(), identity({ user: 'eve' })] }, 'deny'],
    ['Impersonate-User too', '{any: true}', { impersonation: acting('eve') }, 'deny'],
    ['Impersonate-User too, by name', '{as: {users: [eve]}}', { impersonation: acting('eve') }, 'deny'],
  ])('%s', (_name, actsAs, given, outcome) => {
    const allowed = '  - {id: i, effect: allow, match: {impersonation: {any: true}}}\n';
    expect(decide(allowed + deny(actsAs), given).outcome).toBe(outcome);
  });

  it('says the identity', () => {
    expect(decide(deny('{any: true}'), { ...create, gained: [identity()] }).message).toBe(
      'as service account shop:ci (rule p/r)',
    );
  });
});

/** What everything in a namespace runs as, without rights that lead further. */
const nobody = identity({
  ...{ road: 'exec', user: 'system:serviceaccount:kube-system:default', strong: false, incidental: true },
  groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system'],
  says: 'service account kube-system:default',
});

describe('case 57: actsAs about nobody in particular', () => {
  it.each<[string, string, readonly GainedIdentity[], Decision['outcome']]>([
    ['a rule that lists it', '{as: {serviceAccounts: ["kube-system:*"]}}', [nobody], 'deny'],
    ['by name', '{as: {users: ["system:serviceaccount:kube-system:default"]}}', [nobody], 'deny'],
    ['by its group', '{as: {groups: ["system:serviceaccounts:kube-system"]}}', [nobody], 'deny'],
    ['by the group of all accounts', '{as: {groups: ["system:serviceaccounts"]}}', [nobody], 'deny'],
    ['by a pattern of all accounts', '{as: {serviceAccounts: ["*:*"]}}', [nobody], 'deny'],
    ['its road too', '{as: {serviceAccounts: ["kube-system:*"]}, through: [exec]}', [nobody], 'deny'],
    ['another road', '{as: {serviceAccounts: ["kube-system:*"]}, through: [pod]}', [nobody], 'allow'],
    ['a rule that lists another', '{as: {serviceAccounts: ["shop:*"]}}', [nobody], 'allow'],
    ['a rule about anybody', '{any: true}', [nobody], 'allow'],
    ['and somebody else', '{any: true}', [nobody, identity()], 'deny'],
    ['a rule that lists strong ones', '{as: {serviceAccounts: ["kube-system:*"]}, strong: true}', [nobody], 'allow'],
    [
      'a named account that is weak is somebody',
      '{as: {serviceAccounts: ["shop:*"]}}',
      [identity({ strong: false })],
      'deny',
    ],
  ])('%s', (_name, actsAs, gained, outcome) => {
    expect(decide(deny(actsAs), { ...create, gained }).outcome).toBe(outcome);
  });

  it.each<[string, string, readonly GainedIdentity[], Decision['outcome']]>([
    ['needs no permit', '{as: {serviceAccounts: ["shop:ci"]}}', [identity(), nobody], 'allow'],
    ['nor gives one', '{as: {serviceAccounts: ["kube-system:default"]}}', [nobody], 'deny'],
    ['nor by any', '{any: true}', [nobody], 'deny'],
  ])('it %s', (_name, actsAs, gained, outcome) => {
    const permit = document(`  - {id: r, effect: allow, match: {actsAs: ${actsAs}, resources: [pods]}}\n`);
    expect(engineOf({ 'p.yaml': permit }).decide(question({ ...create, gained })).outcome).toBe(outcome);
  });

  it('is spoken of by a rule that lists it, and by no other', () => {
    const gained = [identity(), nobody];
    const listing = '{as: {serviceAccounts: ["kube-system:*"]}}';
    expect(decide(deny(listing), { ...create, gained }).message).toBe(
      'as service account shop:ci; service account kube-system:default (rule p/r)',
    );
    expect(decide(deny('{any: true}'), { ...create, gained }).message).toBe('as service account shop:ci (rule p/r)');
    const plain = '  - {id: r, effect: deny, match: {resources: [pods]}, message: "as {{actsAs}}"}\n';
    expect(decide(plain, { ...create, gained: [nobody] }).message).toBe('as (nobody) (rule p/r)');
  });

  it('is not in the explanation of a rule that does not list it', () => {
    const rule = '  - {id: r, effect: deny, match: {actsAs: {as: {users: [eve]}}}}\n';
    const trace = decide(rule, { ...create, gained: [nobody] }).trace.find(({ rule: id }) => id === 'p/r');
    expect(trace).toMatchObject({ matched: false, dimension: 'actsAs', got: '(nobody)' });
  });

  it('leaves a rule open that lists it, until it was looked for', () => {
    const { evaluated: _, ...open } = create;
    expect(decide(deny('{as: {serviceAccounts: ["kube-system:*"]}}'), { ...open }).unresolved).toBe(true);
  });
});

describe('actsAs in a rule that permits', () => {
  const permit = (actsAs: string): string =>
    document(`  - {id: r, effect: allow, match: {actsAs: ${actsAs}, resources: [pods]}}\n`);
  it.each<[string, string, readonly GainedIdentity[], Decision['outcome']]>([
    ['each identity is listed', '{as: {serviceAccounts: ["shop:ci"]}}', [identity()], 'allow'],
    ['one is not', '{as: {serviceAccounts: ["shop:ci"]}}', [identity(), identity({ user: 'eve' })], 'deny'],
    ['one cannot be named', '{as: {users: ["*"]}}', [identity({ anyone: true })], 'deny'],
    ['any', '{any: true}', [identity({ anyone: true })], 'allow'],
    ['there is none', '{any: true}', [], 'deny'],
  ])('%s', (_name, actsAs, gained, outcome) => {
    const decision = engineOf({ 'p.yaml': permit(actsAs) }).decide(question({ ...create, gained }));
    expect(decision.outcome).toBe(outcome);
  });

  it('case 51: a bootstrap token only when each of its groups is listed too', () => {
    const groups = ['system:bootstrappers', 'system:bootstrappers:x'];
    const token = identity({ road: 'secret', user: 'system:bootstrap:abc123', groups });
    const decided = (listed: string) =>
      engineOf({ 'p.yaml': permit(`{as: {users: ["system:bootstrap:*"], groups: [${listed}]}}`) }).decide(
        question({ ...create, gained: [token] }),
      ).outcome;
    expect(decided('"system:bootstrappers"')).toBe('deny');
    expect(decided('"system:bootstrappers*"')).toBe('allow');
  });

  it('permits Impersonate-* as the impersonation block does, and not the request', () => {
    const rule = '  - {id: r, effect: allow, match: {actsAs: {as: {users: [eve]}}}}\n';
    expect(decide(rule, { impersonation: acting('eve') }).outcome).toBe('allow');
    expect(decide(rule, { impersonation: acting('eve', { uid: '1' }) }).outcome).toBe('deny');
    expect(engineOf({ 'p.yaml': document(rule) }).decide(question({ impersonation: acting('eve') })).outcome).toBe(
      'deny',
    );
  });

  it('permits no request, whatever the roads, where it names none', () => {
    const rule = document('  - {id: r, effect: allow, match: {actsAs: {any: true, through: [pod]}}}\n');
    const decision = engineOf({ 'p.yaml': rule }).decide(question({ ...create, gained: [identity()] }));
    expect(decision).toMatchObject({ outcome: 'deny', matchedRules: ['p/r'] });
  });

  it('does not permit Impersonate-* when it is about other roads', () => {
    const rule = '  - {id: r, effect: allow, match: {actsAs: {any: true, through: [pod]}}}\n';
    expect(decide(rule, { impersonation: acting('eve') }).outcome).toBe('deny');
    const both = { ...create, impersonation: acting('eve'), gained: [identity()] };
    expect(decide(rule, both)).toMatchObject({ outcome: 'deny', matchedRules: ['p/all', 'p/r'] });
  });
});

describe('a decision that waits for the body', () => {
  it.each<[string, string, Partial<PolicyQuestion>, boolean]>([
    ['a create of a pod', deny('{any: true}'), { verb: 'create', name: '' }, true],
    ['exec', deny('{any: true}'), { verb: 'create', resource: 'pods/exec' }, true],
    [
      'a create as somebody whom a rule permits already',
      '  - {id: r, effect: allow, match: {actsAs: {as: {users: [eve]}}}}\n',
      { verb: 'create', impersonation: acting('eve') },
      true,
    ],
    ['a read', deny('{any: true}'), { verb: 'get' }, false],
    ['a create that takes no road', deny('{any: true}'), { verb: 'create', resource: 'configmaps' }, false],
    ['a rule about other roads', deny('{any: true, through: [csr]}'), { verb: 'create' }, false],
    [
      'a rule about another namespace',
      '  - {id: r, effect: deny, match: {actsAs: {any: true}, namespaces: [vault]}}\n',
      { verb: 'create' },
      false,
    ],
    ['no such rule', '', { verb: 'create' }, false],
    [
      'one that is denied anyway',
      `${deny('{any: true}')}  - {id: d, effect: deny, match: {}}\n`,
      { verb: 'create' },
      false,
    ],
    ['one that was looked at', deny('{any: true}'), { verb: 'create', evaluated: true, gained: [] }, false],
  ])('%s', (_name, rules, given, unresolved) => {
    expect(decide(rules, given).unresolved).toBe(unresolved);
  });
});

describe('a rule about acting as another, before anything was looked at', () => {
  const eve = { verb: 'create', impersonation: acting('eve') };
  const permit = '  - {id: permit, effect: allow, match: {actsAs: {as: {users: [eve]}}}}\n';
  const ask =
    '  - {id: ask, effect: requireApproval, match: {actsAs: {as: {users: [eve]}}}, approval: {level: ownerConfirm}}\n';
  it.each<[string, string, Partial<PolicyQuestion>, Decision['outcome'], boolean]>([
    ['does not permit yet what it may not permit in the end', permit, eve, 'deny', true],
    ['nor by asking a person, who may not be let decide in the end', ask, eve, 'deny', true],
    ['lets a person decide once it is known', ask, { ...eve, evaluated: true }, 'requireApproval', false],
    ['permits it once nobody else was found', permit, { ...eve, evaluated: true }, 'allow', false],
    [
      'does not permit it where somebody else was',
      permit,
      { ...eve, evaluated: true, gained: [identity()] },
      'deny',
      false,
    ],
    ['denies at once whom it lists', deny('{any: true}') + permit, eve, 'deny', false],
    ['never permits who is not listed', permit, { verb: 'create', impersonation: acting('mallory') }, 'deny', false],
  ])('%s', (_name, rules, given, outcome, unresolved) => {
    expect(decide(rules, given)).toMatchObject({ outcome, unresolved });
  });
});

describe('case 45: a request that is two things at once', () => {
  const ask = (level: string): string =>
    `  - {id: ask, effect: requireApproval, match: {verbs: [create]}, approval: {level: ${level}}, message: ask}\n`;
  const both = (rules: string): Decision =>
    combineDecisions(decide(rules, { verb: 'patch' }), decide(rules, { verb: 'create' }));

  it.each([
    ['allowed as both', '', 'allow'],
    ['denied as one', '  - {id: d, effect: deny, match: {verbs: [create]}}\n', 'deny'],
    ['denied as the other', '  - {id: d, effect: deny, match: {verbs: [patch]}}\n', 'deny'],
    ['asked about as one', ask('ownerConfirm'), 'requireApproval'],
  ])('%s', (_name, rules, outcome) => {
    expect(both(rules).outcome).toBe(outcome);
  });

  it('is approved by the strictest', () => {
    const rules = `${ask('peer')}  - {id: other, effect: requireApproval, match: {verbs: [patch]}, approval: {level: ownerConfirm}, message: other}\n`;
    expect(both(rules)).toMatchObject({ message: 'other; ask', approval: { level: 'peer' } });
    expect(both(rules).matchedRules).toEqual(['p/all', 'p/other', 'p/ask']);
  });
});

describe('what is wrong with an actsAs block', () => {
  it.each([
    ['neither any nor as', '{through: [pod]}', /either any or as/],
    ['both', '{any: true, as: {users: [a]}}', /either any or as/],
    ['an unknown road', '{any: true, through: [tunnel]}', /must be of impersonation, token/],
    ['an unknown key', '{any: true, weak: true}', /"weak" is not a key/],
    ['an unknown set', '{as: $nobody}', /no set \$nobody/],
  ])('%s', (_name, actsAs, expected) => {
    const problems = problemsIn(document(deny(actsAs)));
    expect(problems.map(({ message }) => message).join('\n')).toMatch(expected);
  });

  it('it cannot stand inside not: what is not known yet leaves nothing out', () => {
    const rule = '  - {id: r, effect: deny, match: {verbs: [get], not: {actsAs: {any: true}}}}\n';
    expect(problemsIn(document(rule))[0]?.message).toMatch(/"actsAs" is not a key/);
  });
});
