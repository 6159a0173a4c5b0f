import { describe, expect, it } from 'vitest';
import { identities } from '../../../../proxy/evaluation/act-as/identities.ts';
import type { AccountStrength, SecretToken, Sight, Strength } from '../../../../proxy/evaluation/look/sight.ts';
import { policyQuestion } from '../../../../proxy/policy/policy-question.ts';
import { LOCAL } from '../../policy/policies.ts';
import { APPLY, JSON_PATCH, MERGE, parsed, read } from '../requests.ts';

const POD = '/api/v1/namespaces/shop/pods/p';
const CI = { spec: { serviceAccountName: 'ci' } };
const PODS = '/api/v1/namespaces/shop/pods';
const PLAIN = { spec: { containers: [{ name: 'c', image: 'a' }] } };
const TAKING = { spec: { ...PLAIN.spec, volumes: [{ name: 't', secret: { secretName: 'ci-token' } }] } };
const BINDING = '/apis/rbac.authorization.k8s.io/v1/namespaces/shop/rolebindings/b';
const BOUND = { roleRef: { kind: 'Role', name: 'r' }, subjects: [{ kind: 'User', name: 'eve' }] };

function never(): never {
  throw new Error('Nobody should ask');
}

const NOTHING: Sight = {
  ...{ live: 'read', before: null, after: null, base: null },
  ...{ boundRole: never, aggregators: never, strengthOf: never, tokensIn: never },
};

function plan(line: string, body: unknown, ...headers: string[]) {
  const request = read(line, ...headers);
  const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
  return { question, reading: identities.plan({ question, request, said: body === null ? null : parsed(body) }) };
}

/** Whom the request would act as, and whether strong, by what is seen. */
async function found(line: string, body: unknown, sight: Partial<Sight>, ...headers: string[]) {
  const { question, reading } = plan(line, body, ...headers);
  const read = await reading?.read(question, { ...NOTHING, ...sight });
  return (read?.gained ?? []).map(
    ({ says, strong, incidental = false }) =>
      `${says}: ${strong ? 'strong' : 'weak'}${incidental ? ', nobody in particular' : ''}`,
  );
}

/** Those who count for a rule that lists nobody. */
async function somebody(...asked: Parameters<typeof found>) {
  return (await found(...asked)).filter((said) => !said.endsWith(', nobody in particular'));
}

const being = (strength: Strength, because = '') => ({
  strengthOf: (): Promise<AccountStrength> => Promise.resolve({ strength, because }),
});

describe('what has to be seen to find whom a request would act as', () => {
  it.each<[string, string, unknown, string[], boolean | null]>([
    ['nothing, for words that lead nowhere', `PATCH ${POD}`, { metadata: {} }, [MERGE], null],
    ['the result, for a write that names an account', `PATCH ${POD}`, CI, [MERGE], true],
    ['nothing, for a new workload that names no account', `POST ${PODS}`, PLAIN, [], false],
    ['nothing, for a new one that takes a Secret', `POST ${PODS}`, TAKING, [], false],
    ['the result, for another image', `PATCH ${POD}`, PLAIN, [MERGE], true],
    [
      'nothing, for a container put into it that brings no more',
      `PATCH ${POD}/ephemeralcontainers`,
      {},
      [MERGE],
      false,
    ],
    ['the pod alone, for a way into it', `POST ${POD}/exec?command=id`, null, [], false],
    ['the result too, for a container put into it', `PATCH ${POD}/ephemeralcontainers`, null, [MERGE], true],
  ])('%s', (_name, line, body, headers, rehearsal) => {
    expect(plan(line, body, ...headers).reading?.looks.rehearsal ?? null).toBe(rehearsal);
  });
});

describe('case 52: what a write is bound to the version of, because its words do not tell what it takes away', () => {
  const STRATEGIC = 'Content-Type: application/strategic-merge-patch+json';
  const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/d';
  const retaining = { spec: { template: { spec: { $retainKeys: ['containers'] } } } };
  const code = { spec: { template: { spec: { containers: [{ name: 'c', image: 'b' }] } } } };
  it.each<[string, string, unknown, string[], boolean]>([
    ['what is not listed as staying', `PATCH ${DEPLOYMENT}`, retaining, [STRATEGIC], true],
    ['what an apply leaves out', `PATCH ${DEPLOYMENT}?fieldManager=t`, {}, [APPLY], true],
    ['what a whole object leaves out', `PUT ${DEPLOYMENT}`, code, [], true],
    [
      'a token that may be there already',
      `PATCH ${DEPLOYMENT}`,
      { spec: { template: { spec: { automountServiceAccountToken: true } } } },
      [STRATEGIC],
      true,
    ],
    [
      'the same in a pointer',
      `PATCH ${DEPLOYMENT}`,
      [{ op: 'add', path: '/spec/template/spec/automountServiceAccountToken', value: true }],
      [JSON_PATCH],
      true,
    ],
    ['what is moved elsewhere', `PATCH ${DEPLOYMENT}`, [{ op: 'move', from: '/a', path: '/b' }], [JSON_PATCH], true],
    ['but no image, which is that image whatever is there', `PATCH ${DEPLOYMENT}`, code, [STRATEGIC], false],
    ['nor a container put into a pod that is there', `PUT ${POD}/ephemeralcontainers`, {}, [], false],
  ])('%s', (_name, line, body, headers, exact) => {
    expect(plan(line, body, ...headers).reading?.looks.exact).toBe(exact);
  });
});

describe('whom a request would act as, by what was seen', () => {
  it.each<[Strength, string[]]>([
    ['yes', ['service account shop:ci, as which its pods would run: strong']],
    ['no', ['service account shop:ci, as which its pods would run: weak']],
    ['not-told', ['service account shop:ci, as which its pods would run: strong']],
    ['no-answer', ['service account shop:ci, as which its pods would run: strong']],
  ])('an account of which the API server says "%s"', async (strength, expected) => {
    expect(await found(`PATCH ${POD}`, CI, { after: CI, ...being(strength) }, MERGE)).toEqual(expected);
  });

  it.each<[Strength, string]>([
    ['yes', 'strong'],
    ['no', 'weak, nobody in particular'],
    ['not-told', 'weak, nobody in particular'],
    ['no-answer', 'strong'],
  ])('case 57: the default account of a pod, of which it says "%s", stays', async (strength, expected) => {
    const into = `POST ${POD}/exec?command=id`;
    expect(await found(into, null, { before: { spec: {} }, ...being(strength) })).toEqual([
      `service account shop:default, as which pod p runs: ${expected}`,
    ]);
  });

  it('with the rights that make it strong', async () => {
    const seen = { after: CI, ...being('yes', 'reads secrets, makes pods in ci') };
    expect(await found(`PATCH ${POD}`, CI, seen, MERGE)).toEqual([
      'service account shop:ci, as which its pods would run (it reads secrets, makes pods in ci): strong',
    ]);
  });

  it('anybody in a pod that may not be read', async () => {
    const into = `POST ${POD}/exec?command=id`;
    expect(await found(into, null, { live: 'unreadable' })).toEqual([expect.stringContaining('could not be read')]);
  });

  it('the node too, through a privileged pod, but not by a forwarded port', async () => {
    const spec = { automountServiceAccountToken: false, containers: [{ securityContext: { privileged: true } }] };
    const seen = { before: { spec } };
    expect(await found(`POST ${POD}/exec?command=id`, null, seen)).toEqual([
      expect.stringContaining('root on the node'),
    ]);
    expect(await found(`POST ${POD}/portforward`, null, seen)).toEqual([]);
  });

  it('anybody by each road, where the write could not be rehearsed', async () => {
    expect(await found(`PATCH ${POD}`, CI, { after: null }, MERGE)).toEqual([
      expect.stringContaining('cannot be told'),
    ]);
  });

  it('what the role of a binding holds, which is looked at for bindings alone', async () => {
    const role = { rules: [{ apiGroups: [''], verbs: ['get'], resources: ['secrets'] }] };
    const says = await found(`PUT ${BINDING}`, BOUND, { after: BOUND, boundRole: () => Promise.resolve(role) });
    expect(says).toEqual(['the role r (reads secrets), for user eve: strong']);
  });

  it('case 54: which roles take in the rights of one, which is looked at for ClusterRoles alone', async () => {
    const line = 'PATCH /apis/rbac.authorization.k8s.io/v1/clusterroles/r';
    const role = (labels: object) => ({
      metadata: { name: 'r', labels },
      rules: [{ apiGroups: [''], verbs: ['get'], resources: ['secrets'] }],
    });
    const ops = {
      metadata: { name: 'ops' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { for: 'ops' } }] },
    };
    const seen = { before: role({}), after: role({ for: 'ops' }), aggregators: () => Promise.resolve([ops]) };
    expect(await found(line, { metadata: { labels: { for: 'ops' } } }, seen, MERGE)).toEqual([
      'others, for whoever holds the role r (aggregated to ops): strong',
    ]);
  });

  it.each<[Strength, number]>([
    ['yes', 1],
    ['no', 0],
    ['not-told', 0],
    ['no-answer', 1],
  ])('the default account of a new pod that names none, of which it says "%s"', async (strength, count) => {
    expect(await somebody(`POST ${PODS}`, PLAIN, being(strength))).toHaveLength(count);
  });

  const tokens = (...held: Array<[string, SecretToken]>) => ({ tokensIn: async () => new Map(held) });
  const ofCi = (more: Partial<Sight>) => ({ ...being('yes'), ...tokens(['ci-token', { account: 'ci' }]), ...more });
  const ci = (how: string) => `service account shop:ci, ${how}: strong`;

  it('case 53: whose token a Secret holds that a new pod takes', async () => {
    expect(await somebody(`POST ${PODS}`, TAKING, ofCi({ ...being('yes') }))).toEqual([
      'service account shop:default, as which its pods would run: strong',
      ci('whose token is in the Secret ci-token'),
    ]);
  });

  it('case 53: the same for whoever gets into a pod that has it, or chooses what runs there', async () => {
    const before = { spec: { ...TAKING.spec, serviceAccountName: 'weak' } };
    const after = { spec: { ...before.spec, containers: [{ name: 'c', image: 'b' }] } };
    const gained = ci('whose token is in the Secret ci-token');
    expect(await somebody(`POST ${POD}/exec?command=id`, null, ofCi({ before }))).toContain(gained);
    expect(await somebody(`PATCH ${POD}/ephemeralcontainers`, {}, ofCi({ before }), MERGE)).toContain(gained);
    expect(await somebody(`PATCH ${POD}`, PLAIN, ofCi({ before, after }), MERGE)).toContain(gained);
    expect(await somebody(`PATCH ${POD}`, PLAIN, ofCi({ before, after: before }), MERGE)).toEqual([]);
  });

  it('case 53: once, where the pod runs as that account anyway', async () => {
    const before = { spec: { ...TAKING.spec, serviceAccountName: 'ci' } };
    expect(await somebody(`POST ${POD}/exec?command=id`, null, ofCi({ before }))).toEqual([ci('as which pod p runs')]);
  });

  it.each<[string, string, SecretToken, string[]]>([
    ['it holds none', 'a', 'none', []],
    ['nobody may read it, and it has a name like any other', 'github-token', 'forbidden', []],
    [
      'nobody may read it, and it has the name of a token’s Secret',
      'ci-token-x7k2p',
      'forbidden',
      [ci('whose token is in the Secret ci-token-x7k2p')],
    ],
    [
      'nobody answers',
      'a',
      'no-answer',
      ['whomever the token in the Secret a is for, which could not be read: strong'],
    ],
  ])('case 53: a Secret of which it is said that %s', async (_what, name, token, expected) => {
    const said = { spec: { ...PLAIN.spec, volumes: [{ secret: { secretName: name } }] } };
    const { tokensIn } = tokens([name, token]);
    const strengthOf: Sight['strengthOf'] = async ({ name: account }) => ({
      strength: account === 'default' ? 'no' : 'yes',
      because: '',
    });
    expect(await somebody(`POST ${PODS}`, said, { strengthOf, tokensIn })).toEqual(expected);
  });

  it('case 53: a bootstrap token by its name, where the API server looks for them', async () => {
    const said = { spec: { containers: [{ envFrom: [{ secretRef: { name: 'bootstrap-token-abc123' } }] }] } };
    expect(await somebody('POST /api/v1/namespaces/kube-system/pods', said, being('no'))).toEqual([
      'whoever signs in by the bootstrap token in the Secret bootstrap-token-abc123: strong',
    ]);
  });

  it('case 52: by another image, whom the pod runs as, though nobody would rehearse it', async () => {
    const before = { spec: { serviceAccountName: 'ci', containers: [{ name: 'c', image: 'a' }] } };
    const said = await somebody(`PATCH ${POD}`, PLAIN, { before, after: null, ...being('yes') }, MERGE);
    expect(said).toEqual([ci('as which what is changed would run (whatever it says)')]);
    const weak = await somebody(
      `PATCH ${POD}`,
      PLAIN,
      { before: { spec: PLAIN.spec }, after: null, ...being('no') },
      MERGE,
    );
    expect(weak).toEqual([]);
  });

  it('beside whom the URL tells already', async () => {
    const { question, reading } = plan(`PATCH ${POD}`, CI, MERGE);
    const known = { road: 'token', user: 'k', groups: [], anyone: false, strong: true, says: 'known' } as const;
    const after = await reading?.read({ ...question, gained: [known] }, { ...NOTHING, after: CI, ...being('no') });
    expect(after?.gained?.map(({ road }) => road)).toEqual(['token', 'pod']);
  });
});
