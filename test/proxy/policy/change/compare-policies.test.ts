import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { comparePolicies } from '../../../../proxy/policy/change/compare-policies.ts';
import { resolvedRules } from '../../../../proxy/policy/change/resolved-rule.ts';
import { compilePolicies } from '../../../../proxy/policy/compile-policy.ts';
import { parsePolicyFile } from '../../../../proxy/policy/document/parse-policy.ts';
import { policyDocument } from '../../../../proxy/policy/document/policy-document.ts';
import { document } from '../policies.ts';

function rulesOf(text: string) {
  const { policies, problems } = parsePolicyFile('p.yaml', text);
  expect([...problems, ...compilePolicies(policies).problems]).toEqual([]);
  return resolvedRules(policies);
}

const change = (before: string, after: string) => comparePolicies(rulesOf(before), rulesOf(after));
const rules = (...lines: string[]) => document(lines.map((line) => `  - {${line}}\n`).join(''));
const withSet = (set: string, rule: string) => document(`  - {${rule}}\n`, `  sets: {s: ${set}}\n`);
const one = (effect: string, match: string, more = '') => rules(`id: a, effect: ${effect}, match: {${match}}${more}`);
const ask = (more = '', message = '') =>
  one('requireApproval', 'verbs: [get]', `, approval: {level: ownerConfirm${more}}${message}`);
const bound = (stream: string) => `id: b, effect: none, match: {}, obligations: {stream: {${stream}}}`;
const mask = (entry: string) => one('none', '', `, obligations: {mask: [{resource: secrets, ${entry}}]}`);
const asked = 'id: a, effect: requireApproval, match: {}, approval: {level: ownerConfirm, grantTTL: 10m}';
const NONE = rules('id: other, effect: allow, match: {}');
const withOther = (text: string) => `${text}  - {id: other, effect: allow, match: {}}\n`;

describe('case 63: what is taken at once', () => {
  it.each<[string, string, string]>([
    ['nothing', one('allow', 'verbs: [get]'), one('allow', 'verbs: get')],
    ['the order of a list', one('allow', 'verbs: [get, list]'), one('allow', 'verbs: [list, get]')],
    ['a deny more', NONE, withOther(one('deny', 'names: [x]'))],
    ['a deny of more', one('deny', 'namespaces: [shop]'), one('deny', 'namespaces: ["sh*"]')],
    ['a deny of everything', one('deny', 'namespaces: [shop], verbs: [get]'), one('deny', '')],
    ['a deny with a smaller exception', one('deny', 'not: {names: [a, b]}'), one('deny', 'not: {names: [a]}')],
    ['a deny without its exception', one('deny', 'not: {names: [a]}'), one('deny', '')],
    [
      'a deny of more roads',
      one('deny', 'actsAs: {any: true, strong: true, through: [pod]}'),
      one('deny', 'actsAs: {any: true}'),
    ],
    ['another message of a deny', one('deny', '', ', message: a'), one('deny', '', ', message: b')],
    ['an allow less', withOther(one('allow', '')), NONE],
    ['an allow of less', one('allow', 'resources: ["*/*"]'), one('allow', 'resources: [pods/exec]')],
    [
      'an allow with a dimension more',
      one('allow', 'verbs: [get]'),
      one('allow', 'verbs: [get], clusters: {labels: {env: test}}'),
    ],
    ['an allow with an exception more', one('allow', ''), one('allow', 'not: {namespaces: [vault]}')],
    [
      'an allow with a wider exception',
      one('allow', 'not: {names: [a]}'),
      one('allow', 'not: [{names: ["*"]}, {verbs: [get]}]'),
    ],
    ['an allow that becomes a question', one('allow', 'verbs: [get]'), ask()],
    ['an allow that becomes a deny', one('allow', 'verbs: [get]'), one('deny', 'verbs: [get]')],
    ['a question that becomes a deny', ask(), one('deny', 'verbs: [get, list]')],
    ['a stricter approval', ask(), ask(', reason: required, grantTTL: 1m, hold: 10s, requestTTL: 1m')],
    ['the approval of a peer', ask(), ask().replace('ownerConfirm', 'peer')],
    ['a mask more', NONE, withOther(mask('fields: ["data.*"]'))],
    ['a field kept no more', mask('fields: ["data.*"], keep: [data.a]'), mask('fields: ["data.*"]')],
    ['a recording', NONE, withOther(one('none', '', ', obligations: {record: {level: full, required: true}}'))],
    ['fewer ports', rules(bound('ports: ["80-90"]')), rules(bound('ports: [80, "85-90"], stdin: deny'))],
    [
      'warnings again',
      one('none', '', ', obligations: {warnings: off, stream: {stdin: deny}}'),
      one('none', '', ', obligations: {stream: {stdin: deny}}'),
    ],
    ['an end of streams that no grant outlasts', rules(asked), rules(asked, bound('maxDuration: 10m'))],
    [
      'a set of a deny that grows',
      withSet('[a]', 'id: a, effect: deny, match: {names: $s}'),
      withSet('[a, b]', 'id: a, effect: deny, match: {names: $s}'),
    ],
    [
      'a set of an exception of an allow that grows',
      withSet('[a]', 'id: a, effect: allow, match: {not: {names: $s}}'),
      withSet('[a, b]', 'id: a, effect: allow, match: {not: {names: $s}}'),
    ],
    ['a set put in its place', withSet('[a]', 'id: a, effect: allow, match: {names: $s}'), one('allow', 'names: [a]')],
  ])('%s', (_what, before, after) => {
    expect(change(before, after).flatMap(({ opens }) => opens)).toEqual([]);
  });
});

describe('case 63: what waits', () => {
  it.each<[string, string, string, string]>([
    ['an allow more', NONE, withOther(one('allow', 'names: [x]')), 'allows more'],
    ['an allow of more', one('allow', 'namespaces: ["sh*"]'), one('allow', 'namespaces: ["s*"]'), 'allows more'],
    ['an allow that overlaps', one('allow', 'namespaces: ["a*"]'), one('allow', 'namespaces: ["*a"]'), 'allows more'],
    ['an allow without a dimension', one('allow', 'names: ["*"]'), one('allow', ''), 'allows more'],
    [
      'an allow with paths beside its resources',
      one('allow', 'resources: [pods]'),
      one('allow', 'resources: [pods], nonResourceURLs: [/metrics]'),
      'allows more',
    ],
    [
      'an allow that gets subresources',
      one('allow', 'resources: ["*"]'),
      one('allow', 'resources: ["*", "*/exec"]'),
      'allows more',
    ],
    [
      'an allow of another group',
      one('allow', 'resources: [pods.example.com]'),
      one('allow', 'resources: [pods]'),
      'allows more',
    ],
    [
      'an allow of an identity that permits the request too',
      one('allow', 'impersonation: {any: true}'),
      one('allow', 'impersonation: {any: true}, resources: [pods]'),
      'allows more',
    ],
    [
      'an allow of a request that permits an identity too',
      one('allow', 'resources: [pods]'),
      one('allow', 'resources: [pods], impersonation: {any: true}'),
      'allows more',
    ],
    [
      'an identity by any UID',
      one('allow', 'impersonation: {any: true}'),
      one('allow', 'impersonation: {any: true, uids: ["*"]}'),
      'allows more',
    ],
    [
      'an allow of fewer roads, which may permit more',
      one('allow', 'resources: [pods], actsAs: {as: {users: [a]}, through: [token, pod]}'),
      one('allow', 'resources: [pods], actsAs: {as: {users: [a]}, through: [token]}'),
      'allows more',
    ],
    ['a question that lifts a deny by default', NONE, withOther(ask()), 'lets a person allow what was denied'],
    ['a deny less', withOther(one('deny', '')), NONE, 'denies less'],
    ['a deny of less', one('deny', 'verbs: ["*"]'), one('deny', 'verbs: [get, list, watch]'), 'denies less'],
    [
      'a deny with another exception',
      one('deny', 'not: {names: [a]}'),
      one('deny', 'not: {names: [b]}'),
      'denies less',
    ],
    [
      'a deny of anybody, which does not mean the default account',
      one('deny', 'actsAs: {as: {serviceAccounts: ["*"]}}'),
      one('deny', 'actsAs: {any: true}'),
      'denies less',
    ],
    [
      'a deny of strong identities only',
      one('deny', 'actsAs: {any: true}'),
      one('deny', 'actsAs: {any: true, strong: true}'),
      'denies less',
    ],
    ['a deny that becomes a question', one('deny', 'verbs: [get]'), ask(), 'denies less'],
    ['a deny under another id', one('deny', ''), one('deny', '').replace('id: a', 'id: b'), 'denies less'],
    [
      'a deny in a document of another name',
      one('deny', ''),
      one('deny', '').replace('name: p', 'name: q'),
      'denies less',
    ],
    ['a question less', withOther(ask()), NONE, 'asks a person for less'],
    ['a question that becomes an allow', ask(), one('allow', 'verbs: [get]'), 'asks a person for less'],
    ['a longer grant', ask(', grantTTL: 1m'), ask(), 'makes an approval easier'],
    ['no reason', ask(', reason: required'), ask(), 'makes an approval easier'],
    [
      'other words before a yes',
      ask('', ', message: deletes'),
      ask('', ', message: looks'),
      'tells the person who is asked something else',
    ],
    [
      'words before a yes where there were none',
      one('allow', 'verbs: [get]'),
      ask('', ', message: looks'),
      'tells the person who is asked something else',
    ],
    ['a mask less', withOther(mask('fields: ["data.*"]')), NONE, 'masks less'],
    ['a field kept', mask('fields: ["data.*"]'), mask('fields: ["data.*"], keep: [data.a]'), 'masks less'],
    [
      'a field given to a mask by patterns',
      mask('patterns: ["builtin:jwt"]'),
      mask('patterns: ["builtin:jwt"], fields: [data.a]'),
      'masks less',
    ],
    [
      'a pattern given to a mask of fields',
      mask('fields: ["data.*"]'),
      mask('fields: ["data.*"], patterns: ["builtin:jwt"]'),
      'masks less',
    ],
    [
      'a field given to a mask of copies',
      mask('annotations: [kubectl.kubernetes.io/last-applied-configuration]'),
      mask('annotations: [kubectl.kubernetes.io/last-applied-configuration], fields: [data.a]'),
      'masks less',
    ],
    [
      'tokens where all was the same text',
      mask('fields: ["data.*"], as: redact'),
      mask('fields: ["data.*"]'),
      'masks less',
    ],
    [
      'a text with a comma where there were two',
      mask('fields: [data.a, data.b], keep: ["data[\'x, data.y\']"]'),
      mask('fields: [data.a, data.b], keep: ["data[\'x\']", data.y]'),
      'masks less',
    ],
    [
      'less of a recording',
      one('none', '', ', obligations: {record: {level: full}}'),
      one('none', '', ', obligations: {record: {level: metadata}}'),
      'records less',
    ],
    [
      'what is typed',
      one('none', '', ', obligations: {record: {level: full}}'),
      one('none', '', ', obligations: {record: {level: full, input: on}}'),
      'changes whether what is typed is recorded',
    ],
    [
      'what is typed no more',
      one('none', '', ', obligations: {record: {level: full, input: on}}'),
      one('none', '', ', obligations: {record: {level: full}}'),
      'changes whether what is typed is recorded',
    ],
    ['more ports', rules(bound('ports: [80]')), rules(bound('ports: ["80-81"]')), 'limits streams less'],
    ['a longer stream', rules(bound('maxDuration: 1m')), rules(bound('maxDuration: 2m')), 'limits streams less'],
    [
      'a stream that outlasts its grant',
      rules(asked),
      rules(asked, bound('maxDuration: 11m')),
      'lets a stream that was confirmed outlast its grant',
    ],
    [
      'no warnings',
      NONE,
      withOther(one('none', '', ', obligations: {warnings: off}')),
      'takes the warnings of Gatehouse away',
    ],
    [
      'a set of a deny that shrinks',
      withSet('[a, b]', 'id: a, effect: deny, match: {names: $s}'),
      withSet('[a]', 'id: a, effect: deny, match: {names: $s}'),
      'denies less',
    ],
    [
      'a set of an exception of a deny that grows',
      withSet('[a]', 'id: a, effect: deny, match: {not: {names: $s}}'),
      withSet('[a, b]', 'id: a, effect: deny, match: {not: {names: $s}}'),
      'denies less',
    ],
  ])('%s', (_what, before, after, opens) => {
    expect(change(before, after).flatMap((rule) => rule.opens)).toContain(opens);
  });
});

it('tells what a set changes by each rule that refers to it', () => {
  const using = '  - {id: a, effect: deny, match: {names: $s}}\n  - {id: b, effect: allow, match: {names: $s}}\n';
  const found = change(document(using, '  sets: {s: [x]}\n'), document(using, '  sets: {s: [x, y]}\n'));
  expect(found).toEqual([
    {
      id: 'p/b',
      file: 'p.yaml',
      kind: 'changed',
      about: 'allows: names x, y',
      opens: ['allows more'],
      closes: [],
      differences: ['names: also y'],
    },
    {
      id: 'p/a',
      file: 'p.yaml',
      kind: 'changed',
      about: 'denies: names x, y',
      opens: [],
      closes: ['denies more'],
      differences: ['names: also y'],
    },
  ]);
});

it('tells what a rule does by its match, whatever its message says, and shows no character that hides others', () => {
  const [found] = change(NONE, withOther(one('allow', 'names: ["\\u202eprod"]', ', message: "allows: reads of pods"')));
  expect(found?.about).toBe('allows: names \\u202eprod; its message: "allows: reads of pods"');
});

it('knows every key of the format: one that is added must be compared before it is read', () => {
  const keys = new Set<string>();
  JSON.stringify(z.toJSONSchema(policyDocument, { io: 'output', unrepresentable: 'any' }), (key, value: unknown) => {
    if (key === 'properties') for (const name of Object.keys(value as object)) keys.add(name);
    return value;
  });
  expect([...keys].sort()).toEqual(
    [
      ...[
        'apiVersion',
        'kind',
        'metadata',
        'name',
        'owners',
        'spec',
        'mode',
        'defaults',
        'decision',
        'onError',
        'sets',
        'rules',
      ],
      ...['id', 'effect', 'match', 'approval', 'obligations', 'message', 'subjects', 'sessions', 'clusters', 'verbs'],
      ...['resources', 'nonResourceURLs', 'namespaces', 'names', 'impersonation', 'actsAs', 'not', 'users', 'groups'],
      ...['serviceAccounts', 'labels', 'any', 'as', 'uids', 'through', 'strong', 'level', 'requestTTL', 'grantTTL'],
      ...[
        'hold',
        'reason',
        'grant',
        'mask',
        'record',
        'stream',
        'warnings',
        'resource',
        'fields',
        'annotations',
        'keep',
      ],
      ...['patterns', 'required', 'input', 'stdin', 'ports', 'maxDuration'],
    ].sort(),
  );
});
