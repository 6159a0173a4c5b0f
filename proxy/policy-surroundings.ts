import type { SessionKind } from '../model/principal.ts';
import type { WatchedCluster } from './clusters/credential-at-hand.ts';
import type { GatewayLog } from './gateway-log.ts';
import type { SeenCluster } from './policy/never-matches/surroundings.ts';
import type { PolicySource } from './policy/policy-source.ts';
import { servedResources } from './reach/served-resources.ts';

/** For the way to a cluster and the answers of its discovery. Milliseconds. */
const TIME_LIMIT = 10_000;
/** Nothing waits for a cluster that did not answer but a warning. Milliseconds. */
const ASK_AGAIN = 60_000;

const ALL_SESSIONS: readonly SessionKind[] = ['inAppTerminal', 'outside', 'app', 'headless'];

export interface SurroundingsOptions {
  readonly policy: PolicySource;
  /** The kinds that there can be; all of them where nothing is said. */
  readonly sessions: readonly SessionKind[] | undefined;
  readonly principal: { readonly user: string; readonly groups: readonly string[] };
  readonly log: GatewayLog;
  /** Milliseconds until a cluster that did not answer is asked again. */
  readonly askAgain?: number;
}

/** A cluster, and what is known of it. */
interface Known {
  readonly cluster: WatchedCluster;
  /** Every context of its kubeconfigs. */
  readonly contexts: readonly string[];
  readonly served: Map<string, ReadonlySet<string>>;
}

/**
 * Tells the policy where the gateway runs: which clusters are connected, and what they serve of the groups that rules name
 * and Kubernetes itself does not. Clusters are asked only where rules name such groups, once for each policy; one that does
 * not answer gives no warning, and is asked again after a while.
 */
export class PolicySurroundings {
  readonly #options: SurroundingsOptions;
  readonly #known = new Map<string, Known>();
  /** Clusters that did not answer. */
  readonly #silent = new Set<Known>();
  readonly #closing = new AbortController();
  readonly #stopListening: () => void;
  #digest: string;
  #round: Promise<void> | null = null;
  #again: NodeJS.Timeout | null = null;

  constructor(options: SurroundingsOptions) {
    this.#options = options;
    const { policy } = options;
    this.#digest = policy.state().digest;
    this.#stopListening = policy.onChange(({ digest }) => {
      if (digest === this.#digest) return;
      this.#digest = digest;
      // A definition may have been installed for the rule that was just written.
      for (const { served } of this.#known.values()) served.clear();
      this.#changed();
    });
    this.#tell();
  }

  connected(cluster: WatchedCluster, contexts: readonly string[]): void {
    this.#known.set(cluster.slug, { cluster, contexts, served: new Map() });
    this.#changed();
  }

  disconnected(slug: string): void {
    if (this.#known.delete(slug)) this.#changed();
  }

  /** Settles when nothing is being asked any more. */
  async settled(): Promise<void> {
    while (this.#round !== null) await this.#round;
  }

  async close(): Promise<void> {
    this.#stopListening();
    this.#closing.abort();
    if (this.#again !== null) clearTimeout(this.#again);
    await this.settled();
  }

  #changed(): void {
    this.#tell();
    this.#round ??= this.#askAll().finally(() => {
      this.#round = null;
    });
  }

  #tell(): void {
    const { policy, sessions = ALL_SESSIONS, principal } = this.#options;
    const clusters = [...this.#known.values()].map(
      ({ cluster: { contextName: name, slug, labels }, served }): SeenCluster => ({ name, slug, labels, served }),
    );
    const connected = new Set(clusters.map(({ name }) => name));
    const contexts = new Set([...this.#known.values()].flatMap((one) => one.contexts));
    const otherContexts = [...contexts].filter((name) => !connected.has(name));
    policy.surroundedBy({ clusters, otherContexts, sessions, principal });
  }

  /** One cluster after the other, until nothing is left that was not asked in this round. */
  async #askAll(): Promise<void> {
    const asked = new Map<Known, string>();
    for (;;) {
      if (this.#closing.signal.aborted) return;
      const next = this.#unasked().find(({ known, digest }) => asked.get(known) !== digest);
      if (next === undefined) break;
      asked.set(next.known, next.digest);
      await this.#ask(next);
    }
    if (this.#unasked().length === 0) return;
    if (this.#again !== null) clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#changed(), this.#options.askAgain ?? ASK_AGAIN).unref();
  }

  #unasked(): Question[] {
    const groups = this.#options.policy.groupsToLookAt();
    return [...this.#known.values()].flatMap((known) => {
      const missing = groups.filter((group) => !known.served.has(group));
      return missing.length === 0 ? [] : [{ known, groups: missing, digest: this.#digest }];
    });
  }

  async #ask({ known, groups, digest }: Question): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIME_LIMIT)]);
    try {
      const served = await servedResources(known.cluster, groups, signal);
      this.#silent.delete(known);
      // What was asked for an earlier policy may be older than the rule that asks now.
      if (digest !== this.#digest) return;
      for (const [group, resources] of served) known.served.set(group, resources);
      this.#tell();
    } catch (error) {
      // Said once, and not each time it is asked again.
      if (this.#closing.signal.aborted || this.#silent.has(known)) return;
      this.#silent.add(known);
      const { slug } = known.cluster;
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.log.info(
        { event: 'cluster-resources-unknown', cluster: slug, reason },
        'the cluster could not say which resources it serves',
      );
    }
  }
}

interface Question {
  readonly known: Known;
  readonly groups: readonly string[];
  readonly digest: string;
}
