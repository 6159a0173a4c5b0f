import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { GatewayStatus, SignInQuestion } from '../../preload/contract.ts';
import type { KeyPair } from '../../proxy/gateway-door.ts';
import type { Environment } from '../environment/login-shell-environment.ts';
import type { Folders } from '../folders.ts';
import { type GatewayProtocol, gatewayProtocol } from '../gateway-host/protocol.ts';
import type { HostClient } from '../hosts/host-client.ts';
import { toProblem } from '../hosts/problem.ts';
import type { HostAnswer, HostArgument, HostError, HostEventName, HostPayload } from '../hosts/protocol.ts';
import { type Fork, type HostState, SupervisedHost } from '../hosts/supervised-host.ts';
import type { GatewayKeys } from '../keystore/gateway-keys.ts';
import type { LogLine } from '../log.ts';

export type ClusterSource = HostArgument<GatewayProtocol, 'connectCluster'>;
export type AccessRequest = HostArgument<GatewayProtocol, 'openAccess'>;

export interface GatewayServiceOptions {
  readonly fork: Fork;
  readonly entry: string;
  /** The login shell's, without KUBECONFIG: exec plugins need PATH, HOME and the proxy variables. */
  readonly environment: Environment;
  readonly folders: Folders;
  readonly keys: GatewayKeys;
  readonly principal: { readonly user: string; readonly groups: string[] };
  readonly notices: readonly string[];
  /** The port is kept from launch to launch. */
  readonly port: { get(): number; set(port: number): void };
  readonly log: LogLine;
}

/** What the gateway tells, and what becomes of its process. */
export type GatewayServiceEvents = {
  [Name in Exclude<HostEventName<GatewayProtocol>, 'journalProblem'>]: [HostPayload<GatewayProtocol, Name>];
} & {
  status: [GatewayStatus];
  /** A connected cluster could not be connected again after a restart: which, and why. */
  clusterLost: [slug: string, reason: string];
};

/**
 * The gateway as main sees it: a process that may end and come back. It remembers what a fresh process must have again
 * (the authority, the port, connected clusters, open sessions), so that open terminals go on working.
 */
export class GatewayService {
  readonly events = new EventEmitter<GatewayServiceEvents>();
  readonly #options: GatewayServiceOptions;
  readonly #host: SupervisedHost<GatewayProtocol>;
  /** Lives in main's memory for one launch of the app. */
  #authority: KeyPair | null = null;
  #url: string | null = null;
  #state: HostState = 'stopped';
  #error: HostError | null = null;
  #journalProblem: string | null = null;
  #signIn: SignInQuestion | null = null;
  /** Of every start of this launch: a person must hear of it although the gateway's process came and went. */
  readonly #journalFindings = new Set<string>();
  readonly #clusters = new Map<string, ClusterSource>();
  readonly #accesses = new Map<string, AccessRequest>();

  constructor(options: GatewayServiceOptions) {
    this.#options = options;
    this.#host = new SupervisedHost({
      fork: options.fork,
      protocol: gatewayProtocol,
      entry: options.entry,
      environment: options.environment,
      log: options.log,
      prepare: (client) => this.#prepare(client),
      onState: (state, error) => {
        this.#state = state;
        this.#error = error;
        // Its plugins lost their terminals with it.
        if (state !== 'running') this.#asked(null);
        this.events.emit('status', this.status());
      },
    });
  }

  status(): GatewayStatus {
    return {
      state: this.#state,
      url: this.#state === 'running' ? this.#url : null,
      restarts: this.#host.restarts,
      problem: this.#error ? toProblem(this.#error) : null,
      notices: [
        ...this.#options.notices,
        ...[...this.#journalFindings].map(notWhole),
        ...(this.#journalProblem === null ? [] : [this.#journalProblem]),
      ],
    };
  }

  /** What a credential plugin asks a person now. */
  signIn(): SignInQuestion | null {
    return this.#signIn;
  }

  start(): Promise<void> {
    return this.#host.start();
  }
  /** As {@link stop}, and then it starts anew. */
  restart(): Promise<void> {
    return this.#host.restart((client) => client.call('stop', undefined));
  }
  /** Whatever waits for an approval gets a 503 before the process ends. */
  stop(): Promise<void> {
    return this.#host.stop((client) => client.call('stop', undefined));
  }

  /** A call that leaves nothing behind. The other methods are remembered for a restart. */
  async call<
    Name extends
      | 'listContexts'
      | 'lookAtCluster'
      | 'approvals'
      | 'review'
      | 'journal'
      | 'policy'
      | 'waitingPolicy'
      | 'acceptPolicy'
      | 'policyUpgrade'
      | 'takeOverPolicy'
      | 'streams'
      | 'endStream'
      | 'answerSignIn'
      | 'cancelSignIn',
  >(name: Name, argument: HostArgument<GatewayProtocol, Name>): Promise<HostAnswer<GatewayProtocol, Name>> {
    return (await this.#host.client()).call(name, argument);
  }

  async connectCluster(source: ClusterSource): Promise<string> {
    const client = await this.#host.client();
    const { slug } = await client.call('connectCluster', source);
    this.#clusters.set(slug, source);
    await this.#openAgain(client, (access) => access.cluster === slug);
    return slug;
  }

  async disconnectCluster(slug: string): Promise<void> {
    this.#clusters.delete(slug);
    await (await this.#host.client()).call('disconnectCluster', slug);
  }

  /** @returns the path of the session's kubeconfig. */
  async openAccess(request: AccessRequest): Promise<string> {
    const { kubeconfig } = await (await this.#host.client()).call('openAccess', request);
    this.#accesses.set(request.id, request);
    return kubeconfig;
  }

  async closeAccess(id: string): Promise<void> {
    if (!this.#accesses.delete(id)) return;
    await (await this.#host.client()).call('closeAccess', id);
  }

  async #prepare(client: HostClient<GatewayProtocol>): Promise<void> {
    const { folders, keys, principal, port, log } = this.#options;
    client.on('records', (records) => this.events.emit('records', records));
    client.on('approval', (approval) => this.events.emit('approval', approval));
    client.on('policy', (state) => this.events.emit('policy', state));
    client.on('signIn', (question) => this.#asked(question));
    client.on('streams', (streams) => this.events.emit('streams', streams));
    this.#journalProblem = null;
    client.on('journalProblem', (problem) => {
      this.#journalProblem = problem;
      this.events.emit('status', this.status());
    });
    const started = await client.call('start', {
      port: port.get(),
      authority: this.#authority,
      policyFolder: folders.policy,
      dataFolder: folders.data,
      kubeconfigFolder: folders.kubeconfigs,
      logFile: join(folders.logs, 'gateway.log'),
      principal,
      maskKey: keys.maskKey,
      journalKey: keys.journalKey,
      journalWitness: join(folders.keys, 'journal-head.json'),
      policyKey: keys.policyKey,
    });
    for (const finding of started.journalFindings) this.#journalFindings.add(finding);
    this.#authority = started.authority;
    this.#url = started.url;
    port.set(started.port);

    // One cluster whose kubeconfig is gone must not keep the others down.
    for (const [slug, source] of this.#clusters) {
      await client.call('connectCluster', source).catch((error: HostError) => {
        // The process died meanwhile, which says nothing of the cluster: the next one connects it.
        if (error.code === 'host-gone') throw error;
        log(`cluster ${slug} did not come back`, error);
        this.#clusters.delete(slug);
        this.events.emit('clusterLost', slug, error.message);
      });
    }
    await this.#openAgain(client, () => true);
  }

  #asked(question: SignInQuestion | null): void {
    if (question === null && this.#signIn === null) return;
    this.#signIn = question;
    this.events.emit('signIn', question);
  }

  /** Sessions that a fresh process does not know, or that it could not open without their cluster: their files come back where they were. */
  async #openAgain(client: HostClient<GatewayProtocol>, concerned: (access: AccessRequest) => boolean): Promise<void> {
    for (const [id, access] of this.#accesses) {
      if (!concerned(access)) continue;
      await client.call('openAccess', access).catch((error: HostError) => {
        this.#options.log(`session ${id} did not come back`, error);
      });
    }
  }
}

function notWhole(finding: string): string {
  return `The journal is not whole: ${finding}. Activity and the journal keep this on record.`;
}
