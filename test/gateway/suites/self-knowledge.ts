import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** What a client is told about itself, and the warnings beside answers. */
export function describeSelfKnowledge(environment: () => RunningGateway): void {
  describe('kubectl auth can-i', () => {
    const canI = (...words: string[]) => environment().kubectl(['auth', 'can-i', ...words]);

    it.each([
      ['get', 'pods'],
      ['create', 'pods', '--subresource=exec'],
      ['get', 'pods', '--subresource=log'],
      ['list', 'nodes'],
      ['get', '/version'],
    ])('case 40: %s %s is yes without a word: policy and cluster both allow it', async (...words) => {
      const { stdout, stderr, code } = await canI(...words);
      expect([stdout.trim(), code]).toEqual(['yes', 0]);
      expect(stderr).not.toMatch(/approval/);
    });

    it.each([
      [['get', 'services', '--subresource=proxy'], /no - gatehouse policy: .*\(rule never\/proxy-subresources\)/],
      [['get', 'nodes', '--subresource=proxy'], /no - gatehouse policy: .*\(rule never\/proxy-subresources\)/],
      [
        ['update', 'pods', '--subresource=status'],
        /no - gatehouse policy: no rule of the Gatehouse policy allows update on pods\/status/,
      ],
      [['get', '/metrics'], /no - gatehouse policy: .*\(rule never\/control-plane-internals\)/],
      [['*', '*'], /no - gatehouse policy/],
    ])('case 40: %j is no, though the cluster would allow it', async (words, said) => {
      const { stdout, code } = await canI(...words);
      expect(stdout).toMatch(said);
      expect(code).toBe(1);
      expect((await environment().directly(['auth', 'can-i', ...words])).stdout.trim()).toBe('yes');
    });

    it.each([
      [['delete', 'namespaces/default'], 'confirm/deletes-with-everything-in-them'],
      [['create', 'clusterroles'], 'confirm/rights-and-admission'],
      [['create', 'serviceaccounts', '--subresource=token'], 'confirm/service-account-tokens'],
      // kubectl asks in the namespace of its context; nodes have none.
      [['patch', 'nodes'], 'confirm/cluster-wide-writes'],
    ])('case 40: %j is yes, and a warning says that a person is asked first', async (words, rule) => {
      const { stdout, stderr, code } = await canI(...words);
      expect([stdout.trim(), code]).toEqual(['yes', 0]);
      expect(stderr).toContain(`Warning: needs a person's approval (rule ${rule})`);
    });

    it('case 40: the same stands in the answer for programs that ask', async () => {
      const review = (verb: string, resource: string) =>
        JSON.stringify({
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { verb, resource, namespace: 'default', name: 'x' } },
        });
      const target = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
      const ask = async (verb: string, resource: string, accept: string) => {
        const headers = { 'Content-Type': 'application/json', Accept: accept };
        const answered = await environment().request('POST', target, headers, review(verb, resource));
        return { status: answered.status, body: JSON.parse(answered.body) };
      };
      expect(await ask('get', 'pods/proxy', 'application/json')).toMatchObject({
        status: 201,
        body: { spec: { resourceAttributes: { verb: 'get' } }, status: { allowed: false, denied: true } },
      });
      // Whatever form is asked for, none goes by the rewriting.
      const table = 'application/json;as=Table;g=meta.k8s.io;v=v1';
      expect(await ask('delete', 'nodes', table)).toMatchObject({
        status: 201,
        body: {
          kind: 'SelfSubjectAccessReview',
          status: {
            allowed: true,
            reason: expect.stringMatching(/gatehouse: needs a person's approval \(rule confirm/),
          },
        },
      });
      expect((await ask('get', 'pods/proxy', 'application/vnd.kubernetes.protobuf')).body.status.allowed).toBe(false);
    });

    it('a review of somebody else is the cluster’s own answer', async () => {
      const body = JSON.stringify({
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace: 'default' },
        spec: {
          user: 'eve',
          groups: ['system:masters'],
          resourceAttributes: { verb: 'get', resource: 'pods', subresource: 'proxy', namespace: 'default' },
        },
      });
      const target = '/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews';
      const answered = await environment().request('POST', target, { 'Content-Type': 'application/json' }, body);
      expect(answered.status, answered.body).toBe(201);
      expect(JSON.parse(answered.body).status.allowed).toBe(true);
    });

    it('case 12: as somebody whom nobody may be, it is an error and no answer', async () => {
      const { stdout, stderr, code } = await canI('get', 'pods', '--as=system:admin');
      expect(stdout).not.toMatch(/yes|no/);
      expect(stderr).toMatch(/acting as system:admin is never allowed/);
      expect(code).not.toBe(0);
    });

    it('case 12: as somebody that a person confirmed, it is about that somebody', async () => {
      const { startKubectl, decideNext } = environment();
      const asking = startKubectl(['auth', 'can-i', 'delete', 'nodes', '--as=eve']);
      await decideNext('approve');
      const { stdout } = await asking.done;
      expect(stdout.trim()).toBe('no');
    });

    it('--list keeps what policy allows, takes out what it denies, and says where it cannot', async () => {
      const { stdout, stderr, code } = await canI('--list');
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ +\[\/version\] .*\[.*get.*\]$/m);
      expect(stdout).not.toMatch(/\[\/metrics\]/);
      expect(stdout + stderr).toMatch(/the list may be incomplete: .*Gatehouse's policy applies too.*nodes\/proxy/);
      expect(stdout + stderr).toMatch(/a person is asked first for /);
    });
  });

  describe('warnings', () => {
    const namespace = 'gatehouse-warnings';
    beforeAll(async () => {
      const { directly } = environment();
      await directly(['create', 'namespace', namespace]);
      await directly(['-n', namespace, 'create', 'secret', 'generic', 'db', '--from-literal=password=hunter2-hunter2']);
    });
    afterAll(async () => {
      await environment().directly(['delete', 'namespace', namespace, '--wait=false']);
    });
    const readSecret = () =>
      environment().kubectl(['-n', namespace, 'get', 'secret', 'db', '-o', 'yaml', '--warnings-as-errors']);

    it('a masked value is told of, which --warnings-as-errors makes an error', async () => {
      const { stdout, stderr, code } = await readSecret();
      expect(stdout).not.toMatch(/hunter2|aHVudGVy/);
      expect(stderr).toMatch(/Warning: 1 value masked in secret gatehouse-warnings\/db/);
      expect(stderr).toMatch(/error: 1 warning received/);
      expect(code).toBe(1);
    });

    it('a policy turns them off, and refusals are said all the same', async () => {
      const { writePolicy } = environment();
      const restore = await writePolicy(
        'quiet.yaml',
        `apiVersion: gatehouse/v1
kind: AccessPolicy
metadata: {name: quiet}
spec:
  rules:
  - id: no-warnings
    effect: none
    match: {subjects: {users: ["local:tester"]}}
    obligations: {warnings: off}
`,
      );
      try {
        const { stdout, stderr, code } = await readSecret();
        expect(stdout).not.toMatch(/hunter2|aHVudGVy/);
        expect([stderr, code]).toEqual(['', 0]);
        const asked = await environment().kubectl(['auth', 'can-i', 'patch', 'nodes']);
        expect(asked.stderr).not.toMatch(/approval/);
        expect((await environment().kubectl(['get', '--raw', '/metrics'])).stderr).toMatch(
          /never\/control-plane-internals/,
        );
      } finally {
        await restore();
      }
      expect((await readSecret()).code).toBe(1);
    });
  });
}
