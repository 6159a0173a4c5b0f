import { describe, expect, it } from 'vitest';
import type { RunningGateway } from '../environment/running-gateway.ts';
import { lastDecided, nothingReaches } from './nothing-reached.ts';

const EXTRA = 'Impersonate-Extra-';

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
      const { stderr, code } = await nothingReaches(environment(), () =>
        environment().kubectl(['get', 'pods', `--as=${user}`, ...extra]),
      );
      expect(code).not.toBe(0);
      expect(stderr).toMatch(/Error from server \(Forbidden\)/);
      expect(stderr).toMatch(/is never allowed \(rule never\/act-as-privileged\)/);
      expect(await lastDecided(environment())).toMatchObject({
        principal: { user: 'local:tester' },
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
      const { stdout, code } = await asking.done;
      expect(stdout).not.toMatch(/^(yes|no)/m);
      expect(code).not.toBe(0);
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
      ['case 3: a UID without a user', { 'Impersonate-Uid': '1' }, 400],
      ['case 3: an extra without a user', { 'Impersonate-Extra-k': 'v' }, 400],
      ['case 44: an empty user before a named one', { 'Impersonate-User': ['', 'eve'] }, 400],
      ['case 4: an unknown name', { 'Impersonate-User': 'eve', 'Impersonate-Foo': 'x' }, 400],
      ['case 4: an unknown name alone', { 'Impersonate-Foo': 'x' }, 400],
      ['case 4: a privileged user in odd case', { 'iMPersonate-uSER': 'system:admin' }, 403],
      ['case 5: a UID, which no rule lists', { 'Impersonate-User': 'eve', 'Impersonate-Uid': '123' }, 403],
      [
        'case 6: a key of ours, encoded',
        { 'Impersonate-User': 'eve', [`${EXTRA}GATEHOUSE.dev%2Foriginal-user`]: 'x' },
        403,
      ],
      ['case 6: a key that nobody uses', { 'Impersonate-User': 'eve', [`${EXTRA}a%20b`]: 'x' }, 403],
    ])('%s is refused, on record, and nothing reaches the cluster', async (_name, headers, status) => {
      const answer = await nothingReaches(environment(), () => environment().request('GET', get, headers));
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', status: 'Failure', code: status });
      const { decision, principal } = await lastDecided(environment());
      expect(['refused', 'deny']).toContain(decision.outcome);
      expect(principal.user).toBe('local:tester');
    });

    it('case 6: the key of an extra is decoded and in small letters when a person is asked, and for the API server', async () => {
      const { request, decideNext } = environment();
      const review = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' });
      const headers = {
        'Impersonate-User': 'eve',
        [`${EXTRA}Scopes%2fadmin`]: 'v',
        'Content-Type': 'application/json',
      };
      const asking = request('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', headers, review);
      await decideNext('approve');
      const { status, body } = await asking;
      expect(status, body).toBe(201);
      expect(JSON.parse(body).status.userInfo.extra).toMatchObject({ 'scopes/admin': ['v'] });
      const { effective } = await lastDecided(environment());
      expect(effective?.extra).toMatchObject({ 'scopes/admin': ['v'] });
    });
  });
}
