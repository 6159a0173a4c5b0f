import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { JournalRecord } from '../../model/journal-record.ts';
import type { ClusterEntry, TerminalEntry } from '../../preload/contract.ts';
import { findKubectl } from '../environment/find-kubectl.ts';
import { type Environment, loginShell } from '../environment/login-shell-environment.ts';
import type { GatewayService } from '../gateway/gateway-service.ts';
import { HostError } from '../hosts/protocol.ts';
import type { LogLine } from '../log.ts';
import { requestMarker } from './request-marker.ts';
import type { StoredTerminal } from './stored-terminal.ts';
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

type TerminalRequest = { readonly cluster: string; readonly namespace: string | null } & Size;

/** The terminals of the app: each has a session of its own at the gateway and a recording of its own. */
export class Terminals {
  readonly events = new EventEmitter<{
    changed: [readonly TerminalEntry[]];
    /** Its shell is in another folder. */
    moved: [id: string];
  }>();
  readonly #options: TerminalsOptions;
  readonly #entries = new Map<string, TerminalEntry>();
  readonly #kubeconfigs = new Map<string, string>();
  readonly #sizes = new Map<string, Size>();
  readonly #folders = new Map<string, string>();
  /** Those that are getting their shell. */
  readonly #starting = new Set<string>();

  constructor(options: TerminalsOptions) {
    this.#options = options;
  }

  entries(): readonly TerminalEntry[] {
    return [...this.#entries.values()];
  }

  has(id: string): boolean {
    return this.#entries.has(id);
  }

  /** In which folder its shell was last; null where that is not known. */
  folderOf(id: string): string | null {
    return this.#folders.get(id) ?? null;
  }

  open(request: { readonly cluster: string; readonly namespace: string | null } & Size): Promise<TerminalEntry> {
    return this.#start(`t-${randomUUID()}`, request, null);
  }

  async #start(
    id: string,
    request: TerminalRequest,
    broughtBack: TerminalEntry['broughtBack'],
  ): Promise<TerminalEntry> {
    const { gateway, service, environment, principal, version, settings } = this.#options;
    const cluster = this.#options.cluster(request.cluster);
    const namespace = request.namespace ?? cluster.namespace;
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
        folder: broughtBack?.folder ?? this.#home(),
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
    if (broughtBack !== null && !this.#entries.has(id)) {
      // It was closed while its shell started.
      await service.call('close', id).catch(() => undefined);
      await gateway.closeAccess(id);
      return this.#entry(id);
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
      broughtBack,
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
    this.#folders.delete(id);
    this.#changed();
    await this.#options.service.call('close', id).catch(() => undefined);
    await this.#options.gateway.closeAccess(id);
  }

  /** A fresh shell for the same cluster and namespace, in place of the old one. */
  async restart(id: string): Promise<TerminalEntry> {
    const { cluster, namespace, state } = this.#entry(id);
    if (state === 'waiting') return this.#startWaiting(id);
    const size = this.#sizes.get(id) ?? { columns: 80, rows: 24 };
    const opened = await this.open({ cluster, namespace, ...size });
    await this.close(id);
    return opened;
  }

  async setNamespace(id: string, namespace: string): Promise<TerminalEntry> {
    const entry = this.#entry(id);
    if (entry.state !== 'open') throw new HostError('terminal-exited', 'The shell of this terminal has ended');
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
    if (this.#entries.get(id)?.kubectlMissing) void this.#lookForKubectl(id);
    const bypass = kubeconfig === this.#kubeconfigs.get(id) ? null : { kubeconfig };
    if (this.#entries.get(id)?.bypass?.kubeconfig === bypass?.kubeconfig) return;
    this.#change(id, (entry) => ({ ...entry, bypass }));
  }

  /** Its shell is in this folder now. */
  inFolder(id: string, folder: string): void {
    if (!this.#entries.has(id)) return;
    this.#folders.set(id, folder);
    this.events.emit('moved', id);
  }

  /**
   * Puts terminals of the app's last run back in their order, each to have a fresh shell as soon as its cluster is
   * connected ({@link startOn}).
   * @returns their ids.
   */
  bringBack(stored: readonly StoredTerminal[], clusters: readonly ClusterEntry[]): readonly string[] {
    return stored.map(({ cluster, namespace, folder }) => {
      const id = `t-${randomUUID()}`;
      const { context = cluster, production = false } = clusters.find(({ slug }) => slug === cluster) ?? {};
      if (folder !== null) this.#folders.set(id, folder);
      this.#put({
        id,
        cluster,
        clusterName: context,
        namespace,
        production,
        state: 'waiting',
        exitCode: null,
        recording: { state: 'ended', recordingId: null },
        bypass: null,
        kubectlMissing: false,
        broughtBack: null,
      });
      return id;
    });
  }

  /** These clusters are connected: what waits for one of them gets its shell. */
  startOn(connected: readonly string[]): void {
    for (const { id, cluster, state } of this.#entries.values()) {
      if (state !== 'waiting' || !connected.includes(cluster) || this.#starting.has(id)) continue;
      this.#startWaiting(id).catch((error) => this.#options.log(`the terminal ${id} did not come back`, error));
    }
  }

  async #startWaiting(id: string): Promise<TerminalEntry> {
    const { cluster, namespace } = this.#entry(id);
    this.#starting.add(id);
    try {
      const folder = this.#folders.get(id) ?? null;
      const there = folder !== null && (await isFolder(folder));
      const broughtBack = there ? { folder, gone: null } : { folder: this.#home(), gone: folder };
      return await this.#start(id, { cluster, namespace, columns: 80, rows: 24 }, broughtBack);
    } finally {
      this.#starting.delete(id);
    }
  }

  #home(): string {
    return this.#options.environment['HOME'] ?? homedir();
  }

  /** It may have been installed since. */
  async #lookForKubectl(id: string): Promise<void> {
    const found = (await findKubectl(this.#options.environment)) !== null;
    if (found) this.#change(id, (entry) => ({ ...entry, kubectlMissing: false }));
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

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function endedRecording({ state, recordingId }: TerminalEntry['recording']): TerminalEntry['recording'] {
  return { state: state === 'failed' ? 'failed' : 'ended', recordingId };
}

/** Sorts by time in a folder, and names the terminal. */
function recordingIdFor(terminal: string): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '');
  return `${time}-${terminal.slice(2, 10)}`;
}
