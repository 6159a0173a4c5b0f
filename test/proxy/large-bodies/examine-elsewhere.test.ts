import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { Evaluator } from '../../../proxy/evaluation/evaluate.ts';
import { readable } from '../../../proxy/evaluation/look/body.ts';
import { outlineOf } from '../../../proxy/evaluation/outline.ts';
import { signsOf } from '../../../proxy/evaluation/signs/signs.ts';
import type { UpstreamRequest } from '../../../proxy/forward/upstream.ts';
import { LargeBodies } from '../../../proxy/large-bodies/large-bodies.ts';
import { maskPreview } from '../../../proxy/masking/mask-preview.ts';
import { policyQuestion } from '../../../proxy/policy/policy-question.ts';
import type { PolicySource } from '../../../proxy/policy/policy-source.ts';
import { newNameOf } from '../../../proxy/request/new-name.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { checkBody } from '../../../proxy/request/request-body.ts';
import { largeBodyWorker } from '../../../scripts/build/command-line.mjs';
import { cluster, upstreamOf } from '../evaluation/upstreams.ts';
import { document, engineOf, LOCAL } from '../policy/policies.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const elsewhere = new LargeBodies({ file: pathToFileURL(largeBodyWorker), log });
afterAll(() => elsewhere.close());

const RULES = `  - {id: all, effect: allow, match: {resources: ["*", "*/*"]}}
  - {id: asked, effect: requireApproval, match: {actsAs: {any: true}}, approval: {level: ownerConfirm}, message: "as {{actsAs}}"}
`;
const engine = engineOf({ 'p.yaml': document(RULES) });
const policy = { decide: (question) => engine.decide(question) } as PolicySource;

const JSON_TYPE = 'application/json';
const MERGE = 'application/merge-patch+json';
const JSON_PATCH = 'application/json-patch+json';
const APPLY = 'application/apply-patch+yaml';
const DEPLOYMENT = '/apis/apps/v1/namespaces/shop/deployments/web';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const container = (image: string, more: object = {}) => ({ name: 'c', image, ...more });
const deployment = (spec: object) => ({
  metadata: { name: 'web', uid: 'u', resourceVersion: '7' },
  spec: { template: { spec: { containers: [container('a')], ...spec } } },
});
const binding = { metadata: { name: 'b' }, roleRef: { kind: 'ClusterRole', name: 'admin' }, subjects: [] };
const ofCi = { kind: 'ServiceAccount', name: 'ci', namespace: 'shop' };

interface Case {
  readonly method: string;
  readonly target: string;
  readonly type?: string;
  readonly body: unknown;
  /** What is there; nothing where it is left out. */
  readonly before?: object;
  readonly after?: object;
}

const CASES: Readonly<Record<string, Case>> = {
  'another account and a Secret with a token': {
    ...{ method: 'PUT', target: DEPLOYMENT, before: deployment({}) },
    body: deployment({ serviceAccountName: 'ci', volumes: [{ name: 'v', secret: { secretName: 'ci-token-bcdfg' } }] }),
  },
  'another image beside an account': {
    ...{ method: 'PATCH', target: DEPLOYMENT, type: MERGE, before: deployment({ serviceAccountName: 'ci' }) },
    body: { spec: { template: { spec: { containers: [container('b')] } } } },
    after: deployment({ serviceAccountName: 'ci', containers: [container('b')] }),
  },
  'a JSON Patch that copies': {
    ...{ method: 'PATCH', target: DEPLOYMENT, type: JSON_PATCH, before: deployment({}) },
    body: [{ op: 'copy', from: '/a', path: '/spec/template/spec/serviceAccountName' }],
    after: deployment({ serviceAccountName: 'ci' }),
  },
  'a server-side apply in YAML': {
    ...{ method: 'PATCH', target: `${DEPLOYMENT}?fieldManager=k&force=true`, type: APPLY, before: deployment({}) },
    body: deployment({ nodeName: 'n1', serviceAccountName: 'ci' }),
  },
  'a new workload that names no account': {
    ...{ method: 'POST', target: '/apis/apps/v1/namespaces/shop/deployments' },
    body: deployment({ volumes: [{ name: 'v', secret: { secretName: 's' } }] }),
  },
  'what leads nowhere': {
    method: 'PATCH',
    target: DEPLOYMENT,
    type: MERGE,
    body: { metadata: { labels: { a: 'b' } } },
  },
  'a role binding': {
    ...{
      method: 'PUT',
      target: `${RBAC}/clusterrolebindings/b`,
      before: { ...binding, metadata: { name: 'b', uid: 'u', resourceVersion: '7' } },
    },
    body: { ...binding, subjects: [ofCi] },
  },
  'a cluster role that others take in': {
    ...{ method: 'POST', target: `${RBAC}/clusterroles` },
    body: {
      metadata: { name: 'r', labels: { 'aggregate-to-edit': 'true' } },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    },
  },
  'a custom resource': {
    ...{ method: 'PUT', target: '/apis/example.com/v1/namespaces/shop/jobs/j' },
    before: { metadata: { uid: 'u', resourceVersion: '7' }, spec: { serviceAccountName: 'ci', image: 'a' } },
    body: { metadata: { name: 'j' }, spec: { serviceAccountName: 'ci', image: 'b', hostPath: '/etc' } },
  },
  'a delete with options': {
    ...{ method: 'DELETE', target: '/api/v1/namespaces/argocd/configmaps/argocd-cm', type: JSON_TYPE },
    body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
    before: { metadata: { name: 'argocd-cm', uid: 'u', resourceVersion: '7' }, data: { 'admin.enabled': 'false' } },
  },
  'a Service that takes an address': {
    ...{ method: 'POST', target: '/api/v1/namespaces/shop/services' },
    body: { metadata: { name: 's' }, spec: { externalIPs: ['10.0.0.1'] } },
  },
  'a dry run that the cluster refuses': {
    ...{ method: 'PUT', target: DEPLOYMENT, before: deployment({}) },
    body: deployment({ serviceAccountName: 'ci', refused: true }),
  },
};

/** As a cluster answers it: roles, reviews and Secrets are there; what is rehearsed is as the case says. */
function answering({ body, before, after }: Case) {
  return ({ method, target }: UpstreamRequest): readonly [number, object] => {
    if (target.includes('accessreviews') || target.includes('rulesreviews'))
      return [201, { status: { allowed: true } }];
    if (target.includes('/clusterroles?') || target.endsWith('/clusterroles')) {
      if (method === 'GET') {
        const selectors = [{ matchLabels: { 'aggregate-to-edit': 'true' } }];
        return [200, { items: [{ metadata: { name: 'edit' }, aggregationRule: { clusterRoleSelectors: selectors } }] }];
      }
    }
    if (target.includes('/clusterroles/admin'))
      return [200, { rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }] }];
    if (target.includes('/secrets')) return [403, { message: 'no' }];
    if (target.includes('dryRun=All')) {
      if (JSON.stringify(body).includes('refused')) return [422, { message: 'invalid' }];
      return [200, after ?? { ...(body as object), metadata: { name: 'web', uid: 'u', resourceVersion: '7' } }];
    }
    return before === undefined ? [404, {}] : [200, before];
  };
}

async function evaluatedBothWays(one: Case) {
  const { method, target, type = JSON_TYPE } = one;
  const head = { method, target, rawHeaders: ['Host', 'c', 'Content-Type', type] };
  const request = readRequest(head);
  const body = Buffer.from(type === APPLY ? stringify(one.body) : JSON.stringify(one.body));
  const parsed = checkBody(request, body);
  const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
  const evaluate = async (isElsewhere: boolean) => {
    const sent: UpstreamRequest[] = [];
    const evaluator = new Evaluator(policy, upstreamOf(answering(one), sent));
    const signal = new AbortController().signal;
    const asked = { cluster, question, decision: engine.decide(question), signal, request, body };
    const examination = elsewhere.examine({ request, head, body });
    try {
      const evaluated = await evaluator.evaluate(
        isElsewhere ? { ...asked, parsed: null, examination } : { ...asked, parsed },
      );
      const { outgoing, answered } = evaluated;
      return {
        ...evaluated,
        answered: answered?.status ?? null,
        outgoing: { type: outgoing.request.contentType, body: outgoing.body?.toString() },
        sent: sent.map((each) => `${each.method} ${each.target} ${each.body}`).sort(),
      };
    } finally {
      examination.close();
    }
  };
  return {
    here: await evaluate(false),
    there: await evaluate(true),
    words: {
      here: {
        signs: signsOf(question, { request, body, parsed }),
        newName: newNameOf(request.info, () => readable({ request, body, parsed })),
        preview: { text: maskPreview(body, request), outline: outlineOf({ request, body, parsed }) },
      },
      there: {
        ...(await elsewhere.check({ head, body }, question)),
        preview: await elsewhere.preview({ head, body }),
      },
    },
  };
}

describe('case 66: what is evaluated elsewhere is what would be found here', () => {
  it.each(Object.entries(CASES))('%s', async (_what, one) => {
    const { here, there, words } = await evaluatedBothWays(one);
    expect(there).toEqual(here);
    expect(words.there).toEqual(words.here);
  });

  it('the cases find something by every road that is asked about beside the object', async () => {
    const gained = async (what: string) => (await evaluatedBothWays(CASES[what] as Case)).there.decision.message;
    expect(await gained('another account and a Secret with a token')).toMatch(/ci/);
    expect(await gained('another image beside an account')).toMatch(/ci/);
    expect(await gained('a custom resource')).toMatch(/ci/);
    const service = await evaluatedBothWays(CASES['a Service that takes an address'] as Case);
    expect(service.words.there.signs).toMatchObject([{ code: 'service-external-ips' }]);
  });

  it.each([
    ['a repeated key', JSON_TYPE, '{"spec":{},"spec":{}}'],
    ['a repeated key in YAML', APPLY, 'spec: {}\nspec: {}\n'],
    ['half a body', JSON_TYPE, '{"spec":'],
  ])('%s is refused in the same words', async (_what, type, text) => {
    const method = type === APPLY ? 'PATCH' : 'PUT';
    const head = { method, target: DEPLOYMENT, rawHeaders: ['Host', 'c', 'Content-Type', type] };
    const request = readRequest(head);
    const body = Buffer.from(text);
    const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
    let here: unknown;
    try {
      checkBody(request, body);
    } catch (error) {
      here = error;
    }
    await expect(elsewhere.check({ head, body }, question)).rejects.toEqual(here);
    const examination = elsewhere.examine({ request, head, body });
    await expect(examination.plan(question, ['identities'])).rejects.toEqual(here);
    examination.close();
  });

  it('what is looked at beside the object, and is refused, is refused to the request', async () => {
    const one = CASES['a role binding'] as Case;
    const head = { method: one.method, target: one.target, rawHeaders: ['Host', 'c', 'Content-Type', JSON_TYPE] };
    const request = readRequest(head);
    const body = Buffer.from(JSON.stringify(one.body));
    const question = policyQuestion(LOCAL, { name: 'c', labels: {} }, request);
    const upstream = upstreamOf(answering(one));
    const failing = {
      ...upstream,
      request: (...asked: Parameters<typeof upstream.request>) =>
        asked[2].target.includes('/clusterroles/admin')
          ? Promise.reject(new Error('gone'))
          : upstream.request(...asked),
    };
    const asked = { cluster, question, decision: engine.decide(question), request, body, parsed: null };
    const examination = elsewhere.examine({ request, head, body });
    const { signal } = new AbortController();
    await expect(new Evaluator(policy, failing).evaluate({ ...asked, signal, examination })).rejects.toThrow('gone');
    examination.close();
  });
});
