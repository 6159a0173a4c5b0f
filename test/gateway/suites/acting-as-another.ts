import { describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';

/** Impersonation: what is refused, what waits, and what the API server then sees. */
export function describeActingAsAnother(environment: () => RunningGateway): void {
  describe('acting as another', () => {
    it.each([
      ['system:admin', []],
      ['kubernetes-admin', []],
      ['system:kube-controller-manager', []],
      ['system:node:n1', []],
      ['system:serviceaccount:kube-system:default', []],
      ['eve', ['--as-group=system:masters']],
    ])('case 9: --as=%s %s is refused, naming the rule', async (user, extra) => {
      const { stderr, code } = await environment().kubectl(['get', 'pods', `--as=${user}`, ...extra]);
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/Error from server \(Forbidden\)/);
      const [denied] = (await environment().records()).filter(({ type }) => type === 'decided');
      expect(denied).toMatchObject({
        decision: { outcome: 'deny', why: expect.arrayContaining([expect.stringMatching(/matched {3}never\//)]) },
        effective: { user },
      });
    });

    it('case 10: waits silently, runs once it is confirmed, and the API server sees the target', async () => {
      const { startKubectl, decideNext, cluster } = environment();
      const waiting = startKubectl(['auth', 'whoami', '-o', 'json', '--as=eve', '--as-group=dev', '--as-group=a, b']);
      await decideNext('approve');
      const { stdout, stderr, code } = await waiting.done;
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ status: { userInfo: { username: 'eve' } } });
      const groups = (JSON.parse(stdout) as { status: { userInfo: { groups: string[] } } }).status.userInfo.groups;
      expect(groups).toEqual(expect.arrayContaining(['dev', 'a, b']));
      const audited = await cluster.auditLog();
      expect(audited.some(({ impersonatedUser }) => impersonatedUser?.username === 'eve')).toBe(true);
    });

    it('case 40: a grant is good for one request', async () => {
      const { startKubectl, decideNext } = environment();
      const command = ['get', 'namespaces', '--as=eve', '--as-group=system:authenticated'];
      const first = startKubectl(command);
      await decideNext('approve');
      await first.done;
      const second = startKubectl(command);
      await decideNext('deny', 'once is enough');
      const { stderr, code } = await second.done;
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/was denied: once is enough/);
    });

    it('case 12: can-i for somebody else is held like any request, never answered about the caller', async () => {
      const { startKubectl, decideNext } = environment();
      const asking = startKubectl(['auth', 'can-i', 'delete', 'nodes', '--as=eve']);
      await decideNext('deny');
      const { stdout } = await asking.done;
      expect(stdout).not.toMatch(/^yes/m);
    });

    it('discovery under --as is never held', async () => {
      const { kubectl } = environment();
      const { stdout, stderr, code } = await kubectl(['api-resources', '--as=eve']);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/secrets/);
    });

    const get = '/api/v1/namespaces';
    it.each([
      ['case 2: two Impersonate-User lines', { 'Impersonate-User': ['a', 'b'] }, 400],
      ['case 2: an empty user with groups', { 'Impersonate-User': '', 'Impersonate-Group': 'g' }, 400],
      ['case 3: a group without a user', { 'Impersonate-Group': 'g' }, 400],
      ['case 3: an extra without a user', { 'Impersonate-Extra-k': 'v' }, 400],
      ['case 44: an empty user before a named one', { 'Impersonate-User': ['', 'eve'] }, 400],
    ])('%s is refused and nothing reaches the cluster', async (_name, headers, status) => {
      const { request, cluster } = environment();
      const before = (await cluster.auditLog()).length;
      const answer = await request('GET', get, headers);
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
      expect((await cluster.auditLog()).length).toBe(before);
    });

    it('case 4: an unknown Impersonate header is refused', async () => {
      const answer = await environment().request('GET', get, { 'Impersonate-Foo': 'x' });
      expect(answer.status).toBeGreaterThanOrEqual(400);
    });

    it('case 4: odd case is still an impersonation', async () => {
      const answer = await environment().request('GET', get, { 'iMPersonate-uSER': 'system:admin' });
      expect(answer.status).toBe(403);
    });

    it('case 8: front-proxy headers and a bearer token change nothing', async () => {
      const headers = {
        'X-Remote-User': 'system:admin',
        'X-Remote-Group': 'system:masters',
        Authorization: 'Bearer x',
      };
      const answer = await environment().request('GET', get, headers);
      expect(answer.status).toBe(200);
    });
  });
}
