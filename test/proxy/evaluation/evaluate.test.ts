import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { Evaluator } from '../../../proxy/evaluation/evaluate.ts';
import { OriginalUser } from '../../../proxy/evaluation/original-user.ts';
import type { Upstream, UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import { policyQuestion } from '../../../proxy/policy/policy-question.ts';
import type { PolicySource } from '../../../proxy/policy/policy-source.ts';
import type { ApiRequest } from '../../../proxy/request/api-request.ts';
import { document, engineOf, LOCAL } from '../policy/policies.ts';
import { APPLY, MERGE, parsed, read } from './requests.ts';
import { type Answering, cluster, upstreamOf } from './upstreams.ts';

const RULES = `  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}
  - {id: asked, effect: requireApproval, match: {actsAs: {any: true}}, approval: {level: ownerConfirm}, message: "as {{actsAs}}"}
`;
const POD = '/api/v1/namespaces/shop/pods/p';
const object = (resourceVersion: string, spec = {}) => ({ metadata: { uid: 'u', resourceVersion }, spec });
const patch = { spec: { serviceAccountName: 'ci' } };

function evaluate(
  request: ApiRequest,
  body: unknown,
  answering: Answering,
  seen: UpstreamRequest[] = [],
  rules = RULES,
) {
  const engine = engineOf({ 'p.yaml': document(rules) });
  const policy = { decide: (question) => engine.decide(question) } as PolicySource;
  const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
  const bytes = body === null ? null : Buffer.from(JSON.stringify(body));
  return new Evaluator(policy, upstreamOf(answering, seen)).evaluate({
    cluster,
    request,
    question,
    decision: engine.decide(question),
    body: bytes,
    parsed: body === null ? null : parsed(body),
    signal: new AbortController().signal,
  });
}

describe('evaluating a write', () => {
  it('asks nothing of the cluster for what leads nowhere', async () => {
    const seen: UpstreamRequest[] = [];
    const evaluated = await evaluate(read(`PATCH ${POD}`, MERGE), { metadata: { labels: {} } }, () => [500, {}], seen);
    expect(evaluated).toMatchObject({
      decision: { outcome: 'allow', unresolved: false },
      digest: null,
      pinnedTo: null,
    });
    expect(seen).toEqual([]);
  });

  it('decides with what the dry run gives, and binds the write to it', async () => {
    const seen: UpstreamRequest[] = [];
    const evaluated = await evaluate(
      read(`PATCH ${POD}?fieldManager=k`, MERGE, 'Impersonate-User: eve'),
      patch,
      ({ method, target }) => {
        if (target.includes('localsubjectaccessreviews')) return [201, { status: { allowed: false } }];
        return method === 'GET' ? [200, object('7')] : [200, object('7', patch.spec)];
      },
      seen,
      `${RULES}  - {id: eve, effect: allow, match: {impersonation: {any: true}}}\n`,
    );
    expect(evaluated.decision).toMatchObject({
      outcome: 'requireApproval',
      message: 'as eve; service account shop:ci, as which its pods would run',
    });
    expect(JSON.parse(String(evaluated.outgoing.body))).toEqual({
      ...patch,
      metadata: { uid: 'u', resourceVersion: '7' },
    });
    const rehearsal = seen.find(({ method }) => method === 'PATCH');
    expect(rehearsal?.target).toBe(`${POD}?fieldManager=k&dryRun=All`);
    expect(rehearsal?.headers).toContainEqual(['Impersonate-User', 'eve']);
    const ids = seen.map(({ headers }) => headers.find(([name]) => name === 'Audit-ID')?.[1]);
    expect(new Set(ids).size).toBe(seen.length);
  });

  it('takes a write that a webhook will not rehearse for anybody’s', async () => {
    const message = 'admission webhook "w" does not support dry run';
    const evaluated = await evaluate(read(`PATCH ${POD}`, MERGE), patch, ({ method }) =>
      method === 'GET' ? [200, object('7')] : [400, { kind: 'Status', message }],
    );
    expect(evaluated).toMatchObject({ decision: { outcome: 'requireApproval' }, answered: null });
    expect(evaluated.decision.message).toMatch(/cannot be told/);
  });

  it('denies such a write where no rule lets a person decide', async () => {
    const rules = `  - {id: ci, effect: allow, match: {resources: [pods], actsAs: {as: {serviceAccounts: ["shop:ci"]}}}}\n`;
    const message = 'admission webhook "w" does not support dry run';
    const answering: Answering = ({ method }) => (method === 'GET' ? [200, object('7')] : [400, { message }]);
    const evaluated = await evaluate(read(`PATCH ${POD}`, MERGE), patch, answering, [], rules);
    expect(evaluated.decision).toMatchObject({ outcome: 'deny', decidingRule: 'default-deny' });
  });

  it('passes on what else the API server says to the dry run', async () => {
    const answering: Answering = ({ method }) => (method === 'GET' ? [200, object('7')] : [422, { message: 'no' }]);
    const evaluated = await evaluate(read(`PATCH ${POD}`, MERGE), patch, answering);
    expect(evaluated.answered?.status).toBe(422);
  });

  it('looks again when the object changed between the two looks, and gives up on one that never rests', async () => {
    let version = 0;
    const restless: Answering = ({ method }) => [200, object(method === 'GET' ? 'old' : `${version++}`, patch.spec)];
    await expect(evaluate(read(`PATCH ${POD}`, MERGE), patch, restless)).rejects.toMatchObject({
      code: 'evaluated-object-changed',
    });
    expect(version).toBe(3);
  });

  it('finds the same again for the same, and another for another object', async () => {
    const answering =
      (uid: string): Answering =>
      ({ method, target }) => {
        if (target.includes('reviews')) return [201, { status: { allowed: true } }];
        const found = { metadata: { uid, resourceVersion: '7' }, spec: method === 'GET' ? {} : patch.spec };
        return [200, found];
      };
    const [one, again, other] = await Promise.all(
      ['u', 'u', 'v'].map((uid) => evaluate(read(`PATCH ${POD}`, MERGE), patch, answering(uid))),
    );
    expect(one?.digest).toBe(again?.digest);
    expect(one?.digest).not.toBe(other?.digest);
  });

  it('finds another where the same object gives somebody else', async () => {
    const into = (account: string) => {
      const answering: Answering = ({ method }) =>
        method === 'GET' ? [200, object('7', { serviceAccountName: account })] : [201, { status: { allowed: true } }];
      return evaluate(read(`POST ${POD}/exec?command=sh`), null, answering);
    };
    const [one, again, other] = await Promise.all(['ci', 'ci', 'admin'].map(into));
    expect(one?.digest).toBe(again?.digest);
    expect(one?.digest).not.toBe(other?.digest);
  });
});

describe('a decision that waits, until it is known what is found', () => {
  const AS_EVE = 'Impersonate-User: eve';
  const EVE = `  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}
  - {id: eve, effect: allow, match: {actsAs: {as: {users: [eve]}}}}
`;
  const label = { metadata: { labels: { a: 'b' } } };

  it('is the one by what is known, where the words lead nowhere', async () => {
    const seen: UpstreamRequest[] = [];
    const evaluated = await evaluate(read(`PATCH ${POD}`, MERGE, AS_EVE), label, () => [500, {}], seen, EVE);
    expect(evaluated.decision).toMatchObject({ outcome: 'allow', unresolved: false });
    expect(seen).toEqual([]);
  });

  it('is the one by what is known, where the API server refuses the rehearsal', async () => {
    const answering: Answering = ({ method }) => (method === 'GET' ? [200, object('7')] : [422, {}]);
    const evaluated = await evaluate(read(`PATCH ${POD}`, MERGE, AS_EVE), patch, answering, [], EVE);
    expect(evaluated).toMatchObject({ answered: { status: 422 }, decision: { outcome: 'allow', unresolved: false } });
  });

  it('lets a person approve the object that is there, and no other of its name', async () => {
    const seen: UpstreamRequest[] = [];
    const answering: Answering = () => [200, object('7')];
    const evaluated = await evaluate(read(`PATCH ${POD}`, MERGE, AS_EVE), label, answering, seen);
    expect(evaluated).toMatchObject({ decision: { outcome: 'requireApproval', message: 'as eve' }, pinnedTo: 'u 7' });
    expect(seen.map(({ method }) => method)).toEqual(['GET']);
    expect(JSON.parse(String(evaluated.outgoing.body))).toEqual({ metadata: { ...label.metadata, uid: 'u' } });
  });
});

describe('case 52: another image', () => {
  const running = (image: string, account: string) => ({
    serviceAccountName: account,
    containers: [{ name: 'c', image }],
  });
  const another = { spec: { containers: [{ name: 'c', image: 'b' }] } };
  const evaluated = (account: string, versions: readonly [live: string, rehearsed: string]) =>
    evaluate(
      read(`PATCH ${POD}`, MERGE),
      another,
      ({ method, target }) => {
        if (target.includes('reviews')) return [201, { status: { allowed: account === 'strong' } }];
        return [
          200,
          method === 'GET' ? object(versions[0], running('a', account)) : object(versions[1], running('b', account)),
        ];
      },
      [],
      RULES.replace('{any: true}', '{any: true, strong: true}'),
    );

  it('of an ordinary workload is bound to the object, and to no version of its status', async () => {
    const { decision, outgoing } = await evaluated('weak', ['7', '8']);
    expect(decision.outcome).toBe('allow');
    expect(JSON.parse(String(outgoing.body))).toEqual({ ...another, metadata: { uid: 'u' } });
  });

  it('of a strong one is bound to the version that a person agrees to', async () => {
    const { decision, outgoing } = await evaluated('strong', ['7', '8']);
    expect(decision.outcome).toBe('requireApproval');
    expect(JSON.parse(String(outgoing.body))).toEqual({ ...another, metadata: { uid: 'u', resourceVersion: '7' } });
  });
});

describe('case 45: a write that creates', () => {
  const ALL = '  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}\n';
  const ASK = '  - {id: ask, effect: requireApproval, match: {verbs: [create]}, approval: {level: ownerConfirm}}\n';
  const apply = read(`PATCH ${POD}?fieldManager=k`, APPLY);

  it.each<[string, number, string]>([
    ['is not there', 404, 'requireApproval'],
    ['may not be read', 403, 'requireApproval'],
    ['is there', 200, 'allow'],
  ])('is judged as both where the object %s', async (_name, status, outcome) => {
    const answering: Answering = () => [status, status === 200 ? object('7') : {}];
    const evaluated = await evaluate(apply, { kind: 'Pod' }, answering, [], ALL + ASK);
    expect(evaluated.decision.outcome).toBe(outcome);
  });

  it('is looked at for a rule about creations alone', async () => {
    const never = '  - {id: never, effect: deny, match: {verbs: [create], actsAs: {any: true}}}\n';
    const answering: Answering = ({ method, target }) => {
      if (target.includes('reviews')) return [201, { status: { allowed: true } }];
      return method === 'GET' ? [404, {}] : [201, object('1')];
    };
    const created: Answering = (request) => {
      const [status, found] = answering(request);
      return [status, request.method === 'PATCH' ? { ...object('1'), ...patch } : found];
    };
    const evaluated = await evaluate(apply, patch, created, [], ALL + never);
    expect(evaluated.decision).toMatchObject({ outcome: 'deny', decidingRule: 'p/never' });
  });

  it('is not looked at where it is permitted by what is known', async () => {
    const seen: UpstreamRequest[] = [];
    const rules = `  - {id: patches, effect: allow, match: {verbs: [patch], resources: [services], impersonation: {any: true}}}
  - {id: creates, effect: allow, match: {verbs: [create], resources: [services], actsAs: {as: {users: [eve]}}}}
`;
    const asEve = read('PATCH /api/v1/namespaces/shop/services/s?fieldManager=k', APPLY, 'Impersonate-User: eve');
    const evaluated = await evaluate(asEve, { kind: 'Service' }, () => [500, {}], seen, rules);
    expect(evaluated.decision.outcome).toBe('allow');
    expect(seen).toEqual([]);
  });
});

describe('how strong the account of a pod is', () => {
  const EXEC = `${POD}/exec?command=sh&stdout=1`;
  const upgrading = ['Connection: Upgrade', 'Upgrade: SPDY/3.1'];
  /** Reads are answered, reviews never. */
  const silent = (asked: AbortSignal[] = []): Upstream => ({
    ...upstreamOf(() => [200, object('7')]),
    request: (_cluster, _credential, request, signal) => {
      if (request.method === 'GET') {
        return Promise.resolve({
          status: 200,
          headers: [],
          body: Readable.from([Buffer.from(JSON.stringify(object('7')))]),
        });
      }
      asked.push(signal);
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
  });
  const evaluator = (upstream: Upstream) => {
    const engine = engineOf({ 'p.yaml': document(RULES) });
    const request = read(`POST ${EXEC}`, ...upgrading);
    const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
    const decision = engine.decide(question);
    const policy = { decide: (asked) => engine.decide(asked) } as PolicySource;
    const one = new Evaluator(policy, upstream);
    return (signal: AbortSignal) =>
      one.evaluate({ cluster, request, question, decision, body: null, parsed: null, signal });
  };

  it('is not waited for without end: an API server that does not say makes even default one to be asked about', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const evaluated = evaluator(silent())(new AbortController().signal);
      await vi.advanceTimersByTimeAsync(10_000);
      expect((await evaluated).decision).toMatchObject({
        outcome: 'requireApproval',
        message: 'as service account shop:default, as which pod p runs',
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is asked for others too when the client that asked first goes away', async () => {
    const asked: AbortSignal[] = [];
    const evaluate = evaluator(silent(asked));
    const first = new AbortController();
    void evaluate(first.signal).catch(() => undefined);
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    first.abort(new Error('The client went away'));
    expect(asked.map(({ aborted }) => aborted)).not.toContain(true);
  });
});

describe('case 10: naming the engineer to the cluster', () => {
  const name = (request: ApiRequest, answering: Answering) =>
    new OriginalUser(upstreamOf(answering)).name(request, 'local:ada', cluster, new AbortController().signal);
  const allowing =
    (...resources: string[]): Answering =>
    ({ body }) => {
      const { spec } = JSON.parse(String(body)) as { spec: { resourceAttributes: { verb: string; resource: string } } };
      const { verb, resource } = spec.resourceAttributes;
      return [201, { status: { allowed: verb === 'impersonate' && resources.includes(resource) } }];
    };
  const request = read(`GET ${POD}`, 'Impersonate-User: eve', 'Impersonate-Group: dev', 'Impersonate-Extra-a: b');

  it('adds the reserved key where everything that is asked for may be impersonated', async () => {
    const named = await name(request, allowing('users', 'groups', 'userextras'));
    expect(Object.fromEntries(named.impersonation?.extra ?? [])).toEqual({
      a: ['b'],
      'gatehouse.dev/original-user': ['local:ada'],
    });
  });

  it.each<[string, Answering]>([
    ['the key may not be sent', allowing('users', 'groups')],
    ['the group is impersonated in a constrained mode', allowing('users', 'userextras')],
    ['the review is refused', () => [403, {}]],
    [
      'the review fails',
      () => {
        throw new Error('gone');
      },
    ],
  ])('leaves the request as it is where %s', async (_name, answering) => {
    expect(await name(request, answering)).toBe(request);
  });

  it('asks about a service account as one', async () => {
    const account = read(`GET ${POD}`, 'Impersonate-User: system:serviceaccount:shop:ci');
    expect(await name(account, allowing('users', 'userextras'))).toBe(account);
    expect((await name(account, allowing('serviceaccounts', 'userextras'))).impersonation?.extra.size).toBe(1);
  });

  it('does nothing without impersonation', async () => {
    const plain = read(`GET ${POD}`);
    expect(await name(plain, () => [500, {}])).toBe(plain);
  });
});
