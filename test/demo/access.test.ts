import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoFixture } from './demo-fixture.ts';

let demo: DemoFixture;
beforeAll(async () => {
  demo = await DemoFixture.start();
});
afterAll(() => demo.stop());

const secrets = '/api/v1/namespaces/payments/secrets';

describe('authentication', () => {
  it('lets the anonymous see the version and no more', async () => {
    expect((await demo.send('GET', '/version', { user: 'nobody' })).status).toBe(200);
    const refused = await demo.send('GET', secrets, { user: 'nobody' });
    expect(refused.json.message).toBe(
      'secrets is forbidden: User "system:anonymous" cannot list resource "secrets" in API group "" in the namespace "payments"',
    );
  });

  it('refuses a token that it does not know', async () => {
    const answer = await demo.send('GET', '/version', { user: 'nobody', headers: { Authorization: 'Bearer wrong' } });
    expect([answer.status, answer.json.reason]).toEqual([401, 'Unauthorized']);
  });

  it('does not look at a token beside a client certificate', async () => {
    const answer = await demo.send('GET', '/api/v1/pods', { headers: { Authorization: 'Bearer wrong' } });
    expect(answer.status).toBe(200);
  });
});

describe('impersonation', () => {
  it('turns the contractor’s forgotten CI account, which may read no Secret, into one who may', async () => {
    const user = 'oakline-deployer';
    expect((await demo.send('GET', secrets, { user })).status).toBe(403);
    const headers = { 'Impersonate-User': 'break-glass-admin' };
    expect((await demo.send('GET', secrets, { user, headers })).status).toBe(200);
  });

  it('by one who has no right to is refused with the name of what was asked', async () => {
    const headers = { 'Impersonate-User': 'eve', 'Impersonate-Extra-team': 'x' };
    const answer = await demo.send('GET', secrets, { user: 'oakline-deployer', headers });
    expect([answer.status, answer.json.message]).toEqual([
      403,
      'userextras.authentication.k8s.io "x" is forbidden: User "system:serviceaccount:ci:oakline-deployer" cannot impersonate resource "userextras/team" in API group "authentication.k8s.io" at the cluster scope',
    ]);
  });

  it('without a user is refused', async () => {
    const answer = await demo.send('GET', secrets, { headers: { 'Impersonate-Group': 'g' } });
    expect([answer.status, answer.json.reason]).toEqual([400, 'BadRequest']);
    expect(answer.json.message).toContain('without impersonating a user name');
  });

  it('keeps repeated group lines apart and commas inside one', async () => {
    const headers = { 'Impersonate-User': 'eve', 'Impersonate-Group': ['a, b', 'c'] };
    const answer = await demo.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: '{}',
    });
    expect(answer.json.status.userInfo).toEqual({ username: 'eve', groups: ['a, b', 'c', 'system:authenticated'] });
  });

  it('gives a service account its groups', async () => {
    const answer = await demo.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      headers: {
        'Impersonate-User': 'system:serviceaccount:payments:ledger-admin',
        'Content-Type': 'application/json',
      },
      body: '{}',
    });
    expect(answer.json.status.userInfo.groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:payments',
      'system:authenticated',
    ]);
  });
});

describe('RBAC', () => {
  it('gives namespaced rights in their namespace only, by resource name where one is given', async () => {
    const as = { 'Impersonate-User': 'system:serviceaccount:payments:payments-api' };
    const get = (path: string) => demo.send('GET', path, { headers: as }).then((answer) => answer.status);
    expect(await get('/api/v1/namespaces/payments/configmaps/payments-settings')).toBe(200);
    expect(await get('/api/v1/namespaces/payments/configmaps/kube-root-ca.crt')).toBe(403);
    expect(await get('/api/v1/namespaces/payments/configmaps')).toBe(403);
  });

  it('asks for create on exec, whatever the method', async () => {
    await demo.sendJson('POST', '/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      metadata: { name: 'get-exec' },
      rules: [{ apiGroups: [''], resources: ['pods', 'pods/exec'], verbs: ['get', 'list'] }],
    });
    await demo.sendJson('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
      metadata: { name: 'get-exec' },
      roleRef: { kind: 'ClusterRole', name: 'get-exec' },
      subjects: [{ kind: 'User', name: 'looker' }],
    });
    const headers = { 'Impersonate-User': 'looker' };
    const answer = await demo.send('GET', '/api/v1/namespaces/payments/pods/ledger-db-0/exec?command=id', { headers });
    expect([answer.status, answer.json.message]).toEqual([403, 'pods "ledger-db-0" is forbidden: ']);
  });
});
