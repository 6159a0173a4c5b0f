import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { homedir } from 'node:os';
import type { JournalRecord } from '../../model/journal-record.ts';
import type { ClusterEntry, TerminalEntry } from '../../preload/contract.ts';
import { findKubectl } from '../environment/find-kubectl.ts';
import { type Environment, loginShell } from '../environment/login-shell-environment.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import { HostError } from '../hosts/protocol.ts';
import type { LogLine } from '../log.ts';
import { requestMarker } from './request-marker.ts';
import { terminalEnvironment } from './terminal-environment.ts';
import type { TerminalService } from './terminal-service.ts';

export interface TerminalsOptions {
  readonly gateway: Pick<GatewayService, 'openAccess' | 'closeAccess'>;
  readonly service: Pick<TerminalService, 'call'>;
  /** @throws {HostError} when the cluster is not connected. */
  readonly cluster: (slug: string) => ClusterEntry;
  readonly environment: Environment;
  readonly principal: string;
  readonly version: string;
  readonly settings: () => { readonly shell: string; readonly recordInput: boolean };
  readonly log: LogLine;
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** The terminals of the app: each has a session of its own at the gateway and a recording of its own. */
export class Terminals {
  readonly events = new EventEmitter<{ changed: [readonly TerminalEntry[]] }>();
  readonly #options: TerminalsOptions;
  readonly #entries = new Map<string, TerminalEntry>();
  readonly #kubeconfigs = new Map<string, string>();
  readonly #sizes = new Map<string, Size>();

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  entries(): readonly TerminalEntry[] {
    return [...this.#entries.values()];
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  async open(request: { readonly cluster: string; readonly namespace: string | null } & Size): Promise<TerminalEntry> {
    const { gateway, service, environment, principal, version, settings } = this.#options;
    const cluster = this.#options.cluster(request.cluster);
    const namespace = request.namespace ?? cluster.namespace;
    const id = `t-${randomUUID()}`;
    const recordingId = recordingIdFor(id);
    const kubeconfig = await gateway.openAccess({
      kind: 'inAppTerminal',
      id,
      cluster: cluster.slug,
      namespace,
      writeTo: null,
    });
    const ownEnvironment = terminalEnvironment(environment, kubeconfig, version);
    const kubectlMissing = (await findKubectl(ownEnvironment)) === null;
    try {
      await service.call('open', {
        id,
        shell: settings().shell || loginShell(),
        environment: ownEnvironment,
        folder: environment['HOME'] ?? homedir(),
        columns: request.columns,
        rows: request.rows,
        recordInput: settings().recordInput,
        recording: {
          id: recordingId,
          title: `${cluster.context} / ${namespace}`,
          principal,
          cluster: cluster.slug,
          clusterName: cluster.context,
          namespace,
        },
      });
    } catch (error) {
      await gateway.closeAccess(id);
      throw error;
    }
    // From here to the entry nothing waits: the shell's first prompt, or its end, may be the next message.
    this.#kubeconfigs.set(id, kubeconfig);
    this.#sizes.set(id, { columns: request.columns, rows: request.rows });
    return this.#put({
      id,
      cluster: cluster.slug,
      clusterName: cluster.context,
      namespace,
      production: cluster.production,
      state: 'open',
      exitCode: null,
      recording: { state: 'recording', recordingId },
      bypass: null,
      kubectlMissing,
    });
  }

  /** The program that runs in it; null at the shell's prompt, and after its end. */
  async foreground(id: string): Promise<string | null> {
    return this.#entry(id).state === 'open' ? this.#options.service.call('foreground', id) : null;
  }

  async close(id: string): Promise<void> {
    this.#entry(id);
    this.#entries.delete(id);
    this.#kubeconfigs.delete(id);
    this.#sizes.delete(id);
    this.#changed();
    await this.#options.service.call('close', id).catch(() => undefined);
    await this.#options.gateway.closeAccess(id);
  }

  /** A fresh shell for the same cluster and namespace, in place of the old one. */
  async restart(id: string): Promise<TerminalEntry> {
    const { cluster, namespace } = this.#entry(id);
    const size = this.#sizes.get(id) ?? { columns: 80, rows: 24 };
    const opened = await this.open({ cluster, namespace, ...size });
    await this.close(id);
    return opened;
  }

  async setNamespace(id: string, namespace: string): Promise<TerminalEntry> {
    const entry = this.#entry(id);
    if (entry.state === 'exited') throw new HostError('terminal-exited', 'The shell of this terminal has ended');
    await this.#options.gateway.openAccess({
      kind: 'inAppTerminal',
      id,
      cluster: entry.cluster,
      namespace,
      writeTo: null,
    });
    return this.#put({ ...this.#entry(id), namespace });
  }

  /** An API request was decided: where a terminal made it, its recording gets a marker. */
  recorded(record: JournalRecord): void {
    if (record.type !== 'decided' || record.principal.session.kind !== 'inAppTerminal') return;
    const { id } = record.principal.session;
    if (!this.#entries.has(id)) return;
    this.#options.service.call('request', { id, ...requestMarker(record) }).catch(() => undefined);
  }

  exited(id: string, code: number): void {
    this.#change(id, (entry) => ({
      ...entry,
      state: 'exited',
      exitCode: code,
      recording: endedRecording(entry.recording),
    }));
    this.#revoke(id);
  }

  recordingFailed(id: string, message: string): void {
    this.#options.log(`the recording of ${id} failed: ${message}`);
    this.#change(id, (entry) => ({ ...entry, recording: { ...entry.recording, state: 'failed' } }));
  }

  /** What the shell's prompt hook said KUBECONFIG is. */
  prompted(id: string, kubeconfig: string): void {
    const bypass = kubeconfig === this.#kubeconfigs.get(id) ? null : { kubeconfig };
    if (this.#entries.get(id)?.bypass?.kubeconfig === bypass?.kubeconfig) return;
    this.#change(id, (entry) => ({ ...entry, bypass }));
  }

  /** The terminal host died, and every shell with it. */
  lost(): void {
    for (const entry of this.#entries.values()) {
      if (entry.state !== 'open') continue;
      this.#entries.set(entry.id, { ...entry, state: 'exited', recording: endedRecording(entry.recording) });
      this.#revoke(entry.id);
    }
    this.#changed();
  }

  /** The certificate ends with the shell: what a program that survived it asked for would be in no recording. */
  #revoke(id: string): void {
    this.#options.gateway
      .closeAccess(id)
      .catch((error: unknown) => this.#options.log(`the session of ${id} was not closed`, error));
  }

  #entry(id: string): TerminalEntry {
    const entry = this.#entries.get(id);
    if (entry) return entry;
    throw new HostError('terminal-unknown', 'This terminal is closed');
  }

  #change(id: string, change: (entry: TerminalEntry) => TerminalEntry): void {
    const entry = this.#entries.get(id);
    if (entry) this.#put(change(entry));
  }

  #put(entry: TerminalEntry): TerminalEntry {
    this.#entries.set(entry.id, entry);
    this.#changed();
    return entry;
  }

  #changed(): void {
    this.events.emit('changed', this.entries());
  }
}

function endedRecording({ state, recordingId }: TerminalEntry['recording']): TerminalEntry['recording'] {
  return { state: state === 'failed' ? 'failed' : 'ended', recordingId };
}

/** Sorts by time in a folder, and names the terminal. */
function recordingIdFor(terminal: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${time}-${terminal.slice(2, 10)}`;
}
