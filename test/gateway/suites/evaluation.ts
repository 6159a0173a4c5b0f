import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

const NAMESPACE = 'gatehouse-evaluation';
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const RBAC = `/apis/rbac.authorization.k8s.io/v1/namespaces/${NAMESPACE}`;
const JSON_TYPE = { 'Content-Type': 'application/json' };
const APPLY = { 'Content-Type': 'application/apply-patch+yaml' };
const MERGE = { 'Content-Type': 'application/merge-patch+json' };

/** Rules beside the built-in ones, all about one namespace. */
const POLICY = `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: evaluation}
spec:
  rules:
  - id: nothing-new
    effect: deny
    match: {verbs: [create], resources: [configmaps, roles.rbac.authorization.k8s.io], namespaces: [${NAMESPACE}], names: [new]}
    message: "nothing new here"
  - id: kept
    effect: deny
    match: {verbs: [delete, deletecollection], resources: [configmaps], namespaces: [${NAMESPACE}], names: [kept]}
    message: "kept"
  - id: ask
    effect: requireApproval
    match: {verbs: [delete, patch], resources: [configmaps], namespaces: [${NAMESPACE}], names: [asked]}
    approval: {level: ownerConfirm}
    message: "ask"
  - id: ask-and-do-not-wait
    effect: requireApproval
    match: {verbs: [patch], resources: [configmaps], namespaces: [${NAMESPACE}], names: [unused]}
    approval: {level: ownerConfirm, hold: 1s}
    message: "ask"
`;

/** Longer, in milliseconds, than a judgement counts as fresh: behind it the gateway looks again once a person agreed. */
const A_WHILE = 1200;

/** What is evaluated is what runs: creations in disguise, dry runs that are none, objects that change meanwhile. */
export function describeEvaluation(environment: () => RunningGateway): void {
  describe('evaluation', () => {
    beforeAll(async () => {
      const { gateway, folder, directly } = environment();
      const loaded = new Promise<void>((resolve) => {
        const stop = gateway.on('policy', (state) => {
          if (!state.policies.some(({ name }) => name === 'evaluation')) return;
          stop();
          resolve();
        });
      });
      await writeFile(join(folder, 'policy', 'evaluation.yaml'), POLICY);
      await loaded;
      await directly(['create', 'namespace', NAMESPACE]);
      for (const name of ['old', 'kept', 'asked', 'unused', 'scratch']) {
        await directly(['-n', NAMESPACE, 'create', 'configmap', name, '--from-literal=a=1']);
      }
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', NAMESPACE, '--wait=false']);
    });

    const configMap = (name: string): string =>
      JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { a: '2' } });
    const role = (name: string): string =>
      JSON.stringify({ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules: [] });

    it('case 45: a server-side apply of what is not there is judged as a create too', async () => {
      const { request, directly } = environment();
      const answer = await request('PATCH', `${CORE}/configmaps/new?fieldManager=t`, APPLY, configMap('new'));
      expect(answer.status, answer.body).toBe(403);
      expect(answer.body).toMatch(/nothing new here/);
      expect((await directly(['-n', NAMESPACE, 'get', 'configmap', 'new'])).code).not.toBe(0);
    });

    it('case 45: of what is there it is a patch', async () => {
      const { request, directly } = environment();
      await directly(['-n', NAMESPACE, 'create', 'configmap', 'new', '--from-literal=a=1']);
      const answer = await request(
        'PATCH',
        `${CORE}/configmaps/new?fieldManager=t&force=true`,
        APPLY,
        configMap('new'),
      );
      expect(answer.status, answer.body).toBe(200);
      await directly(['-n', NAMESPACE, 'delete', 'configmap', 'new']);
    });

    it('case 45: a PUT of a role that is not there is judged as a create too', async () => {
      const { request, directly } = environment();
      const answer = await request('PUT', `${RBAC}/roles/new`, JSON_TYPE, role('new'));
      expect(answer.status, answer.body).toBe(403);
      expect(answer.body).toMatch(/nothing new here/);
      expect((await directly(['-n', NAMESPACE, 'get', 'role', 'new'])).code).not.toBe(0);
    });

    it.each([
      ['case 41: a DELETE with dryRun in the query and a body', '?dryRun=All', '{}'],
      ['case 41: the same for a collection', null, '{}'],
      ['case 42: DryRun is no dryRun', '?DryRun=All', undefined],
      ['case 42: dryRun=all is no dry run', '?dryRun=all', undefined],
    ])('%s is judged as the delete that it is', async (_name, query, body) => {
      const { request, directly } = environment();
      const target =
        query === null
          ? `${CORE}/configmaps?dryRun=All&fieldSelector=metadata.name%3Dkept`
          : `${CORE}/configmaps/kept${query}`;
      const answer = await request('DELETE', target, JSON_TYPE, body);
      expect(answer.status, answer.body).toBe(403);
      expect(answer.body).toMatch(/kept/);
      expect((await directly(['-n', NAMESPACE, 'get', 'configmap', 'kept'])).code).toBe(0);
    });

    it('case 41: the precondition of a confirmed DELETE goes into a body, and its dryRun with it', async () => {
      const { request, directly, decideNext } = environment();
      const deleting = request('DELETE', `${CORE}/configmaps/asked?dryRun=All`, {});
      await decideNext('approve');
      const answer = await deleting;
      expect(answer.status, answer.body).toBe(200);
      expect((await directly(['-n', NAMESPACE, 'get', 'configmap', 'asked'])).code).toBe(0);
    });

    it('a DELETE that a person confirmed does not hit another object of the same name', async () => {
      const { request, directly, decideNext, untilHeld } = environment();
      const deleting = request('DELETE', `${CORE}/configmaps/asked`, {});
      await untilHeld();
      await new Promise((resolve) => setTimeout(resolve, A_WHILE));
      await directly(['-n', NAMESPACE, 'delete', 'configmap', 'asked']);
      await directly(['-n', NAMESPACE, 'create', 'configmap', 'asked', '--from-literal=a=another']);
      await decideNext('approve');
      const answer = await deleting;
      expect(answer.status, answer.body).toBe(403);
      expect(answer.body).toMatch(/gatehouse\/evaluated-object-changed/);
      expect((await directly(['-n', NAMESPACE, 'get', 'configmap', 'asked'])).code).toBe(0);
    });

    describe('case 40: a grant that nobody has used yet', () => {
      const pending = (body: string): Promise<{ status: number; body: string }> =>
        environment().request('PATCH', `${CORE}/configmaps/unused`, MERGE, body);

      /** Waits in vain, and is approved when its client is gone: the grant stands. */
      const granted = async (body: string): Promise<string> => {
        const { gateway } = environment();
        const before = new Set(gateway.approvals().map(({ id }) => id));
        const answer = await pending(body);
        expect(answer.status, answer.body).toBe(403);
        expect(answer.body).toMatch(/is waiting/);
        const asked = gateway.approvals().filter(({ id, state }) => state === 'PENDING' && !before.has(id));
        expect(asked).toHaveLength(1);
        const [{ id } = { id: '' }] = asked;
        await gateway.review({ id, verdict: 'approve', by: 'local:tester', comment: null });
        return id;
      };
      const grantOf = (id: string) =>
        environment()
          .gateway.approvals()
          .find((approval) => approval.id === id)?.grant?.state;

      it('does not fit another object of the same name', async () => {
        const { directly } = environment();
        const id = await granted('{"data":{"b":"1"}}');
        await directly(['-n', NAMESPACE, 'delete', 'configmap', 'unused']);
        await directly(['-n', NAMESPACE, 'create', 'configmap', 'unused', '--from-literal=a=1']);
        const answer = await pending('{"data":{"b":"1"}}');
        expect(answer.status, answer.body).toBe(403);
        expect(answer.body).toMatch(/is waiting/);
        expect(grantOf(id)).toBe('ACTIVE');
      });

      it('does not fit another body, and is kept for its own', async () => {
        const { directly } = environment();
        const id = await granted('{"data":{"c":"1"}}');
        const other = await pending('{"data":{"c":"2"}}');
        expect(other.status, other.body).toBe(403);
        expect(other.body).toMatch(/is waiting/);
        expect(grantOf(id)).toBe('ACTIVE');
        const own = await pending('{"data":{"c":"1"}}');
        expect(own.status, own.body).toBe(200);
        expect(grantOf(id)).toBe('CONSUMED');
        const { stdout } = await directly(['-n', NAMESPACE, 'get', 'configmap', 'unused', '-o', 'jsonpath={.data.c}']);
        expect(stdout).toBe('1');
      });
    });

    it('nobody is asked to confirm what the API server refuses', async () => {
      const { request, gateway } = environment();
      const before = gateway.approvals().length;
      const answer = await request('DELETE', '/api/v1/namespaces/gatehouse-absent', {});
      expect(answer.status, answer.body).toBe(404);
      expect(gateway.approvals().length).toBe(before);
    });

    it('ordinary writes cost the cluster one request', async () => {
      const { request, cluster } = environment();
      const before = (await cluster.auditLog()).length;
      const answer = await request('PATCH', `${CORE}/configmaps/old`, MERGE, '{"data":{"a":"3"}}');
      expect(answer.status, answer.body).toBe(200);
      expect((await cluster.auditLog()).length).toBe(before + 1);
    });

    it('case 49: a YAML body goes out as the JSON that was read', async () => {
      const { request } = environment();
      const yaml = 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: from-yaml\n  labels: {a: "y"}\n';
      const answer = await request('POST', `${CORE}/serviceaccounts`, { 'Content-Type': 'application/yaml' }, yaml);
      expect(answer.status, answer.body).toBe(201);
      expect(JSON.parse(answer.body)).toMatchObject({ metadata: { name: 'from-yaml', labels: { a: 'y' } } });
    });

    it.each([
      ['case 49: several documents', 'application/yaml', 'kind: ConfigMap\n---\nkind: Secret\n', 400],
      ['case 49: a repeated key', 'application/yaml', 'kind: ConfigMap\nkind: Secret\n', 400],
      ['a repeated key in JSON', 'application/json', '{"spec":{"hostNetwork":true},"spec":{}}', 400],
      ['CBOR', 'application/cbor', '\xd9\xd9\xf7', 415],
    ])('%s is refused', async (_name, type, body, status) => {
      const answer = await environment().request('POST', `${CORE}/services`, { 'Content-Type': type }, body);
      expect(answer.status, answer.body).toBe(status);
    });

    it('case 50: protobuf to a custom resource is refused', async () => {
      const type = { 'Content-Type': 'application/vnd.kubernetes.protobuf' };
      const answer = await environment().request('POST', '/apis/example.com/v1/widgets', type, 'k8s\0');
      expect([403, 415]).toContain(answer.status);
      const namespaced = `/apis/example.com/v1/namespaces/${NAMESPACE}/widgets`;
      expect((await environment().request('POST', namespaced, type, 'k8s\0')).status).toBe(415);
    });
  });
}
