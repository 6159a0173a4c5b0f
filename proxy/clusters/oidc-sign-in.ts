import { readFile } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { GatewayLog } from '../gateway-log.ts';
import { KubeconfigEditError, writeAuthProviderConfig } from './kubeconfig-edit.ts';
import { KubeconfigFileError, type KubeconfigUser, readKubeconfigFile } from './kubeconfig-file.ts';
import { freshUntil, OidcError, refreshTokens } from './oidc-tokens.ts';
import { OneAtATime } from './one-at-a-time.ts';

type Config = Readonly<Record<string, string>>;

/** What keeps an `auth-provider` from being used, in words that follow the user's name; null where nothing does. */
export function authProviderProblem({ exec, 'auth-provider': provider }: KubeconfigUser): string | null {
  if (!provider) return null;
  if (exec) return 'has both an auth provider and an exec plugin; kubectl takes one or the other';
  if (provider.name !== 'oidc') {
    return `needs the auth provider "${provider.name}", which kubectl dropped in 1.26; use its exec plugin`;
  }
  const missing = ['idp-issuer-url', 'client-id'].find((name) => !provider.config[name]);
  if (missing !== undefined) return `has an auth provider without ${missing}`;
  if (!provider.config['idp-issuer-url']?.startsWith('https://')) {
    return 'has an auth provider whose idp-issuer-url does not start with https://';
  }
  const authority = provider.config['idp-certificate-authority'];
  if (authority && !isAbsolute(authority)) {
    return 'has an auth provider with a relative idp-certificate-authority; write the whole path';
  }
  return null;
}

/**
 * The ID token of a user with `auth-provider: oidc`: that of the kubeconfig while it is fresh, then a refreshed one,
 * which goes into the kubeconfig, because a provider may take each refresh token once only and kubectl reads it there.
 */
export class OidcSignIn {
  readonly #user: KubeconfigUser;
  readonly #log: GatewayLog;
  readonly #refreshes: Refreshes;
  #config: Config;
  #rejected: string | null = null;

  constructor(user: KubeconfigUser, log: GatewayLog) {
    this.#user = user;
    this.#log = log;
    this.#config = user['auth-provider']?.config ?? {};
    this.#refreshes = refreshesOf(user);
  }

  /**
   * @returns the token, and when it is to be asked for again, in milliseconds since the epoch
   * @throws {OidcError}
   */
  async token(now: number): Promise<{ readonly token: string; readonly until: number }> {
    const fresh = this.#fresh(this.#config, now);
    if (fresh !== null) return fresh;
    return this.#refreshes.turns.run(async () => {
      const { spent, latest } = this.#refreshes;
      const onDisk = await this.#configOnDisk();
      const newest = spent.has(onDisk['refresh-token'] ?? '') ? { ...onDisk, ...latest } : onDisk;
      return this.#fresh(newest, now) ?? this.#refresh(now);
    });
  }

  /** The API server did not accept the token: it is not used again while there is a way to another. */
  rejected(): void {
    this.#rejected = this.#config['id-token'] ?? null;
  }

  #fresh(config: Config, now: number): { readonly token: string; readonly until: number } | null {
    this.#config = config;
    const token = config['id-token'];
    if (!token) return null;
    const until = freshUntil(token);
    if (now >= until || (token === this.#rejected && config['refresh-token'])) return null;
    return { token, until };
  }

  /** kubectl, or another gateway, may have refreshed in the meantime, and the old refresh token be worth nothing. */
  async #configOnDisk(): Promise<Config> {
    try {
      const { users } = await readKubeconfigFile(this.#user.file);
      const found = users.find(({ name }) => name === this.#user.name)?.['auth-provider'];
      return found?.name === 'oidc' && sameClient(found.config, this.#config) ? found.config : this.#config;
    } catch (error) {
      if (error instanceof KubeconfigFileError) return this.#config;
      throw error;
    }
  }

  async #refresh(now: number): Promise<{ readonly token: string; readonly until: number }> {
    const config = this.#config;
    const refreshToken = config['refresh-token'];
    if (!refreshToken) {
      throw new OidcError('its id-token has expired and there is no refresh-token; sign in again');
    }
    const client = {
      issuer: config['idp-issuer-url'] ?? '',
      clientId: config['client-id'] ?? '',
      clientSecret: config['client-secret'] || null,
      authority: await authorityOf(config),
    };
    const tokens = await refreshTokens(client, refreshToken).catch((error: unknown) => {
      throw error instanceof OidcError ? new OidcError(`the provider ${client.issuer} ${error.message}`) : error;
    });
    const changed = {
      'id-token': tokens.idToken,
      ...(tokens.refreshToken === null || tokens.refreshToken === refreshToken
        ? {}
        : { 'refresh-token': tokens.refreshToken }),
    };
    this.#config = { ...config, ...changed };
    this.#refreshes.spent.add(refreshToken);
    this.#refreshes.latest = { 'refresh-token': refreshToken, ...changed };
    this.#rejected = null;
    await this.#persist(changed);
    const until = freshUntil(tokens.idToken);
    if (now >= until) throw new OidcError(`the provider ${client.issuer} gave an id-token that has expired already`);
    return { token: tokens.idToken, until };
  }

  /** A kubeconfig that cannot be written is no reason to refuse: the tokens are good, and last as long as the gateway. */
  async #persist(changed: Config): Promise<void> {
    const { file, name } = this.#user;
    try {
      await writeAuthProviderConfig(file, name, changed);
    } catch (error) {
      if (!(error instanceof KubeconfigEditError)) throw error;
      const consequence = 'The new tokens could not be written into the kubeconfig; kubectl may have to sign in again';
      this.#log.warn({ event: 'sign-in-unkept', file, user: name, reason: error.message }, consequence);
    }
  }
}

/**
 * What was refreshed for one user, whichever clusters it is used for: a refresh token that is good once must not be used
 * twice, not even where the kubeconfig cannot be written and so has the old one still.
 */
interface Refreshes {
  readonly turns: OneAtATime;
  readonly spent: Set<string>;
  latest: Config;
}

const REFRESHES = new Map<string, Refreshes>();

function refreshesOf({ file, name }: KubeconfigUser): Refreshes {
  const key = JSON.stringify([file, name]);
  const known = REFRESHES.get(key) ?? { turns: new OneAtATime(), spent: new Set<string>(), latest: {} };
  REFRESHES.set(key, known);
  return known;
}

function sameClient(one: Config, other: Config): boolean {
  return ['idp-issuer-url', 'client-id'].every((name) => one[name] === other[name]);
}

async function authorityOf(config: Config): Promise<string | null> {
  const data = config['idp-certificate-authority-data'];
  if (data) return Buffer.from(data, 'base64').toString('utf8');
  const file = config['idp-certificate-authority'];
  if (!file) return null;
  return readFile(file, 'utf8').catch(() => {
    throw new OidcError(`the file ${file} (idp-certificate-authority) is missing or unreadable`);
  });
}
