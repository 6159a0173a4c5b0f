import { describe, expect, test } from 'vitest';
import { bodyDigest, type IntentDigestInput, intentDigest } from '../../../proxy/approvals/intent-digest.ts';
import { canonicalJson } from '../../../proxy/request/canonical-json.ts';

const base = {
  principal: { user: 'local:ada', groups: ['a', 'b'], session: { kind: 'inAppTerminal', id: 'one' } },
  cluster: 'prod',
  request: {
    method: 'POST',
    target: '/api/v1/namespaces/shop/pods?dryRun=All&fieldManager=kubectl',
    query: [
      ['dryRun', 'All'],
      ['fieldManager', 'kubectl'],
    ],
    impersonation: { user: 'eve', uid: '7', groups: ['x', 'y'], extra: new Map([['scopes', ['r', 'w']]]) },
    contentType: 'application/json',
  },
  verb: 'create',
  bodySha256: bodyDigest(Buffer.from('{}')),
  policyDigest: 'd'.repeat(64),
  revealKey: null,
} satisfies IntentDigestInput;

const { request, principal } = base;
const { impersonation } = request;
const query = (...pairs: Array<[string, string]>) => ({ ...base, request: { ...request, query: pairs } });
const acting = (change: object) => ({
  ...base,
  request: { ...request, impersonation: { ...impersonation, ...change } },
});

describe('the same digest', () => {
  test.each<[string, IntentDigestInput]>([
    [
      'another terminal of the same kind',
      { ...base, principal: { ...principal, session: { kind: 'inAppTerminal', id: 'two' } } },
    ],
    ['groups in another order', { ...base, principal: { ...principal, groups: ['b', 'a'] } }],
    ['query in another order', query(['fieldManager', 'kubectl'], ['dryRun', 'All'])],
    [
      'a timeout and pretty more',
      query(['timeout', '5s'], ['dryRun', 'All'], ['pretty', 'true'], ['fieldManager', 'kubectl']),
    ],
    ['impersonated groups in another order', acting({ groups: ['y', 'x'] })],
    ['impersonated extra in another order', acting({ extra: new Map([['scopes', ['w', 'r']]]) })],
  ])('%s', (_, input) => {
    expect(intentDigest(input)).toBe(intentDigest(base));
  });
});

describe('another digest', () => {
  test.each<[string, IntentDigestInput]>([
    ['another user', { ...base, principal: { ...principal, user: 'local:eve' } }],
    ['another group', { ...base, principal: { ...principal, groups: ['a'] } }],
    ['another kind of session', { ...base, principal: { ...principal, session: { kind: 'outside', id: 'one' } } }],
    ['another cluster', { ...base, cluster: 'test' }],
    ['another verb', { ...base, verb: 'reveal' }],
    ['another method', { ...base, request: { ...request, method: 'PUT' } }],
    [
      'another path',
      { ...base, request: { ...request, target: '/api/v1/namespaces/bank/pods?dryRun=All&fieldManager=kubectl' } },
    ],
    ['no dry run', query(['fieldManager', 'kubectl'])],
    ['one name twice, in the other order', query(['dryRun', ''], ['dryRun', 'All'], ['fieldManager', 'kubectl'])],
    ['another content type', { ...base, request: { ...request, contentType: 'application/yaml' } }],
    ['another body', { ...base, bodySha256: bodyDigest(Buffer.from('{ }')) }],
    ['with something found at the cluster', { ...base, evaluated: 'a'.repeat(64) }],
    ['another policy', { ...base, policyDigest: 'e'.repeat(64) }],
    ['another key to reveal', { ...base, revealKey: 'password' }],
    ['as nobody else', { ...base, request: { ...request, impersonation: null } }],
    ['as another user', acting({ user: 'mallory' })],
    ['as another uid', acting({ uid: '8' })],
    ['as one group fewer', acting({ groups: ['x'] })],
    ['as one group with a comma', acting({ groups: ['x,y'] })],
    ['with another extra', acting({ extra: new Map([['scopes', ['r']]]) })],
  ])('%s', (_, input) => {
    expect(intentDigest(input)).not.toBe(intentDigest(base));
  });

  test('something else found at the cluster, such as another object of the same name', () => {
    expect(intentDigest({ ...base, evaluated: 'a'.repeat(64) })).not.toBe(
      intentDigest({ ...base, evaluated: 'b'.repeat(64) }),
    );
  });

  test('values of one name in another order: the API server reads the first', () => {
    expect(intentDigest(query(['dryRun', ''], ['dryRun', 'All']))).not.toBe(
      intentDigest(query(['dryRun', 'All'], ['dryRun', ''])),
    );
  });
});

describe('canonical JSON', () => {
  test.each([
    [{ b: 1, a: [true, null, 'x'] }, '{"a":[true,null,"x"],"b":1}'],
    // RFC 8785, 3.2.3: by UTF-16 code units, so the surrogate pair comes before U+FB33.
    [
      { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [[333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0], '[333333333.3333333,1e+30,4.5,0.002,1e-27,0]'],
  ])('%j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  test('a number that JSON does not have is an error', () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow('JSON has no NaN');
  });
});
