import { createHash, X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import type { GatewayLog } from '../gateway-log.ts';
import { Refusal } from '../refusal.ts';
import type { Cluster, UpstreamCredential } from './cluster.ts';
import { clusterSlug } from './cluster-slug.ts';
import type { ClusterSource } from './cluster-source.ts';
import { contextParts, whyMissing } from './context-parts.ts';
import { clusterProblem, unsupportedUser } from './context-problem.ts';
import type { CredentialAtHand, WatchedCluster } from './credential-at-hand.ts';
import { credentialExpiry } from './credential-expiry.ts';
import { type CredentialMaterial, CredentialSource } from './credential-source.ts';
import type { KubeconfigCluster, KubeconfigContext, KubeconfigUser } from './kubeconfig-file.ts';
import { readKubeconfigs } from './kubeconfig-files.ts';
import type { PluginTerminal } from './plugin-terminal.ts';
import { proxyFromEnvironment } from './proxy-environment.ts';
import { serverAddress } from './server-address.ts';
import { readProxyUrl, type UpstreamProxy } from './upstream-proxy.ts';

export interface OpenClusterOptions {
  readonly log: GatewayLog;
  /** What exec plugins get and where they are looked for, and where `HTTPS_PROXY` and `NO_PROXY` are read. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly now?: () => number;
  /** Where credential plugins may ask a person; null, the default, where there is nobody to ask. */
  readonly terminal?: PluginTerminal | null;
}

/** A context with everything it names. */
interface Resolved {
  readonly context: KubeconfigContext;
  readonly cluster: KubeconfigCluster;
  readonly user: KubeconfigUser;
  readonly server: Cluster['server'];
  readonly proxy: UpstreamProxy | null;
}

/** Milliseconds for which the kubeconfig counts as unchanged after a look at it; a look costs as much as a decision. */
const LOOK_AGAIN = 1_000;

/**
 * A cluster from the user's own kubeconfig. Calls nobody and runs nothing yet.
 * @throws {Refusal} `unknown-cluster` where there is no such context, `upstream-credential-unavailable` where it cannot
 * be used; in words.
 */
export async function openCluster(source: ClusterSource, given: OpenClusterOptions): Promise<WatchedCluster> {
  const options = { environment: {}, now: Date.now, terminal: null, ...given };
  const stamp = await stampOf(source.kubeconfigFiles);
  const resolved = await resolveContext(source, options.environment);
  if (!resolved.server.verify) {
    const fields = {
      event: 'certificate-unchecked' as const,
      context: source.context,
      server: resolved.cluster.server,
    };
    options.log.warn(fields, 'insecure-skip-tls-verify: the certificate of this API server is not checked');
  }
  return new KubeconfigBackedCluster(source, resolved, stamp, options);
}

class KubeconfigBackedCluster implements WatchedCluster {
  readonly slug: string;
  readonly contextName: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly server: Cluster['server'];
  readonly proxy: UpstreamProxy | null;
  readonly credentialName: string;
  readonly namespace: string;
  readonly #source: ClusterSource;
  readonly #options: Required<OpenClusterOptions>;
  #stamp: string;
  #credentials: CredentialSource;
  #current: {
    readonly material: CredentialMaterial;
    readonly digest: string;
    readonly credential: UpstreamCredential;
    readonly expires: number | null;
  } | null = null;
  #pending: Promise<UpstreamCredential> | null = null;
  #lookedAt: number;

  constructor(source: ClusterSource, resolved: Resolved, stamp: string, options: Required<OpenClusterOptions>) {
    this.slug = clusterSlug(source.context);
    this.contextName = source.context;
    this.labels = source.labels;
    this.server = resolved.server;
    this.proxy = resolved.proxy;
    this.credentialName = resolved.user.name;
    this.namespace = resolved.context.namespace ?? 'default';
    this.#source = source;
    this.#options = options;
    this.#stamp = stamp;
    this.#credentials = new CredentialSource(resolved.cluster, resolved.user, { ...options, context: source.context });
    this.#lookedAt = options.now();
  }

  credential(): Promise<UpstreamCredential> {
    // Many requests at once must not start as many plugins.
    this.#pending ??= this.#obtain().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  credentialRejected(): void {
    this.#credentials.forget();
  }

  async credentialAtHand(): Promise<CredentialAtHand> {
    await this.#noticeChange();
    const plugin = this.#credentials.plugin();
    const { command = null, expires = null, failure = null } = plugin ?? {};
    if (plugin?.due) {
      return { credential: await this.#nobody(), plugin: command, due: true, expires, failure };
    }
    const credential = await this.credential();
    const ends = this.#current === null ? null : credentialExpiry(this.#current.material, expires);
    return { credential, plugin: command, due: false, expires: ends, failure };
  }

  async readAnew(): Promise<boolean> {
    const before = this.#stamp;
    this.#lookedAt = Number.NEGATIVE_INFINITY;
    await this.#noticeChange();
    return this.#stamp !== before;
  }

  /** No identity, and the authority by which the API server is known. */
  async #nobody(): Promise<UpstreamCredential> {
    const authority = await this.#credentials.authority();
    const nothing = { certificate: null, key: null, token: null, basic: null };
    const secureContext = this.#secureContext({ authority, ...nothing });
    return { bearerToken: null, authority, secureContext, generation: 0 };
  }

  async #obtain(): Promise<UpstreamCredential> {
    await this.#noticeChange();
    const material = await this.#credentials.material();
    const digest = this.#current?.material === material ? this.#current.digest : digestOf(material);
    if (this.#current?.digest !== digest) {
      this.#current = {
        material,
        digest,
        credential: {
          // At the API server a certificate wins silently over a token, so only one of them is ever sent.
          bearerToken: material.certificate === null ? material.token : null,
          basic: material.basic,
          authority: material.authority,
          secureContext: this.#secureContext(material),
          generation: (this.#current?.credential.generation ?? 0) + 1,
        },
        expires: material.certificate === null ? null : Date.parse(new X509Certificate(material.certificate).validTo),
      };
    } else if (this.#current.material !== material) {
      this.#current = { ...this.#current, material };
    }
    const { credential, expires } = this.#current;
    if (expires !== null && expires <= this.#options.now()) {
      this.#credentials.forget();
      const day = new Date(expires).toISOString().slice(0, 10);
      throw this.#unavailable(
        `the client certificate of user "${this.credentialName}" expired on ${day}; sign in again`,
      );
    }
    return credential;
  }

  /** Reads the kubeconfig again when it is not what it was. The upstream's address stays what the person connected to. */
  async #noticeChange(): Promise<void> {
    const now = this.#options.now();
    if (now >= this.#lookedAt && now < this.#lookedAt + LOOK_AGAIN) return;
    const stamp = await stampOf(this.#source.kubeconfigFiles);
    if (stamp === this.#stamp) {
      this.#lookedAt = now;
      return;
    }
    const resolved = await resolveContext(this.#source, this.#options.environment).catch((error: unknown) => {
      throw error instanceof Refusal ? this.#unavailable(`the kubeconfig changed on disk. ${error.message}`) : error;
    });
    const sameServer = JSON.stringify(resolved.server) === JSON.stringify(this.server);
    const sameProxy = resolved.proxy === null ? this.proxy === null : resolved.proxy.equals(this.proxy);
    if (!sameServer || !sameProxy || resolved.user.name !== this.credentialName) {
      throw this.#unavailable(
        'the kubeconfig changed and now leads to another server, proxy or user; disconnect the cluster and connect it again, or restart a headless gateway',
      );
    }
    const surroundings = { ...this.#options, context: this.contextName };
    this.#credentials = new CredentialSource(resolved.cluster, resolved.user, surroundings);
    this.#stamp = stamp;
    this.#lookedAt = now;
    this.#options.log.info(
      { event: 'kubeconfig-read-again', cluster: this.slug },
      'The kubeconfig changed on disk and was read again',
    );
  }

  #secureContext({ authority, certificate, key }: CredentialMaterial): SecureContext {
    try {
      return createSecureContext({
        ...(authority === null ? {} : { ca: authority }),
        ...(certificate === null || key === null ? {} : { cert: certificate, key }),
        minVersion: 'TLSv1.2',
      });
    } catch (cause) {
      // Half of a pair may have been replaced on disk, and the other half is on its way.
      this.#credentials.forget();
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
      throw this.#unavailable(
        `the certificate authority, or the client certificate and key of user "${this.credentialName}", cannot be used (${code})`,
      );
    }
  }

  #unavailable(what: string): Refusal {
    return new Refusal('upstream-credential-unavailable', `Cluster "${this.contextName}": ${what}`);
  }
}

async function resolveContext(
  source: ClusterSource,
  environment: Required<OpenClusterOptions>['environment'],
): Promise<Resolved> {
  const merged = await readKubeconfigs(source.kubeconfigFiles);
  const context = merged.contexts.get(source.context);
  if (context === undefined) {
    const why = whyMissing(merged, 'context', source.context);
    // Somewhere it may well be, but not where it can be read.
    const unread = merged.flaws.length > 0 || merged.problems.some(({ missing }) => !missing);
    throw unread ? unusable(source, why) : new Refusal('unknown-cluster', why);
  }
  const parts = contextParts(merged, context);
  if ('problem' in parts) throw unusable(source, parts.problem);
  const { cluster, user } = parts;
  const problem = (await clusterProblem(cluster)) ?? unsupportedUser(user);
  if (problem !== null) throw unusable(source, problem);
  const address = serverAddress(cluster);
  if ('problem' in address) throw unusable(source, address.problem);
  const way = wayOf(cluster, address.server, environment);
  if (way !== null && 'problem' in way) throw unusable(source, way.problem);
  return { context, cluster, user, server: address.server, proxy: way === null ? null : way.proxy };
}

/** What stands between: `proxy-url`, else the environment's proxy (client-go `rest.Config.Proxy`). */
function wayOf(
  cluster: KubeconfigCluster,
  { host, port }: Cluster['server'],
  environment: Required<OpenClusterOptions>['environment'],
): ReturnType<typeof readProxyUrl> | null {
  const own = cluster['proxy-url'];
  if (own !== null) return readProxyUrl(own, `proxy-url of cluster "${cluster.name}"`);
  const general = proxyFromEnvironment(environment, host, port);
  return general === null ? null : readProxyUrl(general, 'HTTPS_PROXY in the environment');
}

function unusable(source: ClusterSource, problem: string): Refusal {
  return new Refusal('upstream-credential-unavailable', `Context "${source.context}" cannot be used: ${problem}`);
}

/** Changes whenever one of the files did. */
async function stampOf(files: readonly string[]): Promise<string> {
  const stamps = files.map((file) =>
    stat(file).then(
      ({ mtimeMs, size, ino }) => `${mtimeMs}/${size}/${ino}`,
      () => 'none',
    ),
  );
  return (await Promise.all(stamps)).join(' ');
}

function digestOf(material: CredentialMaterial): string {
  const { authority, certificate, key, token, basic } = material;
  return createHash('sha256')
    .update(JSON.stringify([authority, certificate, key, token, basic]))
    .digest('hex');
}
