import type { ApprovalRequest } from '../model/approval.ts';
import type { ClusterReach, ReachLook } from '../model/cluster-reach.ts';
import type { GatewayRecord } from '../model/journal-record.ts';
import type { WaitingChange } from '../model/policy-change.ts';
import type { PolicyState } from '../model/policy-state.ts';
import type { ClientAccessRegistry } from './access/client-access.ts';
import type { WatchedCluster } from './clusters/credential-at-hand.ts';
import { openCluster } from './clusters/kubeconfig-cluster.ts';
import { readKubeconfigs } from './clusters/kubeconfig-files.ts';
import type { PluginTerminal } from './clusters/plugin-terminal.ts';
import type { PooledUpstream } from './forward/pooled-upstream.ts';
import type { ClientAccess, ClusterSource, Gateway, GatewayEvents } from './gateway-door.ts';
import type { GatewayNumbers, ReadAnew, RecordingNumbers } from './gateway-numbers.ts';
import type { JournalFilter } from './journal/journal.ts';
import type { Listener } from './listener/start-listener.ts';
import type { PipelineParts } from './pipeline/passage.ts';
import type { PolicySurroundings } from './policy-surroundings.ts';
import { lookAtCluster } from './reach/look-at-cluster.ts';
import { measureRecordings } from './recording/session-retention.ts';
import { Refusal } from './refusal.ts';

/** The parts that a running gateway answers for. */
export interface RunningParts extends PipelineParts {
  readonly access: ClientAccessRegistry;
  readonly clusters: Map<string, WatchedCluster>;
  readonly listener: Listener;
  readonly upstream: PooledUpstream;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: PluginTerminal | null;
  readonly surroundings: PolicySurroundings;
}

/** The door's other side: what the app, the command line and tests do with a gateway that runs. */
export class RunningGateway implements Gateway {
  readonly #parts: RunningParts;
  readonly #closeAll: () => Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(parts: RunningParts, closeAll: () => Promise<void>) {
    this.#parts = parts;
    this.#closeAll = closeAll;
    let before = parts.policy.state();
    parts.policy.onChange((state) => {
      const [was, is] = [before, state].map(({ digest, problems }) => `${digest} ${JSON.stringify(problems)}`);
      before = state;
      // While a change waits, what was approved under the policy in force stays good.
      parts.approvals.supersede(state.digest);
      if (was === is) return;
      void this.#note({
        type: 'gateway',
        event: state.problems.length === 0 ? 'policy-loaded' : 'policy-broken',
        detail:
          state.problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('; ') || state.digest,
      });
    });
  }

  get address(): Gateway['address'] {
    return this.#parts.listener.address;
  }

  started(): Promise<void> {
    const { digest, status } = this.#parts.policy.state();
    return this.#note({ type: 'gateway', event: 'started', detail: `policy ${status} ${digest}` });
  }

  async connectCluster(source: ClusterSource): Promise<{ readonly slug: string }> {
    const { clusters, access, log, environment, terminal, surroundings } = this.#parts;
    const cluster = await openCluster(source, { log, environment, terminal });
    this.#forget(cluster.slug);
    clusters.set(cluster.slug, cluster);
    surroundings.connected(cluster, await contextsOf(source));
    await access.refresh();
    return { slug: cluster.slug };
  }

  async disconnectCluster(slug: string): Promise<void> {
    if (this.#forget(slug)) await this.#parts.access.refresh();
  }

  async lookAtCluster(slug: string, look: ReachLook): Promise<ClusterReach> {
    const cluster = this.#parts.clusters.get(slug);
    if (cluster !== undefined) return lookAtCluster(cluster, { look });
    throw new Refusal('unknown-cluster', `Gatehouse: cluster "${slug}" is not connected`);
  }

  #forget(slug: string): boolean {
    const { clusters, upstream, surroundings } = this.#parts;
    const cluster = clusters.get(slug);
    if (cluster === undefined) return false;
    upstream.forget(cluster);
    surroundings.disconnected(slug);
    return clusters.delete(slug);
  }

  clusters(): ReturnType<Gateway['clusters']> {
    return [...this.#parts.clusters.values()].map(({ slug, contextName, namespace, server }) => ({
      slug,
      context: contextName,
      namespace,
      server: `https://${server.host}:${server.port}${server.basePath}`,
    }));
  }

  openAccess(request: Parameters<Gateway['openAccess']>[0]): Promise<ClientAccess> {
    return this.#parts.access.open(request);
  }

  closeAccess(id: string): Promise<void> {
    return this.#parts.access.close(id);
  }

  approvals(): readonly ApprovalRequest[] {
    return this.#parts.approvals.list();
  }

  review(vote: Parameters<Gateway['review']>[0]): Promise<ApprovalRequest> {
    return this.#parts.approvals.review(vote);
  }

  journal(filter: JournalFilter, options: { readonly limit: number; readonly before?: number }) {
    return this.#parts.journal.query(filter, options);
  }

  journalFindings(): readonly string[] {
    return this.#parts.journal.findings();
  }

  policy(): PolicyState {
    return this.#parts.policy.state();
  }

  waitingPolicy(): WaitingChange | null {
    return this.#parts.policy.waiting();
  }

  async acceptPolicy({ digest, ...author }: Parameters<Gateway['acceptPolicy']>[0]): Promise<PolicyState> {
    await this.#parts.policy.accept(digest, author);
    return this.policy();
  }

  streams(): ReturnType<Gateway['streams']> {
    return this.#parts.streams.list();
  }

  endStream(auditId: string, reason: Parameters<Gateway['endStream']>[1]): boolean {
    return this.#parts.streams.end(auditId, reason);
  }

  async readAnew(slug: string): Promise<ReadAnew> {
    const { policy, clusters } = this.#parts;
    const cluster = clusters.get(slug);
    if (cluster === undefined) throw new Refusal('unknown-cluster', `Gatehouse: cluster "${slug}" is not connected`);
    await policy.readAnew();
    try {
      return { kubeconfigProblem: null, kubeconfigChanged: await cluster.readAnew() };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { kubeconfigProblem: error.message, kubeconfigChanged: true };
    }
  }

  numbers(): GatewayNumbers {
    const { listener, upstream, journal } = this.#parts;
    return {
      connections: listener.connections(),
      upstreamConnections: upstream.connections(),
      journal: journal.numbers(),
    };
  }

  recordings(): Promise<RecordingNumbers> {
    return measureRecordings(this.#parts.sessionsFolder);
  }

  on<E extends keyof GatewayEvents>(event: E, listener: GatewayEvents[E]): () => void {
    const { journal, approvals, policy, streams } = this.#parts;
    const subscribe: { [Name in keyof GatewayEvents]: (listen: GatewayEvents[Name]) => () => void } = {
      approval: (listen) => approvals.onChange(listen),
      policy: (listen) => policy.onChange(listen),
      streams: (listen) => streams.onChange(listen),
      journalProblem: (listen) => journal.onProblem(listen),
    };
    return subscribe[event](listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#note({ type: 'gateway', event: 'stopped', detail: '' }).then(this.#closeAll);
    return this.#closing;
  }

  /** The gateway's own events; a journal that cannot take them says so itself. */
  async #note(record: GatewayRecord): Promise<void> {
    await this.#parts.journal.append(record, { durable: true }).catch(() => undefined);
  }
}

/** The names that contexts have in the files of a cluster; none where they cannot be read, which connecting said. */
async function contextsOf({ kubeconfigFiles }: ClusterSource): Promise<readonly string[]> {
  const read = await readKubeconfigs(kubeconfigFiles).catch(() => null);
  return [...(read?.contexts.keys() ?? [])];
}
