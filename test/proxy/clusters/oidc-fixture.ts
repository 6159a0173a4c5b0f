import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';
import { loopbackCertificate } from '../fixtures/loopback-tls.ts';

export const CLIENT = { id: 'kubernetes', secret: 's&cret: of+the client' } as const;

/** How a client may have to show its secret; each is the id of a client, but for the first. */
export const CLIENT_KINDS = ['client_secret_basic', 'client_secret_post', 'none'] as const;

/** A real OpenID provider (oidc-provider) at loopback, that takes each refresh token once. */
export interface OidcFixture {
  readonly issuer: string;
  /** PEM that vouches for it. */
  readonly certificate: string;
  /** Paths and forms it was asked, in order. */
  readonly asked: readonly string[];
  /** A refresh token as somebody gets who signs in. */
  signIn(user: string, client?: string): Promise<string>;
  close(): void;
}

/** @param lifetime seconds for which its ID tokens are good */
export async function startOidcProvider(lifetime = 3_600): Promise<OidcFixture> {
  const { certificate, privateKey } = await loopbackCertificate();
  const asked: string[] = [];
  let handle = (_request: unknown, _answer: unknown): void => undefined;
  const server = createServer({ cert: certificate, key: privateKey }, (request, answer) => {
    asked.push(`${request.method} ${request.url}`);
    handle(request, answer);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: CLIENT_KINDS.map((method) => ({
      client_id: method === 'client_secret_basic' ? CLIENT.id : method,
      ...(method === 'none' ? {} : { client_secret: CLIENT.secret }),
      token_endpoint_auth_method: method,
      redirect_uris: ['https://localhost/back'],
      grant_types: ['authorization_code', 'refresh_token'],
    })),
    cookies: { keys: ['only for a test'] },
    rotateRefreshToken: true,
    ttl: { IdToken: lifetime, AccessToken: lifetime, RefreshToken: 86_400, Grant: 86_400 },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: async () => ({ sub: id }) }),
  });
  handle = provider.callback();
  return {
    issuer,
    certificate,
    asked,
    async signIn(user, clientId = CLIENT.id) {
      const client = await provider.Client.find(clientId);
      if (client === undefined) throw new Error('the provider has no client');
      const scope = 'openid offline_access';
      const grant = new provider.Grant({ accountId: user, clientId });
      grant.addOIDCScope(scope);
      const token = new provider.RefreshToken({
        accountId: user,
        client,
        grantId: await grant.save(),
        scope,
        gty: 'authorization_code',
        authTime: Math.trunc(Date.now() / 1000),
      });
      return token.save();
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
