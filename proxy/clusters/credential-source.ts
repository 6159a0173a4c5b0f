import { readFile } from 'node:fs/promises';
import type { GatewayLog } from '../gateway-log.ts';
import { Refusal } from '../refusal.ts';
import type { ExecCredential } from './exec-credential.ts';
import { DeclinedSignIn, runExecPlugin } from './exec-plugin.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig-file.ts';
import { OidcSignIn } from './oidc-sign-in.ts';
import { OidcError } from './oidc-tokens.ts';
import { pluginOf } from './plugin-of.ts';
import type { PluginTerminal } from './plugin-terminal.ts';

/** A credential in clear, PEM and text. Never leaves `clusters/` but inside a `SecureContext` or a header. */
export interface CredentialMaterial {
  readonly authority: string | null;
  readonly certificate: string | null;
  readonly key: string | null;
  readonly token: string | null;
  /** User name and password in base64, as `Authorization: Basic` has them. */
  readonly basic: string | null;
}

export interface CredentialSurroundings {
  /** Name of the kubeconfig context that it is for. */
  readonly context: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  readonly terminal: PluginTerminal | null;
  readonly log: GatewayLog;
}

/** Milliseconds after which files are read again, as client-go does with token files. */
const REREAD = 60_000;
/** A plugin's credential counts as expired a little early, so that it is still good when it arrives. */
const EXPIRY_MARGIN = 5_000;
/** And for who must not run it, a little earlier still: between the question and the use some time may pass. */
const DUE_MARGIN = 5_000;

/** How the plugin of a credential stands. */
export interface PluginState {
  readonly command: string;
  /** The next use runs it. */
  readonly due: boolean;
  /** Of what it gave last; milliseconds since the epoch. */
  readonly expires: number | null;
  /** Why its last run gave nothing; null where it did, or has not been run. */
  readonly failure: string | null;
}

/** What may stand in a header line (RFC 9110, 5.5). */
const SENDABLE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Where one kubeconfig user's credential comes from, and what it is now. */
export class CredentialSource {
  readonly #cluster: KubeconfigCluster;
  readonly #user: KubeconfigUser;
  readonly #surroundings: CredentialSurroundings;
  #known: { readonly material: CredentialMaterial; readonly until: number } | null = null;
  readonly #oidc: OidcSignIn | null;
  #plugin: ExecCredential | null = null;
  /** When what a plugin or a provider gave is to be asked for again, in milliseconds since the epoch. */
  #until = Number.POSITIVE_INFINITY;
  #pluginFailure: string | null = null;
  /** A person did not answer: who merely sends requests does not have them asked again. */
  #declined: DeclinedSignIn | null = null;

  constructor(cluster: KubeconfigCluster, user: KubeconfigUser, surroundings: CredentialSurroundings) {
    this.#cluster = cluster;
    this.#user = user;
    this.#surroundings = surroundings;
    this.#oidc = user['auth-provider'] ? new OidcSignIn(user, surroundings.log) : null;
  }

  /** @throws {Refusal} `upstream-credential-unavailable` */
  async material(): Promise<CredentialMaterial> {
    const now = this.#surroundings.now();
    if (this.#known !== null && now < this.#known.until) return this.#known.material;
    const authority = await this.authority();
    const material = { authority, ...(await this.#identity(authority)) };
    if (material.token !== null && !SENDABLE.test(material.token)) {
      throw this.#unavailable('its token has a line break, or another character that HTTP cannot send');
    }
    this.#known = { material, until: Math.min(now + REREAD, this.#until) };
    return material;
  }

  /** The plugin that the credential comes from, and how it stands; null where it comes from something else. */
  plugin(): PluginState | null {
    const command = pluginOf(this.#user);
    if (command === null) return null;
    const expires = this.#plugin?.expires ?? null;
    const soon = this.#surroundings.now() + EXPIRY_MARGIN + DUE_MARGIN;
    return {
      command,
      due: this.#plugin === null || (expires !== null && soon >= expires),
      expires,
      failure: this.#pluginFailure,
    };
  }

  /** The certificate authority (PEM) of the cluster entry; null for the system's own. */
  authority(): Promise<string | null> {
    return this.#pem('certificate-authority', this.#cluster);
  }

  /** The API server did not accept it, or a person signs in: read, and run, everything again. */
  forget(): void {
    this.#known = null;
    this.#plugin = null;
    this.#declined = null;
    this.#oidc?.rejected();
  }

  /** Certificate, token, name and password, then what has to be asked: client-go asks only where nothing else identifies the user. */
  async #identity(authority: string | null): Promise<Omit<CredentialMaterial, 'authority'>> {
    const [certificate, key] = await Promise.all([
      this.#pem('client-certificate', this.#user),
      this.#pem('client-key', this.#user),
    ]);
    if (certificate !== null && key !== null) return { certificate, key, token: null, basic: null };
    const token = await this.#token();
    if (token !== null) return { certificate: null, key: null, token, basic: null };
    const { username, password } = this.#user;
    if (username !== null) {
      const basic = Buffer.from(`${username}:${password ?? ''}`).toString('base64');
      return { certificate: null, key: null, token: null, basic };
    }
    if (this.#oidc !== null) {
      return { certificate: null, key: null, token: await this.#oidcToken(this.#oidc), basic: null };
    }
    const plugin = await this.#runPlugin(authority);
    return { certificate: plugin.certificate, key: plugin.key, token: plugin.token, basic: null };
  }

  async #token(): Promise<string | null> {
    const { token, tokenFile } = this.#user;
    if (tokenFile === null) return token;
    const read = (await readFile(tokenFile, 'utf8').catch(() => '')).trim();
    if (read !== '') return read;
    if (token !== null) return token;
    throw this.#unavailable(`its token file ${tokenFile} is missing, unreadable or empty`);
  }

  async #oidcToken(signIn: OidcSignIn): Promise<string> {
    try {
      const { token, until } = await signIn.token(this.#surroundings.now());
      this.#until = until;
      return token;
    } catch (error) {
      throw error instanceof OidcError ? this.#unavailable(error.message) : error;
    }
  }

  async #runPlugin(authority: string | null): Promise<ExecCredential> {
    const plugin = this.#user.exec;
    if (!plugin) throw this.#unavailable('it has no credential that Gatehouse knows');
    const expires = this.#plugin?.expires ?? null;
    if (this.#plugin !== null && (expires === null || this.#surroundings.now() < expires - EXPIRY_MARGIN)) {
      return this.#plugin;
    }
    if (this.#declined !== null) throw this.#declined;
    try {
      this.#plugin = await runExecPlugin({
        plugin,
        user: this.#user.name,
        cluster: this.#cluster,
        authorityData: authority === null ? null : Buffer.from(authority).toString('base64'),
        ...this.#surroundings,
      });
    } catch (error) {
      if (error instanceof DeclinedSignIn) this.#declined = error;
      this.#pluginFailure = error instanceof Refusal ? error.message : 'The credential plugin failed';
      throw error;
    }
    this.#pluginFailure = null;
    this.#until = this.#plugin.expires === null ? Number.POSITIVE_INFINITY : this.#plugin.expires - EXPIRY_MARGIN;
    return this.#plugin;
  }

  /** Inline data wins over a file (client-go `rest.dataFromSliceOrFile`). */
  async #pem<Key extends string>(
    key: Key,
    entry: Readonly<Record<Key | `${Key}-data`, string | null>>,
  ): Promise<string | null> {
    const data = entry[`${key}-data`];
    if (data !== null) return Buffer.from(data, 'base64').toString('utf8');
    const file = entry[key];
    if (file === null) return null;
    try {
      return await readFile(file, 'utf8');
    } catch {
      throw this.#unavailable(`the file ${file} (${key}) is missing or unreadable`);
    }
  }

  #unavailable(what: string): Refusal {
    return new Refusal(
      'upstream-credential-unavailable',
      `The credential of kubeconfig user "${this.#user.name}" cannot be had: ${what}`,
    );
  }
}
