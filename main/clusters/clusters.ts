import { EventEmitter } from 'node:events';
import type { ContextListing } from '../../model/context-listing.ts';
import type { ClusterEntry } from '../../preload/contract.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import { HostError } from '../hosts/protocol.ts';
import type { DemoCluster } from './demo-cluster.ts';

/** A name that says production; the person sees a coloured line while they work there. */
const PRODUCTION = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i;

type ConnectionState =
  | { readonly state: 'connecting' | 'connected' }
  | { readonly state: 'failed'; readonly problem: string };
type ConnectingGateway = Pick<GatewayService, 'call' | 'connectCluster' | 'disconnectCluster'>;
type RunDemo = Pick<DemoCluster, 'started' | 'start' | 'stop'>;
interface Connection {
  readonly now: ConnectionState;
  /** As its file said when it was connected: the file may have lost it since. */
  readonly listing: ContextListing;
  readonly demo: boolean;
}

/** The contexts of the person's kubeconfig files and the demo's, and which of them are connected. */
export class Clusters {
  readonly events = new EventEmitter<{ changed: [readonly ClusterEntry[]] }>();
  readonly #gateway: ConnectingGateway;
  readonly #demo: RunDemo;
  readonly #files: () => readonly string[];
  readonly #connections = new Map<string, Connection>();
  #listings: readonly ContextListing[] = [];
  #demoListings: readonly ContextListing[] = [];

  constructor(options: {
    readonly gateway: ConnectingGateway;
    readonly demo: RunDemo;
    /** The kubeconfig files, in kubectl's order of precedence. */
    readonly files: () => readonly string[];
  }) {
    this.#gateway = options.gateway;
    this.#demo = options.demo;
    this.#files = options.files;
  }

  /** Reads the files again. */
  async refresh(): Promise<readonly ClusterEntry[]> {
    const demo = this.#demo.started;
    this.#listings = await this.#gateway.call('listContexts', [...this.#files()]);
    this.#demoListings = demo ? await this.#gateway.call('listContexts', [demo.kubeconfig]) : [];
    return this.entries();
  }

  entries(): readonly ClusterEntry[] {
    const own = this.#listings.map((listing) => this.#entry(listing, false));
    const demo = this.#demoListings.map((listing) => this.#entry(listing, true));
    const listed = new Set([...own, ...demo].map(({ slug }) => slug));
    const gone = [...this.#connections.values()].filter(({ listing }) => !listed.has(listing.slug));
    return [...own, ...demo, ...gone.map((connection) => this.#entry(connection.listing, connection.demo))];
  }

  /** @throws {HostError} `cluster-unknown`. */
  entry(slug: string): ClusterEntry {
    const found = this.entries().find((entry) => entry.slug === slug);
    if (found) return found;
    throw new HostError('cluster-unknown', `No kubeconfig file has a cluster "${slug}" any more`);
  }

  /** @throws {HostError} `cluster-not-connected`. */
  connected(slug: string): ClusterEntry {
    const entry = this.entry(slug);
    if (entry.state === 'connected') return entry;
    throw new HostError('cluster-not-connected', `Connect ${entry.context} first`);
  }

  async connect(slug: string): Promise<ClusterEntry> {
    await this.refresh();
    const entry = this.entry(slug);
    if (entry.state === 'connected') return entry;
    if (entry.problem !== null && entry.state === 'unusable') throw new HostError('cluster-unusable', entry.problem);
    const { context, server, user, namespace, file, demo } = entry;
    const listing = { context, slug, server, user, namespace, file, problem: null };
    const set = (now: ConnectionState) => this.#set({ now, listing, demo });
    set({ state: 'connecting' });
    try {
      await this.#gateway.connectCluster({
        kubeconfigFiles: entry.demo && this.#demo.started ? [this.#demo.started.kubeconfig] : [...this.#files()],
        context: entry.context,
        labels: { environment: entry.production ? 'production' : entry.demo ? 'demo' : 'other' },
      });
      set({ state: 'connected' });
    } catch (error) {
      set({ state: 'failed', problem: error instanceof Error ? error.message : String(error) });
      throw error;
    }
    return this.entry(slug);
  }

  async disconnect(slug: string): Promise<void> {
    this.#connections.delete(slug);
    this.#changed();
    await this.#gateway.disconnectCluster(slug);
  }

  /** The gateway came back without it. */
  lost(slug: string, reason: string): void {
    const connection = this.#connections.get(slug);
    if (connection) this.#set({ ...connection, now: { state: 'failed', problem: reason } });
  }

  async startDemo(): Promise<ClusterEntry> {
    const { context } = await this.#demo.start();
    await this.refresh();
    const listing = this.#demoListings.find((candidate) => candidate.context === context);
    if (!listing) throw new HostError('demo-unavailable', 'The demo cluster runs, but its kubeconfig cannot be read');
    return this.connect(listing.slug);
  }

  async stopDemo(): Promise<void> {
    for (const { slug } of this.#demoListings) {
      if (this.#connections.has(slug)) await this.disconnect(slug);
    }
    await this.#demo.stop();
    this.#demoListings = [];
    this.#changed();
  }

  /** The demo came back by itself, with other certificates at another port. */
  async reconnectDemo(): Promise<void> {
    for (const { slug } of this.#demoListings) {
      if (!this.#connections.has(slug)) continue;
      await this.disconnect(slug);
      await this.connect(slug);
    }
  }

  #entry(listing: ContextListing, demo: boolean): ClusterEntry {
    const production = PRODUCTION.test(listing.context);
    const connection = this.#connections.get(listing.slug)?.now;
    if (connection?.state === 'failed')
      return { ...listing, demo, production, state: 'failed', problem: connection.problem };
    const state = connection?.state ?? (listing.problem === null ? 'available' : 'unusable');
    return { ...listing, demo, production, state };
  }

  #set(connection: Connection): void {
    this.#connections.set(connection.listing.slug, connection);
    this.#changed();
  }

  #changed(): void {
    this.events.emit('changed', this.entries());
  }
}
