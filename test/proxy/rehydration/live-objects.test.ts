import { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../model/decision.ts';
import type { Cluster } from '../../../proxy/clusters/cluster.ts';
import type { Upstream, UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import { keyOfCluster, type MaskKey } from '../../../proxy/masking/tokens/mask-token.ts';
import type { PolicyQuestion } from '../../../proxy/policy/policy-question.ts';
import type { PolicySource } from '../../../proxy/policy/policy-source.ts';
import { SeenByCluster } from '../../../proxy/redaction/seen-by-cluster.ts';
import { type LiveReadsOptions, liveObjectsIn, openLiveReads } from '../../../proxy/rehydration/live-objects.ts';
import { jsonText } from '../../../proxy/request/json-text.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';
import { KEY, MASK_SECRETS } from '../masking/requests.ts';
import { document, engineOf, LOCAL } from '../policy/policies.ts';

/** As a write that is not large reads them. */
function openLiveObjects(options: LiveReadsOptions & { readonly maskKey: MaskKey; readonly seen: SeenByCluster }) {
  const { request, masks, maskKey, seen, cluster } = options;
  const key = keyOfCluster(maskKey, cluster.slug);
  return liveObjectsIn(openLiveReads(options), { request, masks, key, seen: seen.of(cluster) });
}

it('case 38: what a write would show is judged without what this gateway remembers, which is gone after its next start', () => {
  const seen = new SeenByCluster();
  const cluster = {} as Cluster;
  seen.of(cluster).add(Buffer.from('Vq8-zT2-pL5x'));
  const target = '/api/v1/namespaces/team-a/configmaps/settings';
  const objects = openLiveObjects({
    policy: {} as PolicySource,
    upstream: { request: () => Promise.reject(new Error('not asked')) } as unknown as Upstream,
    maskKey: KEY,
    principal: { user: 'anna', groups: [] } as never,
    cluster,
    policyCluster: { name: 'c', labels: {} },
    request: readRequest({ method: 'PUT', target, rawHeaders: ['Content-Type', 'application/json'] }),
    masks: [{ resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:credentials'] }],
    seen,
    auditId: 'a',
    signal: new AbortController().signal,
  });
  const settings = {
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { a: 'Vq8-zT2-pL5x', b: 'x://u:orange@h' },
  };
  const shown = JSON.parse(jsonText(objects.mask(readStrictJson(Buffer.from(JSON.stringify(settings))))));
  expect(shown.data.a).toBe('Vq8-zT2-pL5x');
  expect(shown.data.b).toMatch(/^x:\/\/u:gatehouse-masked/);
});

const SECRETS = '/api/v1/namespaces/team-a/secrets';
const DB = `${SECRETS}/db`;
const base64 = (text: string) => Buffer.from(text).toString('base64');
const secret = {
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'team-a', uid: 'u1', resourceVersion: '7' },
  data: { password: base64('hunter2') },
};

interface Asked {
  /** Header lines of the write. */
  readonly headers?: readonly string[];
  readonly masks?: readonly MaskObligation[];
  readonly rules?: string;
  readonly status?: number;
  readonly answer?: string;
}

/** Live objects of a write to `db`, in front of a cluster that gives one answer. */
function opened({ headers = [], masks = [MASK_SECRETS], rules = '', status = 200, answer }: Asked = {}) {
  const sent: UpstreamRequest[] = [];
  const questions: PolicyQuestion[] = [];
  const engine = engineOf({ 'p.yaml': document(`  - {id: all, effect: allow, match: {}}\n${rules}`) });
  const policy: Pick<PolicySource, 'decide'> = {
    decide: (question) => {
      questions.push(question);
      return engine.decide(question);
    },
  };
  const upstream: Pick<Upstream, 'request'> = {
    request: async (_cluster, _credential, request) => {
      sent.push(request);
      return { status, headers: [], body: Readable.from([Buffer.from(answer ?? JSON.stringify(secret))]) };
    },
  };
  const cluster: Cluster = {
    slug: 'c',
    contextName: 'c',
    labels: {},
    server: { host: '127.0.0.1', port: 1, servername: 'c', basePath: '/k8s', verify: true },
    credentialName: 'admin',
    namespace: 'default',
    credential: async () => ({ bearerToken: 'of-the-gateway', secureContext: createSecureContext(), generation: 1 }),
    credentialRejected: () => undefined,
  };
  const rawHeaders = ['Content-Type', 'application/json', 'Authorization', 'Bearer of-the-client', ...headers];
  const objects = openLiveObjects({
    policy: policy as PolicySource,
    upstream: upstream as Upstream,
    maskKey: KEY,
    principal: LOCAL,
    cluster,
    policyCluster: { name: 'c', labels: {} },
    request: readRequest({ method: 'PUT', target: DB, rawHeaders }),
    masks,
    seen: new SeenByCluster(),
    auditId: 'a',
    signal: new AbortController().signal,
  });
  return { objects, sent, questions };
}

describe('a live object', () => {
  const identity = ({ headers }: UpstreamRequest) => headers.filter(([name]) => /^impersonate-/i.test(name));

  it('is read as whom the write impersonates, never as the credential alone: with all of that identity', async () => {
    const headers = [
      ...['Impersonate-User', 'eve', 'Impersonate-Uid', '17', 'Impersonate-Group', 'dev', 'Impersonate-Group', 'ops'],
      ...['Impersonate-Extra-team', 'a'],
    ];
    const { objects, sent, questions } = opened({ headers });
    await objects.read(DB);
    await objects.read(SECRETS);
    for (const request of sent) {
      expect(identity(request)).toEqual([
        ['Impersonate-User', 'eve'],
        ['Impersonate-Uid', '17'],
        ['Impersonate-Group', 'dev'],
        ['Impersonate-Group', 'ops'],
        ['Impersonate-Extra-team', 'a'],
      ]);
    }
    expect(sent).toHaveLength(2);
    expect(questions.map(({ impersonation }) => impersonation?.user)).toEqual(['eve', 'eve']);
  });

  it('is read as the credential where the write impersonates nobody', async () => {
    const { objects, sent, questions } = opened();
    await objects.read(DB);
    expect(sent.map(identity)).toEqual([[]]);
    expect(questions).toMatchObject([{ impersonation: null, principal: LOCAL, verb: 'get', name: 'db' }]);
  });

  it('is asked for by a GET without a body that can be told from the write in the audit log', async () => {
    const { objects, sent } = opened();
    await objects.read(DB);
    await objects.read(SECRETS);
    expect(sent).toMatchObject([
      { method: 'GET', target: `/k8s${DB}`, body: null },
      { method: 'GET', target: `/k8s${SECRETS}`, body: null },
    ]);
    const auditIds = sent.map(({ headers }) => new Map(headers).get('Audit-ID'));
    expect(auditIds).toEqual(['a.1', 'a.2']);
    expect(JSON.stringify(sent)).not.toContain('of-the-client');
  });

  it('is known as it is and as the client is shown it', async () => {
    const live = await opened().objects.read(DB);
    expect(live).toMatchObject({ resourceVersion: '7', uid: 'u1' });
    expect(jsonText(live?.plain ?? null)).toBe(JSON.stringify(secret));
    expect(jsonText(live?.masked ?? null)).not.toContain(secret.data.password);
    expect(live?.values.map(({ plain }) => plain.toString())).toEqual([secret.data.password]);
  });

  it('is masked as the reads of the same principal are, where the rules of the write mask less', async () => {
    const rules =
      '  - {id: m, effect: none, match: {}, obligations: {mask: [{resource: secrets, fields: "data.*"}]}}\n';
    const live = await opened({ masks: [], rules }).objects.read(DB);
    expect(jsonText(live?.masked ?? null)).not.toContain(secret.data.password);
    const bare = await opened({ masks: [] }).objects.read(DB);
    expect(jsonText(bare?.masked ?? null)).toContain(secret.data.password);
  });

  it('that is not there is none', async () => {
    expect(await opened({ status: 404 }).objects.read(DB)).toBeNull();
  });

  it.each([401, 403, 500, 206])('that the cluster answers with %i for is not taken for absent', async (status) => {
    const code = status === 401 ? 'upstream-rejected-credential' : 'mask-written-back';
    await expect(opened({ status }).objects.read(DB)).rejects.toMatchObject({ code });
  });

  it.each([
    ['no JSON', '<html>'],
    ['half of it', '{"kind":"Secret"'],
    ['a key twice', '{"data":{"a":"eA==","a":"eQ=="}}'],
    ['more than is read', `"${'x'.repeat(33 * 1024 * 1024)}"`],
  ])('that comes as %s is refused', async (_what, answer) => {
    await expect(opened({ answer, masks: [] }).objects.read(DB)).rejects.toMatchObject({
      code: 'upstream-response-invalid',
    });
  });
});
