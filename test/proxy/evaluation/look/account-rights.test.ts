import { afterEach, describe, expect, it, vi } from 'vitest';
import { AccountRights } from '../../../../proxy/evaluation/look/account-rights.ts';
import { TELLING_QUESTIONS } from '../../../../proxy/evaluation/rights/review-questions.ts';
import { Probe } from '../../../../proxy/forward/probe.ts';
import type { UpstreamRequest } from '../../../../proxy/forward/upstream.ts';
import { read } from '../requests.ts';
import { type Answering, cluster, upstreamOf } from '../upstreams.ts';

const request = read('GET /api/v1/namespaces/shop/pods/p', 'Impersonate-User: eve');
const CI = { namespace: 'shop', name: 'ci' };
const API = '/apis/rbac.authorization.k8s.io/v1';
const REVIEWS = (namespace: string): string =>
  `/apis/authorization.k8s.io/v1/namespaces/${namespace}/localsubjectaccessreviews`;

const OWN_RULES = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

function probing(answering: Answering, asked: UpstreamRequest[] = []): Probe {
  return new Probe(upstreamOf(answering, asked), cluster, new AbortController().signal);
}

function asking(rights: AccountRights, answering: Answering, asked: UpstreamRequest[] = [], about = request) {
  return (account = CI) => rights.strengthOf(account, probing(answering, asked), about);
}

interface Objects {
  /** Names of ClusterRoles bound to the account, by namespace; empty for the whole cluster. */
  readonly bound?: Readonly<Record<string, readonly string[]>>;
  readonly roles?: Readonly<Record<string, object>>;
}

const roleOf = (verb: string, resource: string, apiGroup = '') => ({
  rules: [{ apiGroups: [apiGroup], verbs: [verb], resources: [resource] }],
});

/** An API server that lists bindings, and says no to every review but those for which `says` is true. */
const listing =
  ({ bound = {}, roles = {} }: Objects, says: (about: Record<string, string>) => boolean = () => false): Answering =>
  ({ target, body }) => {
    const [path = ''] = target.split('?');
    if (path.endsWith('reviews')) return [201, { status: { allowed: says(aboutIn(body)) } }];
    if (path === `${API}/clusterrolebindings` || path === `${API}/rolebindings`) {
      const isWide = path.endsWith('clusterrolebindings');
      const items = Object.entries(bound).flatMap(([namespace, names]) =>
        (namespace === '') === isWide ? names.map((name) => bindingOf(namespace, name)) : [],
      );
      return [200, { kind: 'RoleBindingList', metadata: {}, items }];
    }
    const role = roles[path.slice(path.lastIndexOf('/') + 1)];
    return role === undefined ? [404, {}] : [200, role];
  };

function bindingOf(namespace: string, name: string) {
  return {
    metadata: { name, ...(namespace === '' ? {} : { namespace }) },
    roleRef: { kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', ...CI }],
  };
}

/** An API server that lets nobody list, and answers reviews. */
const reviewing =
  (says: (about: Record<string, string>) => boolean): Answering =>
  ({ target, body }) =>
    target.endsWith('reviews') ? [201, { status: { allowed: says(aboutIn(body)) } }] : [403, {}];

function aboutIn(body: UpstreamRequest['body']): Record<string, string> {
  return (JSON.parse(String(body)) as { spec: { resourceAttributes: Record<string, string> } }).spec.resourceAttributes;
}

const isAbout =
  (verb: string, resource: string, namespace = 'shop') =>
  (about: Record<string, string>) =>
    about['verb'] === verb &&
    about['resource'] === resource &&
    about['subresource'] === '' &&
    about['namespace'] === namespace;

describe('how much a service account may do, by the bindings of the cluster', () => {
  it.each<[string, Objects, string, string]>([
    ['nothing is bound', {}, 'no', ''],
    ['what does not lead further', { bound: { shop: ['r'] }, roles: { r: roleOf('get', 'pods') } }, 'no', ''],
    [
      'case 54: in its namespace',
      { bound: { shop: ['r'] }, roles: { r: roleOf('list', 'secrets') } },
      'yes',
      'reads secrets',
    ],
    [
      'case 54: in another namespace',
      { bound: { ci: ['r'] }, roles: { r: roleOf('patch', 'deployments', 'apps') } },
      'yes',
      'makes pods in ci',
    ],
    [
      'everywhere',
      { bound: { '': ['r'] }, roles: { r: roleOf('watch', 'secrets') } },
      'yes',
      'reads secrets everywhere',
    ],
    ['a role that is gone', { bound: { shop: ['r'] } }, 'no', ''],
    [
      'an aggregated role without rules yet',
      { bound: { ci: ['r'] }, roles: { r: { aggregationRule: { clusterRoleSelectors: [{}] } } } },
      'yes',
      'holds the role r, whose rights are those of others, in ci',
    ],
  ])('%s', async (_name, objects, strength, because) => {
    expect(await asking(new AccountRights(), listing(objects))()).toEqual({ strength, because });
  });

  it('a role that may not be read may hold anything', async () => {
    const list = listing({ bound: { ci: ['r'] } });
    const answering: Answering = (asked) => (asked.target.includes('/clusterroles/') ? [403, {}] : list(asked));
    expect(await asking(new AccountRights(), answering)()).toEqual({
      strength: 'yes',
      because: 'holds the role r, which could not be read, in ci',
    });
  });

  it.each<[string, object, string]>([
    ['a token', { metadata: { annotations: { 'kubernetes.io/service-account.name': 'admin' } } }, 'yes'],
    ['none', { metadata: { annotations: {} } }, 'no'],
  ])('a Secret that a role names is looked at, without its values: %s', async (_name, secret, strength) => {
    const named = { rules: [{ apiGroups: [''], verbs: ['get'], resources: ['secrets'], resourceNames: ['t'] }] };
    const list = listing({ bound: { ci: ['r'] }, roles: { r: named } });
    const asked: UpstreamRequest[] = [];
    const answering: Answering = (about) =>
      about.target === '/api/v1/namespaces/ci/secrets/t' ? [200, secret] : list(about);
    expect(await asking(new AccountRights(), answering, asked)()).toMatchObject({ strength });
    const read = asked.find(({ target }) => target.endsWith('/secrets/t'));
    expect(read?.headers.find(([name]) => name === 'Accept')?.[1]).toMatch(/as=PartialObjectMetadata/);
  });

  it('a Secret that the gateway may not read counts as none', async () => {
    const named = { rules: [{ apiGroups: [''], verbs: ['get'], resources: ['secrets'], resourceNames: ['t'] }] };
    const list = listing({ bound: { ci: ['r'] }, roles: { r: named } });
    const answering: Answering = (about) => (about.target.endsWith('/secrets/t') ? [403, {}] : list(about));
    expect(await asking(new AccountRights(), answering)()).toMatchObject({ strength: 'no' });
  });

  it('others than RBAC may say yes, so a few questions are asked', async () => {
    const asked: UpstreamRequest[] = [];
    const strengthOf = asking(new AccountRights(), listing({}, isAbout('create', 'pods')), asked);
    expect(await strengthOf()).toEqual({ strength: 'yes', because: 'makes pods' });
    expect(TELLING_QUESTIONS.length).toBeLessThan(12);
    const none: UpstreamRequest[] = [];
    await asking(new AccountRights(), listing({}), none)();
    expect(none.filter(({ target }) => target.endsWith('reviews'))).toHaveLength(TELLING_QUESTIONS.length);
  });

  it('reads as the gateway itself, page by page, and each role once', async () => {
    const asked: UpstreamRequest[] = [];
    const list = listing({ bound: { a: ['r'], b: ['r'] }, roles: { r: roleOf('get', 'pods') } });
    const answering: Answering = (about) => {
      const [status, object] = list(about);
      const isFirst = about.target.startsWith(`${API}/rolebindings`) && !about.target.includes('continue');
      return isFirst ? [200, { kind: 'List', metadata: { continue: 'n=2' }, items: [] }] : [status, object];
    };
    expect(await asking(new AccountRights(), answering, asked)()).toMatchObject({ strength: 'no' });
    const targets = asked.map(({ target }) => target).filter((target) => target.startsWith(API));
    expect(targets).toContain(`${API}/rolebindings?limit=500&continue=n%3D2`);
    expect(targets.filter((target) => target === `${API}/clusterroles/r`)).toHaveLength(1);
    expect(asked.flatMap(({ headers }) => headers.map(([name]) => name))).not.toContain('Impersonate-User');
  });
});

describe('how much a service account may do, where bindings may not be listed', () => {
  it.each<[string, string, Answering]>([
    ['one right that leads further', 'yes', reviewing(isAbout('get', 'secrets'))],
    ['case 54: another of them', 'yes', reviewing(isAbout('list', 'secrets'))],
    ['case 54: of the many ways to make pods', 'yes', reviewing(isAbout('patch', 'cronjobs'))],
    ['the last of them', 'yes', reviewing(isAbout('create', 'persistentvolumes'))],
    ['none of them', 'no', reviewing(isAbout('get', 'pods'))],
    ['nothing that it would tell', 'not-told', () => [403, {}]],
    ['lists that are none', 'no', (asked) => (asked.target.endsWith('reviews') ? [201, {}] : [200, {}])],
  ])('%s: %s', async (_name, strength, answering) => {
    expect(await asking(new AccountRights(), answering)()).toMatchObject({ strength });
  });

  it('is asked about the account in its namespace and in that of the request, a few at a time', async () => {
    const asked: UpstreamRequest[] = [];
    const elsewhere = read('POST /api/v1/namespaces/other/pods');
    const strengthOf = asking(new AccountRights(), reviewing(isAbout('get', 'secrets', 'other')), asked, elsewhere);
    expect(await strengthOf()).toEqual({ strength: 'yes', because: 'reads secrets in other' });
    const reviews = asked.filter(({ target }) => target.endsWith('reviews'));
    expect(new Set(reviews.map(({ target }) => target))).toEqual(new Set([REVIEWS('shop'), REVIEWS('other')]));
    expect(JSON.parse(String(reviews[0]?.body))).toMatchObject({ spec: { user: 'system:serviceaccount:shop:ci' } });
  });

  it('costs four questions where nothing is told', async () => {
    const asked: UpstreamRequest[] = [];
    await asking(new AccountRights(), () => [403, {}], asked)();
    expect(asked.map(({ target }) => target.split('?')[0])).toEqual([
      `${API}/clusterrolebindings`,
      `${API}/rolebindings`,
      REVIEWS('shop'),
      OWN_RULES,
    ]);
  });

  it.each<[string, object[], string, string]>([
    ['nothing', [], 'no', ''],
    ['nothing that leads further', roleOf('get', 'pods').rules, 'no', ''],
    ['what leads further', roleOf('list', 'secrets').rules, 'yes', 'reads secrets'],
    ['what is for the whole cluster', roleOf('create', 'nodes/proxy').rules, 'yes', 'uses the proxy of the API server'],
    ['what leads further elsewhere', roleOf('update', 'configmaps').rules, 'no', ''],
    [
      'a Secret by name that holds no token',
      [{ apiGroups: [''], verbs: ['get'], resources: ['secrets'], resourceNames: ['t'] }],
      'no',
      '',
    ],
  ])('the account itself is asked by who may act as it, and says %s', async (_what, rules, strength, because) => {
    const asked: UpstreamRequest[] = [];
    const answering: Answering = ({ target }) =>
      target === OWN_RULES ? [201, { status: { resourceRules: rules, incomplete: true } }] : [403, {}];
    expect(await asking(new AccountRights(), answering, asked)()).toEqual({ strength, because });
    const own = asked.filter(({ headers }) => headers.some(([name]) => name === 'Impersonate-User'));
    expect(own.map(({ target, body }) => [target, JSON.parse(String(body)).spec])).toEqual([
      [OWN_RULES, { namespace: 'shop' }],
    ]);
    expect(own[0]?.headers).toContainEqual(['Impersonate-User', 'system:serviceaccount:shop:ci']);
  });

  it('what may be listed counts, beside what is told', async () => {
    const list = listing({ bound: { '': ['r'] }, roles: { r: roleOf('bind', 'roles', 'rbac.authorization.k8s.io') } });
    const answering: Answering = (asked) => (/\/rolebindings|reviews/.test(asked.target) ? [403, {}] : list(asked));
    expect(await asking(new AccountRights(), answering)()).toEqual({
      strength: 'yes',
      because: 'hands out rights everywhere',
    });
  });
});

describe('what is remembered of it', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('each account once, and the bindings for all of them, by those too who ask at the same time', async () => {
    const asked: UpstreamRequest[] = [];
    const strengthOf = asking(new AccountRights(), listing({}), asked);
    const lists = (): number => asked.filter(({ target }) => target.startsWith(API)).length;
    await Promise.all([strengthOf(), strengthOf(), strengthOf({ ...CI, name: 'other' })]);
    expect([lists(), asked.length]).toEqual([2, 2 + 2 * TELLING_QUESTIONS.length]);
    await strengthOf();
    expect(asked).toHaveLength(2 + 2 * TELLING_QUESTIONS.length);
  });

  it('is asked anew after half a minute', async () => {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const rights = new AccountRights();
    expect(await asking(rights, listing({}))()).toMatchObject({ strength: 'no' });
    const more = listing({ bound: { '': ['r'] }, roles: { r: roleOf('get', 'secrets') } });
    now = 29_000;
    expect(await asking(rights, more)()).toMatchObject({ strength: 'no' });
    now = 31_000;
    expect(await asking(rights, more)()).toMatchObject({ strength: 'yes' });
  });

  it('is asked anew once rights were changed', async () => {
    const rights = new AccountRights();
    expect(await asking(rights, listing({}))()).toMatchObject({ strength: 'no' });
    rights.forget(cluster);
    const more = listing({ bound: { '': ['r'] }, roles: { r: roleOf('get', 'secrets') } });
    expect(await asking(rights, more)()).toMatchObject({ strength: 'yes' });
  });

  it('is asked again after a failure, which is no answer', async () => {
    const rights = new AccountRights();
    const failing = asking(rights, () => {
      throw new Error('gone');
    });
    await expect(failing()).rejects.toThrow();
    expect(await asking(rights, reviewing(isAbout('get', 'secrets')))()).toMatchObject({ strength: 'yes' });
  });
});

describe('a cluster that does not answer', () => {
  afterEach(() => void vi.useRealTimers());

  it.each<[string, (target: string) => boolean]>([
    ['when its bindings are listed', (target) => target.includes('bindings')],
    ['when a role is read', (target) => target.includes('/clusterroles/')],
    ['when it is asked for a review', (target) => target.endsWith('reviews')],
  ])('is waited for ten seconds, by all who ask meanwhile, %s', async (_name, hangs) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const answers = upstreamOf(listing({ bound: { '': ['r'] }, roles: { r: roleOf('get', 'pods') } }));
    const upstream = {
      ...answers,
      request: (...given: Parameters<typeof answers.request>) =>
        hangs(given[2].target) ? new Promise<never>(() => undefined) : answers.request(...given),
    };
    const rights = new AccountRights();
    const probe = new Probe(upstream, cluster, new AbortController().signal);
    const asking = ['ci', 'other'].map((name) => rights.strengthOf({ ...CI, name }, probe, request));
    await vi.advanceTimersByTimeAsync(9_999);
    const early = await Promise.race([asking[0], Promise.resolve('waits')]);
    expect(early).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    expect((await asking[0])?.strength).toBe('no-answer');
    expect(await rights.strengthOf(CI, probe, request)).toEqual({ strength: 'no-answer', because: '' });
  });
});

describe('a cluster that has no answer', () => {
  const named = { rules: [{ apiGroups: [''], verbs: ['get'], resources: ['secrets'], resourceNames: ['t'] }] };
  it.each<[string, number, (target: string) => boolean]>([
    ['when its bindings are listed', 429, (target) => target.startsWith(`${API}/rolebindings`)],
    ['when a role is read', 500, (target) => target.includes('/clusterroles/')],
    ['when a Secret is looked at that a role names', 503, (target) => target.endsWith('/secrets/t')],
    ['when it is asked for a review', 429, (target) => target.endsWith('reviews')],
  ])('is no cluster that says no, %s, and is asked again', async (_what, status, fails) => {
    const list = listing({ bound: { '': ['r'] }, roles: { r: named } });
    let isBusy = true;
    const answering: Answering = (about) => (isBusy && fails(about.target) ? [status, {}] : list(about));
    const strengthOf = asking(new AccountRights(), answering);
    expect(await strengthOf()).toEqual({ strength: 'no-answer', because: '' });
    isBusy = false;
    expect(await strengthOf()).toEqual({ strength: 'no', because: '' });
  });
});

describe('the ClusterRoles that take in others', () => {
  it('are told, or that they may not be listed', async () => {
    const sum = { metadata: { name: 'sum' }, aggregationRule: { clusterRoleSelectors: [{}] } };
    const items = [{ metadata: { name: 'view' } }, sum];
    const list = probing(() => [200, { kind: 'ClusterRoleList', items }]);
    expect(await new AccountRights().aggregators(list, request)).toEqual([sum]);
    for (const status of [403, 500]) {
      const told = probing(() => [status, {}]);
      expect(await new AccountRights().aggregators(told, request)).toBeNull();
    }
  });
});
