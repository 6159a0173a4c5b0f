import { describe, expect, test } from 'vitest';
import type { BuiltInPart, PartState, PolicyValue } from '../../model/policy-upgrade.ts';
import { count, offerInWords, partInWords } from '../../model/policy-upgrade-words.ts';
import { differences, ruleReach } from '../../model/rule-differences.ts';

const rule = (fields: { readonly [key: string]: PolicyValue }) => ({ id: 'r', effect: 'deny', match: {}, ...fields });

function part(fields: Partial<BuiltInPart>): BuiltInPart {
  return {
    id: 'never/r',
    kind: 'rule',
    state: 'old',
    file: 'never.yaml',
    inFolder: null,
    builtIn: rule({}),
    comment: '',
    needs: [],
    usedBy: [],
    available: true,
    offered: true,
    ...fields,
  };
}

describe('what a part does', () => {
  test.each<[value: PolicyValue, kind: 'rule' | 'set', words: string]>([
    [rule({ message: 'acting as {{actsAs}} is never allowed' }), 'rule', 'denies: "acting as … is never allowed"'],
    [rule({ effect: 'requireApproval', message: 'a token' }), 'rule', 'asks a person: "a token"'],
    [
      rule({
        effect: 'allow',
        match: { verbs: ['get', 'list'], resources: ['pods'], not: { namespaces: ['kube-system'] } },
      }),
      ...(['rule', 'allows: verbs get, list; resources pods; not {namespaces: [kube-system]}'] as const),
    ],
    [rule({ effect: 'allow', match: {} }), 'rule', 'allows: everything'],
    [
      rule({
        effect: 'none',
        match: { resources: ['secrets'] },
        obligations: { mask: [{ resource: 'secrets', fields: ['data.*'] }] },
      }),
      ...(['rule', 'masks data.*: resources secrets'] as const),
    ],
    [
      rule({
        effect: 'allow',
        match: { resources: ['pods/exec'] },
        obligations: { record: { level: 'full', input: 'off' }, stream: { ports: [80] }, warnings: 'off' },
      }),
      'rule',
      'allows, records level: full, input: off, bounds streams to ports: [80], takes the warnings of Gatehouse away: resources pods/exec',
    ],
    [
      rule({ effect: 'none', obligations: { mask: [{ resource: '*', patterns: ['builtin:credentials'] }] } }),
      ...(['rule', 'masks what looks like a credential: everything'] as const),
    ],
    [['get', 'list'], 'set', 'stands for get, list'],
    [{ users: ['a'], groups: ['b'] }, 'set', 'stands for users: [a], groups: [b]'],
  ])('%j', (builtIn, kind, words) => {
    expect(partInWords(part({ builtIn, kind, state: 'new' })).about).toBe(words);
  });
});

describe('in what two rules differ', () => {
  test.each<[what: string, before: PolicyValue, after: PolicyValue, words: string[]]>([
    ['nothing', rule({ match: { verbs: ['get', 'list'] } }), rule({ match: { verbs: ['list', 'get'] } }), []],
    ['a list of one and its entry', rule({ match: { verbs: 'get' } }), rule({ match: { verbs: ['get'] } }), []],
    [
      'an entry more',
      rule({ match: { verbs: ['get'] } }),
      rule({ match: { verbs: ['get', 'patch'] } }),
      ['verbs: also patch'],
    ],
    [
      'entries more and less',
      rule({ match: { actsAs: { through: ['pod', 'exec'] } } }),
      rule({ match: { actsAs: { through: ['pod', 'node'] } } }),
      ['actsAs.through: also node; without exec'],
    ],
    ['another effect', rule({ effect: 'allow' }), rule({}), ['effect: deny, was allow']],
    [
      'a dimension more',
      rule({}),
      rule({ match: { namespaces: ['shop'] } }),
      ['namespaces: shop, where it said nothing'],
    ],
    [
      'a dimension less',
      rule({ match: { impersonation: { any: true } } }),
      rule({}),
      ['impersonation.any: nothing, where it said true'],
    ],
    [
      'a block that is left out',
      rule({ match: { not: [{ verbs: ['get'] }] } }),
      rule({ match: { not: [{ verbs: ['get'] }, { names: ['x'] }] } }),
      ['not: also {names: [x]}'],
    ],
    [
      'an approval and a message',
      rule({ approval: { level: 'ownerConfirm' }, message: 'a' }),
      rule({ approval: { level: 'ownerConfirm', reason: 'required' }, message: 'b' }),
      ['approval.reason: required, where it said nothing', 'message: b, was a'],
    ],
  ])('%s', (_what, inFolder, builtIn, words) => {
    expect(partInWords(part({ inFolder, builtIn })).differences).toEqual(words);
  });

  test('sets differ by their entries', () => {
    expect(partInWords(part({ kind: 'set', inFolder: ['a'], builtIn: ['a', 'b'] })).differences).toEqual([
      'entries: also b',
    ]);
  });

  test('a kind of value for another is said', () => {
    expect(differences({ a: 'x' }, { a: { b: 'x' } })).toMatchObject([
      { path: 'a', added: ['{b: x}'], removed: ['x'] },
    ]);
  });
});

describe('what taking a rule over does', () => {
  const allow = (match: { readonly [key: string]: PolicyValue }) => rule({ effect: 'allow', match });
  const deny = (match: { readonly [key: string]: PolicyValue }) => rule({ effect: 'deny', match });

  test.each<[what: string, before: PolicyValue, after: PolicyValue, reach: string]>([
    ['a new deny', null, deny({}), 'closes'],
    ['a new allow', null, allow({}), 'opens'],
    ['a new question', null, rule({ effect: 'requireApproval' }), 'either'],
    ['a new mask', null, rule({ effect: 'none', obligations: { mask: [] } }), 'closes'],
    ['warnings taken away', null, rule({ effect: 'none', obligations: { warnings: 'off' } }), 'either'],
    ['an allow of more verbs', allow({ verbs: ['get'] }), allow({ verbs: ['get', 'list'] }), 'opens'],
    ['an allow of fewer verbs', allow({ verbs: ['get', 'list'] }), allow({ verbs: ['get'] }), 'closes'],
    ['a deny of more resources', deny({ resources: ['a'] }), deny({ resources: ['a', 'b'] }), 'closes'],
    ['a deny of fewer resources', deny({ resources: ['a', 'b'] }), deny({ resources: ['a'] }), 'opens'],
    ['other verbs', allow({ verbs: ['get'] }), allow({ verbs: ['list'] }), 'either'],
    [
      'more verbs of fewer resources',
      allow({ verbs: ['a'], resources: ['x', 'y'] }),
      allow({ verbs: ['a', 'b'], resources: ['x'] }),
      'either',
    ],
    ['an allow for one namespace', allow({ verbs: ['get'] }), allow({ verbs: ['get'], namespaces: ['a'] }), 'closes'],
    ['a deny for one namespace', deny({}), deny({ namespaces: ['a'] }), 'opens'],
    ['an allow for all namespaces', allow({ namespaces: ['a'] }), allow({}), 'opens'],
    [
      'paths beside resources',
      allow({ resources: ['a'] }),
      allow({ resources: ['a'], nonResourceURLs: ['/x'] }),
      'either',
    ],
    ['something left out of a deny', deny({ not: { names: ['a'] } }), deny({ not: { names: ['a', 'b'] } }), 'either'],
    [
      'users beside groups',
      deny({ subjects: { users: ['a'] } }),
      deny({ subjects: { users: ['a'], groups: ['b'] } }),
      'either',
    ],
    ['a deny that became an allow', deny({}), allow({}), 'either'],
    ['other words', rule({ message: 'a' }), rule({ message: 'b' }), 'same'],
  ])('%s', (_what, before, after, reach) => {
    expect(ruleReach(before, after)).toBe(reach);
  });
});

describe('how it stands', () => {
  test.each<[state: PartState, sign: string, words: RegExp]>([
    ['new', '+', /^new since/],
    ['old', '~', /as an earlier version did$/],
    ['absent', '-', /^not in your folder/],
    ['changed', '=', /^you changed it, so it is left alone/],
    ['moved', '=', /another document, in never\.yaml/],
    ['dropped', '*', /^built in no longer/],
    ['same', ' ', /^as in this version$/],
  ])('%s', (state, sign, words) => {
    const told = partInWords(part({ state, builtIn: state === 'dropped' ? null : rule({}), inFolder: rule({}) }));
    expect(told.sign).toBe(sign);
    expect(told.state).toMatch(words);
  });

  test('a set that a rule of a person refers to names the rule', () => {
    expect(partInWords(part({ kind: 'set', usedBy: ['never/mine'] })).state).toContain('never/mine, which is yours');
  });
});

describe('the offer', () => {
  const [lacks, older] = [part({ state: 'new' }), part({ state: 'old' })];
  test.each<[parts: BuiltInPart[], words: string | null]>([
    [[], null],
    [[part({ offered: false })], null],
    [[lacks], 'The built-in policy of this version has 1 rule that your folder lacks'],
    [
      [lacks, lacks, { ...lacks, kind: 'set' }],
      'The built-in policy of this version has 2 rules and 1 set that your folder lacks',
    ],
    [[older], 'The built-in policy of this version says 1 rule in another way than your folder'],
    [
      [lacks, older],
      'The built-in policy of this version has 1 rule that your folder lacks, and says 1 rule in another way than your folder',
    ],
  ])('of %#', (parts, words) => {
    expect(offerInWords(parts)).toBe(words);
  });

  test('counts rules and sets', () => {
    expect(count([{ kind: 'set' }, { kind: 'rule' }, { kind: 'set' }])).toBe('1 rule and 2 sets');
  });
});
