import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Upstream, UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import {
  PodSecrets,
  type PodSecretsOptions,
  type PodStream,
  showsPod,
} from '../../../proxy/pod-secrets/pod-secrets.ts';
import { policyQuestion } from '../../../proxy/policy/policy-question.ts';
import { SeenByCluster } from '../../../proxy/redaction/seen-by-cluster.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { cluster } from '../evaluation/upstreams.ts';
import { document, engineOf, LOCAL } from '../policy/policies.ts';

const POD = '/api/v1/namespaces/shop/pods/web-0';
const SECRETS = '/api/v1/namespaces/shop/secrets';
const MASKED = `  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}
  - {id: masked, effect: none, match: {resources: [secrets]}, obligations: {mask: [{resource: secrets, fields: ["data.*"]}]}}
`;

type Answer = readonly [status: number, object: unknown] | 'never';
type Answering = (target: string, as: string | null) => Answer;

/** A pod that takes these Secrets into its environment. */
const pod = (...names: readonly string[]): Answer => [
  200,
  { kind: 'Pod', spec: { containers: [{ envFrom: names.map((name) => ({ secretRef: { name } })) }] } },
];
const secret = (data: Readonly<Record<string, string>>): Answer => [
  200,
  {
    kind: 'Secret',
    metadata: { name: 'x', namespace: 'shop' },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, btoa(value)])),
  },
];
const FORBIDDEN: Answer = [403, { kind: 'Status' }];

interface Setting extends PodSecretsOptions {
  readonly rules?: string;
  readonly headers?: readonly string[];
}

/** Rejects with the signal's reason. One listener for each signal, however many wait. */
function aborted(signal: AbortSignal): Promise<never> {
  let waiting = ABORTED.get(signal);
  if (waiting === undefined) {
    waiting = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      if (signal.aborted) reject(signal.reason);
    });
    waiting.catch(() => undefined);
    ABORTED.set(signal, waiting);
  }
  return waiting;
}

const ABORTED = new WeakMap<AbortSignal, Promise<never>>();

/** What the gateway knows once a stream of the pod may begin. */
function setting(answering: Answering, { rules = MASKED, headers = [], ...options }: Setting = {}) {
  const asked: string[] = [];
  const underWay = { now: 0, most: 0 };
  const upstream: Upstream = {
    request: async (_cluster, _credential, { target, headers: sent }: UpstreamRequest, signal) => {
      const as = sent.find(([name]) => name === 'Impersonate-User')?.[1] ?? null;
      const path = target.replace('?timeout=4s', '');
      asked.push(as === null ? path : `${path} as ${as}`);
      underWay.now += 1;
      underWay.most = Math.max(underWay.most, underWay.now);
      const answer = answering(path, as);
      const answered = answer === 'never' ? new Promise<never>(() => undefined) : setImmediate();
      await Promise.race([answered, aborted(signal)]);
      underWay.now -= 1;
      const [status, object] = answer === 'never' ? [0, null] : answer;
      const text = typeof object === 'string' ? object : JSON.stringify(object);
      return { status, headers: [], body: Readable.from([Buffer.from(text)]) };
    },
    upgrade: () => Promise.reject(new Error('no upgrade')),
    forget: () => undefined,
    close: async () => undefined,
  };
  const seen = new SeenByCluster();
  const podSecrets = new PodSecrets(upstream, seen, options);
  const engine = engineOf({ 'p.yaml': document(rules) });
  const recorded: string[] = [];
  const request = readRequest({ method: 'GET', target: `${POD}/log`, rawHeaders: ['Host', 'g', ...headers] });
  const know = (more: Partial<PodStream> = {}) =>
    podSecrets.know({
      request,
      cluster,
      signal: new AbortController().signal,
      decide: (read) => engine.decide(policyQuestion(LOCAL, { name: 'c', labels: {} }, read)),
      onReads: async (reads, as) => {
        recorded.push(`${reads.map(({ name }) => name).join(' ')}${as === null ? '' : ` as ${as.user}`}`);
      },
      ...more,
    });
  return {
    know,
    asked,
    recorded,
    underWay,
    values: () => seen.of(cluster).values().map(String).sort(),
    refusal: async (more: Partial<PodStream> = {}) => {
      const error: unknown = await know(more).catch((thrown: unknown) => thrown);
      if (!(error instanceof Refusal)) throw new Error(`no refusal: ${String(error)}`);
      return error;
    },
  };
}

describe('before a pod is shown', () => {
  it('case 61: the values of every Secret that it names are known', async () => {
    const gate = setting((target) =>
      target === POD ? pod('db', 'api') : secret({ password: `value of ${target.split('/').at(-1)}` }),
    );
    const { unread } = await gate.know();
    expect(unread).toEqual([]);
    expect(gate.values()).toEqual(['value of api', 'value of db']);
    expect(gate.asked).toEqual([POD, `${SECRETS}/api`, `${SECRETS}/db`]);
    expect(gate.recorded).toEqual(['api db']);
  });

  it('nothing more is asked of a pod that names none', async () => {
    const gate = setting(() => pod());
    await gate.know();
    expect([gate.asked, gate.recorded]).toEqual([[POD], []]);
  });

  it('each read is on record before it is made', async () => {
    const gate = setting((target) => (target === POD ? pod('db') : secret({ a: 'a-value' })));
    const error = await gate.know({ onReads: async () => Promise.reject(new Error('the disk is full')) }).catch(String);
    expect(error).toContain('the disk is full');
    expect(gate.asked).toEqual([POD]);
  });

  it('what stands inside a value is known by itself', async () => {
    const auths = { 'registry.example': { auth: btoa('robot:docker-password'), username: 'robot-account' } };
    const gate = setting((target) =>
      target === POD ? pod('pull') : secret({ '.dockerconfigjson': JSON.stringify({ auths }) }),
    );
    await gate.know();
    expect(gate.values()).toEqual(['docker-password']);
  });

  it.each([
    ['a connection string', 'postgres://app:inner-Passw0rd@db:5432/shop'],
    ['a file with settings', 'server.port=8080\ndb.password=inner-Passw0rd\ndb.user=app\n'],
    ['a document', 'database:\n  user: app\n  password: inner-Passw0rd\n'],
    ['JSON', '{"user":"app","password":"inner-Passw0rd"}'],
  ])('so is the credential inside %s', async (_what, value) => {
    const gate = setting((target) => (target === POD ? pod('db') : secret({ value })));
    await gate.know();
    expect(gate.values()).toEqual([value, 'inner-Passw0rd'].sort());
  });

  it('eight are read at once, and no more', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `s${index}`);
    const gate = setting((target) => (target === POD ? pod(...names) : secret({ a: `${target} value` })));
    await gate.know();
    expect(gate.values()).toHaveLength(30);
    expect(gate.underWay.most).toBe(8);
  });

  it('a hundred are read, and the others named', async () => {
    const names = Array.from({ length: 102 }, (_, index) => `s${String(index).padStart(3, '0')}`);
    const gate = setting((target) => (target === POD ? pod(...names) : secret({ a: `${target} value` })));
    const { unread } = await gate.know();
    expect(unread).toEqual(['s100', 's101'].map((name) => ({ resource: 'secrets', name, why: 'too-many' })));
  });

  it('of Secrets that are large together the largest are named, and passwords looked for', async () => {
    const gate = setting((target) => {
      if (target === POD) return pod('bundle', 'password');
      return secret({ a: target.endsWith('bundle') ? 'x'.repeat(300 * 1024) : 'a-password' });
    });
    const { unread } = await gate.know();
    expect(unread).toEqual([{ resource: 'secrets', name: 'bundle', why: 'too-large' }]);
    expect(gate.values()).toEqual(['a-password']);
  });
});

describe('what cannot be read', () => {
  it.each<readonly [why: string, status: number]>([
    ['forbidden', 403],
    ['not-found', 404],
  ])('is named where it is %s, and the others are known', async (why, status) => {
    const gate = setting((target) => {
      if (target === POD) return pod('db', 'gone');
      return target.endsWith('gone') ? [status, { kind: 'Status' }] : secret({ a: 'a-password' });
    });
    const { unread } = await gate.know();
    expect(unread).toEqual([{ resource: 'secrets', name: 'gone', why }]);
    expect(gate.values()).toEqual(['a-password']);
  });

  it.each<readonly [why: string, status: number]>([
    ['forbidden', 403],
    ['not-found', 404],
  ])('is named where it is the pod itself: %s', async (why, status) => {
    const gate = setting(() => [status, { kind: 'Status' }]);
    const { unread } = await gate.know();
    expect(unread).toEqual([{ resource: 'pods', name: 'web-0', why }]);
    expect(gate.asked).toEqual([POD]);
  });

  it.each<readonly [what: string, answering: Answering, says: RegExp]>([
    ['a pod that is an error', () => [500, { kind: 'Status' }], /answered 500 for the pod/],
    [
      'a Secret that is an error',
      (target) => (target === POD ? pod('db') : [503, 'x']),
      /answered 503 for Secret "db"/,
    ],
    ['too many questions', (target) => (target === POD ? pod('db') : [429, 'x']), /answered 429 for Secret "db"/],
    ['a pod that is none', () => [200, {}], /the answer for the pod is none/],
    [
      'an answer that is no JSON',
      (target) => (target === POD ? pod('db') : [200, '<html>']),
      /for Secret "db" is none/,
    ],
    ['a list', (target) => (target === POD ? pod('db') : [200, { kind: 'List' }]), /for Secret "db" is none/],
    [
      'a Secret whose data is none',
      (target) => (target === POD ? pod('db') : [200, { kind: 'Secret', data: { a: 7 } }]),
      /"db" cannot be read with certainty/,
    ],
  ])('%s ends in a refusal: nothing is shown', async (_what, answering, says) => {
    const gate = setting(answering);
    const { code, message } = await gate.refusal();
    expect(code).toBe('pod-secrets-unread');
    expect(message).toMatch(says);
    expect(message).toMatch(/sent nothing .* run the same command again/);
    expect(gate.values()).toEqual([]);
  });

  it.each<readonly [what: string, answering: Answering]>([
    ['the pod', () => 'never'],
    [
      'one of its Secrets',
      (target) => (target === POD ? pod('api', 'db') : target.endsWith('db') ? 'never' : secret({})),
    ],
  ])('nobody waits longer than the time there is, and nothing is shown: %s', async (_what, answering) => {
    const gate = setting(answering, { patience: 20 });
    const { code, message } = await gate.refusal();
    expect(code).toBe('pod-secrets-unread');
    expect(message).toMatch(/did not answer within 0.02 s/);
  });

  it('a cluster that cannot be reached says so itself', async () => {
    const gate = setting(() => {
      throw new Refusal('upstream-unreachable', 'nothing listens there');
    });
    expect((await gate.refusal()).code).toBe('upstream-unreachable');
  });

  it('a client that leaves meanwhile is no trouble of the cluster', async () => {
    const gone = new AbortController();
    const gate = setting((target) => {
      if (target === POD) return pod('db');
      gone.abort(new Error('The client went away'));
      return 'never';
    });
    await expect(gate.know({ signal: gone.signal })).rejects.toThrow('The client went away');
  });
});

describe('as whom they are read', () => {
  const headers = ['Impersonate-User', 'eve'];

  it('as the upstream credential itself, whomever the request acts as', async () => {
    const gate = setting((target) => (target === POD ? pod('db') : secret({ a: 'a-password' })), { headers });
    await gate.know();
    expect([gate.asked, gate.recorded]).toEqual([[POD, `${SECRETS}/db`], ['db']]);
  });

  it('where that may only impersonate, as whom the request acts', async () => {
    const gate = setting(
      (target, as) => {
        if (as === null) return FORBIDDEN;
        return target === POD ? pod('db') : secret({ a: 'a-password' });
      },
      { headers },
    );
    const { unread } = await gate.know();
    expect(unread).toEqual([]);
    expect(gate.values()).toEqual(['a-password']);
    expect(gate.asked).toEqual([POD, `${POD} as eve`, `${SECRETS}/db`, `${SECRETS}/db as eve`]);
    expect(gate.recorded).toEqual(['db', 'db as eve']);
  });

  it('and named where neither may', async () => {
    const gate = setting((target) => (target === POD ? pod('db') : FORBIDDEN), { headers });
    expect((await gate.know()).unread).toEqual([{ resource: 'secrets', name: 'db', why: 'forbidden' }]);
  });
});

describe('what of a Secret is looked for', () => {
  const secretsAre = (rule: string) => `  - {id: logs, effect: allow, match: {resources: [pods/log]}}\n${rule}`;
  const readable = (mask: string) =>
    secretsAre(`  - {id: s, effect: allow, match: {resources: [secrets]}, obligations: {mask: [${mask}]}}\n`);
  const known = async (rules: string) => {
    const gate = setting(
      (target) => (target === POD ? pod('db') : secret({ user: 'application', password: 'a-password' })),
      { rules },
    );
    await gate.know();
    return gate.values();
  };

  it('what policy masks in it for the same person', async () => {
    expect(await known(readable('{resource: secrets, fields: ["data.*"]}'))).toEqual(['a-password', 'application']);
    expect(await known(readable('{resource: secrets, fields: ["data.*"], keep: [data.user]}'))).toEqual(['a-password']);
  });

  it('nothing of one that policy shows in clear, which is not even read', async () => {
    const rules = secretsAre('  - {id: s, effect: allow, match: {resources: [secrets]}}\n');
    const gate = setting(() => pod('db'), { rules });
    await gate.know();
    expect([gate.asked, gate.values()]).toEqual([[POD], []]);
  });

  it.each(['deny', 'requireApproval'])('all of one that it says %s to', async (effect) => {
    const approval = effect === 'deny' ? '' : ', approval: {level: ownerConfirm}';
    const rules = secretsAre(`  - {id: s, effect: ${effect}, match: {resources: [secrets]}${approval}}\n`);
    expect(await known(rules)).toEqual(['a-password', 'application']);
  });

  it('all of one that no rule speaks of', async () => {
    expect(await known(secretsAre(''))).toEqual(['a-password', 'application']);
  });
});

describe('a Secret that was read a moment ago', () => {
  it('is not read again, and its values are held all the same', async () => {
    let now = 0;
    let password = 'first-password';
    const gate = setting((target) => (target === POD ? pod('db') : secret({ a: password })), {
      kept: 10,
      now: () => now,
    });
    await gate.know();
    now = 9;
    password = 'second-password';
    await gate.know();
    expect(gate.asked).toEqual([POD, `${SECRETS}/db`, POD]);
    expect(gate.recorded).toEqual(['db']);
    now = 10;
    await gate.know();
    // A container that was started before has the older one.
    expect(gate.values()).toEqual(['first-password', 'second-password']);
  });

  it('that could not be read is asked for again', async () => {
    let answer: Answer = FORBIDDEN;
    const gate = setting((target) => (target === POD ? pod('db') : answer));
    await gate.know();
    answer = secret({ a: 'a-password' });
    expect((await gate.know()).unread).toEqual([]);
  });
});

describe('requests that show a pod', () => {
  const upgrade = ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Version', '13'];
  const key = ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Protocol', 'v5.channel.k8s.io'];
  const shows = (target: string, more: readonly string[] = []) =>
    showsPod(readRequest({ method: 'GET', target, rawHeaders: ['Host', 'g', ...more] }));

  it.each(['exec', 'attach', 'portforward'])('are upgrades: %s', (what) => {
    expect(shows(`${POD}/${what}`, [...upgrade, ...key])).toBe(true);
  });
  it.each(['', '?follow=true', '?previous=true&tailLines=1'])('are logs: log%s', (query) => {
    expect(shows(`${POD}/log${query}`)).toBe(true);
  });
  it.each([POD, '/api/v1/namespaces/shop/pods?watch=1', `${POD}/status`, '/apis/apps/v1/namespaces/shop/pods/x/log'])(
    'are not %s',
    (target) => {
      expect(shows(target)).toBe(false);
    },
  );
});
