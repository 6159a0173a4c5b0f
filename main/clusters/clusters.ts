import { EventEmitter } from 'node:events';
import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { ContextListing } from '../../model/context-listing.ts';
import type { ClusterEntry } from '../../preload/contract.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import { HostError } from '../hosts/protocol.ts';
import type { DemoCluster } from './demo-cluster.ts';

/** A name that says production; the person sees a coloured line while they work there. */
const PRODUCTION = /(^|[^a-z])(prod|production|prd|live)([^a-z]|$)/i;

type ConnectionState =
  | { readonly state: 'connecting' | 'connected' }
  /** As in the last run of the app; what gives its credential may open a browser, so a person starts it. */
  | { readonly state: 'signed-out' }
  | { readonly state: 'failed'; readonly problem: string };
type ConnectingGateway = Pick<GatewayService, 'call' | 'connectCluster' | 'disconnectCluster'>;
type RunDemo = Pick<DemoCluster, 'started' | 'start' | 'stop'>;
interface Connection {
  readonly now: ConnectionState;
  /** As its file said when it was connected: the file may have lost it since. */
  readonly listing: ContextListing;
  readonly demo: boolean;
  /** What the last look at it found; null before the first. */
  readonly reach: ClusterReach | null;
}

/** The contexts of the person's kubeconfig files and the demo's, and which of them are connected. */
export class Clusters {
  readonly events = new EventEmitter<{
    changed: [readonly ClusterEntry[]];
    /** It was connected just now. */
    connected: [slug: string];
  }>();
  readonly #gateway: ConnectingGateway;
  readonly #demo: RunDemo;
  readonly #files: () => readonly string[];
  readonly #connections = new Map<string, Connection>();
  #reading: Promise<unknown> = Promise.resolve();
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

  /** Reads the files again; one reading after the other, so that an older one never overtakes a newer. */
  refresh(): Promise<readonly ClusterEntry[]> {
    const read = this.#reading.then(() => this.#read());
    this.#reading = read.catch(() => undefined);
    return read;
  }

  /** Reads the files again, and tells where they say something else. */
  async reread(): Promise<void> {
    const before = JSON.stringify(this.entries());
    await this.refresh();
    if (JSON.stringify(this.entries()) !== before) this.#changed();
  }

  async #read(): Promise<readonly ClusterEntry[]> {
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
    return [
      ...own,
      ...demo,
      ...gone.map(({ listing, demo: ofDemo }) => ({ ...this.#entry(listing, ofDemo), gone: true })),
    ];
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
    const { context, server, user, namespace, file, plugin, passedOver, demo } = entry;
    const listing = { context, slug, server, user, namespace, file, plugin, passedOver, problem: null };
    const set = (now: ConnectionState) => this.#set({ now, listing, demo, reach: null });
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
    this.events.emit('connected', slug);
    return this.entry(slug);
  }

  /**
   * Brings back one that was connected when the app ended. It asks for nothing: where only a plugin gives the
   * credential, it waits for a person as `signed-out`.
   */
  async comeBack(slug: string): Promise<void> {
    const entry = this.entries().find((candidate) => candidate.slug === slug);
    if (entry === undefined || entry.state !== 'available') return;
    if (entry.plugin === null) {
      await this.connect(slug);
      return;
    }
    const { state: _state, demo, production: _production, reach: _reach, gone: _gone, ...listing } = entry;
    this.#set({ now: { state: 'signed-out' }, listing, demo, reach: null });
  }

  /** What a look at it found. */
  found(slug: string, reach: ClusterReach | null): void {
    const connection = this.#connections.get(slug);
    if (connection?.now.state === 'connected') this.#set({ ...connection, reach });
  }

  async disconnect(slug: string): Promise<void> {
    this.#connections.delete(slug);
    this.#changed();
    await this.#gateway.disconnectCluster(slug);
  }

  /** The gateway came back without it. */
  lost(slug: string, reason: string): void {
    const connection = this.#connections.get(slug);
    if (connection) this.#set({ ...connection, now: { state: 'failed', problem: reason }, reach: null });
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
    const connection = this.#connections.get(listing.slug);
    const { now, reach = null } = connection ?? {};
    const entry = { ...listing, demo, production: PRODUCTION.test(listing.context), reach, gone: false };
    if (now?.state === 'failed') return { ...entry, state: 'failed', problem: now.problem };
    return { ...entry, state: now?.state ?? (listing.problem === null ? 'available' : 'unusable') };
  }

  #set(connection: Connection): void {
    this.#connections.set(connection.listing.slug, connection);
    this.#changed();
  }

  #changed(): void {
    this.events.emit('changed', this.entries());
  }
}
