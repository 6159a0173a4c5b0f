import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { refreshTokens } from '../../proxy/clusters/oidc-tokens.ts';
import { quotedYaml } from '../../proxy/quoted-yaml.ts';
import { kubectlPath, run } from '../gateway/environment/command.ts';
import { type RunningGateway, startGateway } from '../gateway/environment/running-gateway.ts';
import { CLIENT, type OidcFixture, startOidcProvider } from '../proxy/clusters/oidc-fixture.ts';
import { type ControlPlane, controlPlanePrograms, startControlPlane } from './control-plane/start-control-plane.ts';

const part = (text: string): string => Buffer.from(text).toString('base64url');
const EXPIRED = `${part('{"alg":"none"}')}.${part('{"exp":1000}')}.${part('{}')}`;
const WHOAMI = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];

/** A user of `auth-provider: oidc`, a provider that takes each refresh token once, an API server that trusts it. */
describe.skipIf(!controlPlanePrograms)('a user that signed in by OIDC', () => {
  let provider: OidcFixture;
  let plane: ControlPlane;
  let running: RunningGateway;
  let folder: string;
  let kubeconfig: string;

  beforeAll(async () => {
    provider = await startOidcProvider();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-oidc-'));
    kubeconfig = join(folder, 'config');
    const authority = join(folder, 'provider.crt');
    await writeFile(authority, provider.certificate);
    plane = await startControlPlane([
      `--oidc-issuer-url=${provider.issuer}`,
      `--oidc-client-id=${CLIENT.id}`,
      `--oidc-ca-file=${authority}`,
      '--oidc-username-prefix=oidc:',
    ]);
    const { clusters } = parse(await readFile(plane.adminKubeconfig, 'utf8'));
    const config = {
      'idp-issuer-url': provider.issuer,
      'client-id': CLIENT.id,
      'client-secret': CLIENT.secret,
      'idp-certificate-authority': authority,
      'id-token': EXPIRED,
      'refresh-token': await provider.signIn('dana'),
    };
    await writeFile(
      kubeconfig,
      quotedYaml({
        clusters,
        users: [{ name: 'dana', user: { 'auth-provider': { name: 'oidc', config } } }],
        contexts: [{ name: 'oidc', context: { cluster: clusters[0].name, user: 'dana' } }],
        'current-context': 'oidc',
      }),
    );
    await untilTrusted();
    running = await startGateway({
      name: 'real',
      kubeconfig,
      context: 'oidc',
      runsPods: false,
      auditLog: async () => plane.auditLog(),
      close: () => plane.close(),
    });
  });
  afterAll(async () => {
    await running?.close();
    await plane?.close();
    provider?.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** The API server fetches the provider's keys by itself, some seconds after it is up. */
  async function untilTrusted(): Promise<void> {
    const { issuer, certificate } = provider;
    const client = { issuer, clientId: CLIENT.id, clientSecret: CLIENT.secret, authority: certificate };
    const { idToken } = await refreshTokens(client, await provider.signIn('somebody'));
    const { clusters } = parse(await readFile(plane.adminKubeconfig, 'utf8'));
    const file = join(folder, 'token');
    const contexts = [{ name: 'c', context: { cluster: clusters[0].name, user: 'u' } }];
    await writeFile(
      file,
      quotedYaml({ clusters, users: [{ name: 'u', user: { token: idToken } }], contexts, 'current-context': 'c' }),
    );
    await vi.waitFor(
      async () => expect((await run(kubectlPath, WHOAMI, { kubeconfig: file })).stdout).toBe('oidc:somebody'),
      { timeout: 60_000, interval: 500 },
    );
  }

  const config = async (): Promise<Record<string, string>> =>
    parse(await readFile(kubeconfig, 'utf8')).users[0].user['auth-provider'].config;
  const refreshes = (): number => provider.asked.filter((asked) => asked === 'POST /token').length;
  const directly = async (): Promise<string> => (await run(kubectlPath, WHOAMI, { kubeconfig })).stdout;

  it('is that user through the gateway, which refreshes the expired token and keeps the new ones', async () => {
    const before = await config();
    expect((await running.kubectl(WHOAMI)).stdout).toBe('oidc:dana');
    const after = await config();
    expect(after).toEqual({ ...before, 'id-token': after['id-token'], 'refresh-token': after['refresh-token'] });
    expect(after['id-token']).not.toBe(EXPIRED);
    expect(after['refresh-token']).not.toBe(before['refresh-token']);
  });

  it('goes on with kubectl alone, which refreshes with the token that the gateway left', async () => {
    const before = refreshes();
    expect(await directly()).toBe('oidc:dana');
    expect(refreshes()).toBe(before);
    const { 'id-token': token = '' } = await config();
    await writeFile(kubeconfig, (await readFile(kubeconfig, 'utf8')).replace(token, EXPIRED));
    expect(await directly()).toBe('oidc:dana');
    expect(refreshes()).toBe(before + 1);
  });

  it('and the gateway goes on with what kubectl left', async () => {
    const before = refreshes();
    expect((await running.kubectl(WHOAMI)).stdout).toBe('oidc:dana');
    expect(refreshes()).toBe(before);
  });

  it('has its tokens in no file, record or log of the gateway', async () => {
    const written = await running.everythingWritten();
    for (const name of ['id-token', 'refresh-token', 'client-secret']) {
      expect(written).not.toContain((await config())[name]);
    }
  });
});
