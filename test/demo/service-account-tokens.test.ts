import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ServiceAccountTokens } from '../../demo/access/service-account-tokens.ts';
import { ClusterObjects } from '../../demo/store/cluster-objects.ts';
import { kindNamed } from '../../demo/store/resource-kinds.ts';
import { DemoFixture } from './demo-fixture.ts';

describe('a token of TokenRequest', () => {
  let demo: DemoFixture;
  const accounts = '/api/v1/namespaces/tokens/serviceaccounts';
  const order = (spec: object, query = '') => demo.sendJson('POST', `${accounts}/robot/token${query}`, { spec });
  const whoIs = (token: string) =>
    demo.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      user: 'nobody',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      body: '{}',
    });

  beforeAll(async () => {
    demo = await DemoFixture.start();
    await demo.sendJson('POST', '/api/v1/namespaces', { metadata: { name: 'tokens' } });
    await demo.sendJson('POST', accounts, { metadata: { name: 'robot' } });
  });
  afterAll(() => demo.stop());

  it.each(['', '?dryRun=All'])('acts as its service account (query "%s")', async (query) => {
    const { status, json } = await order({}, query);
    expect([status, json.spec.expirationSeconds]).toEqual([201, 3600]);
    const { userInfo } = (await whoIs(json.status.token)).json.status;
    expect(userInfo).toMatchObject({
      username: 'system:serviceaccount:tokens:robot',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:tokens', 'system:authenticated'],
    });
  });

  it('opens nothing here when it is for another audience, or was changed', async () => {
    const elsewhere = (await order({ audiences: ['vault'] })).json.status.token;
    expect((await whoIs(elsewhere)).status).toBe(401);
    const [head, body, signature] = (await order({})).json.status.token.split('.');
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const forged = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 1 })).toString('base64url');
    expect((await whoIs(`${head}.${forged}.${signature}`)).status).toBe(401);
  });

  it('ends with the Secret that it was bound to, and with its account', async () => {
    await demo.sendJson('POST', '/api/v1/namespaces/tokens/secrets', { metadata: { name: 'leash' } });
    const boundObjectRef = { apiVersion: 'v1', kind: 'Secret', name: 'leash' };
    const bound = (await order({ boundObjectRef })).json.status.token;
    await demo.sendJson('POST', accounts, { metadata: { name: 'brief' } });
    const brief = (await demo.sendJson('POST', `${accounts}/brief/token`, {})).json.status.token;
    expect([(await whoIs(bound)).status, (await whoIs(brief)).status]).toEqual([201, 201]);
    await demo.send('DELETE', '/api/v1/namespaces/tokens/secrets/leash');
    await demo.send('DELETE', `${accounts}/brief`);
    await demo.sendJson('POST', accounts, { metadata: { name: 'brief' } });
    expect([(await whoIs(bound)).status, (await whoIs(brief)).status]).toEqual([401, 401]);
  });

  it.each([
    [{ expirationSeconds: 599 }, 422, 'may not specify a duration less than 10 minutes'],
    [{ boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: 'nope' } }, 404, 'pods "nope" not found'],
    [
      { boundObjectRef: { apiVersion: 'v1', kind: 'ConfigMap', name: 'x' } },
      400,
      'cannot bind token to object of type',
    ],
  ])('is not issued for %j', async (spec, status, message) => {
    const answer = await order(spec);
    expect(answer.status).toBe(status);
    expect(answer.json.message).toContain(message);
  });
});

describe('the token that the contractor left behind', () => {
  it('works until somebody deletes the Secret that keeps it', async () => {
    const demo = await DemoFixture.start();
    try {
      const user = 'oakline-deployer';
      expect((await demo.send('GET', '/version', { user })).status).toBe(200);
      await demo.send('DELETE', '/api/v1/namespaces/ci/secrets/oakline-deployer-token');
      expect((await demo.send('GET', '/version', { user })).status).toBe(401);
    } finally {
      await demo.stop();
    }
  });
});

describe('a token’s time', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('runs out', () => {
    vi.useFakeTimers();
    const objects = new ClusterObjects();
    objects.create(kindNamed('Namespace'), '', { metadata: { name: 'n' } });
    const account = objects.create(kindNamed('ServiceAccount'), 'n', { metadata: { name: 'robot' } });
    const tokens = new ServiceAccountTokens(objects);
    const { token } = tokens.issue({
      account,
      audiences: ['https://kubernetes.default.svc'],
      seconds: 600,
      bound: null,
    });
    vi.advanceTimersByTime(598_000);
    expect(tokens.check(token)?.username).toBe('system:serviceaccount:n:robot');
    vi.advanceTimersByTime(3_000);
    expect(tokens.check(token)).toBeNull();
  });
});
