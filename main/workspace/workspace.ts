import type { ClusterEntry, Place, TerminalEntry } from '../../preload/contract.ts';
import type { Clusters } from '../clusters/clusters.ts';
import type { LogLine } from '../log.ts';
import type { Terminals } from '../terminals/terminals.ts';
import type { StoredWorkspace } from './read-workspace.ts';
import type { WorkspaceFile } from './workspace-file.ts';

export interface WorkspaceOptions {
  readonly file: Pick<WorkspaceFile, 'read' | 'write' | 'close'>;
  readonly clusters: Pick<Clusters, 'entries' | 'refresh' | 'comeBack' | 'startDemo'>;
  readonly terminals: Pick<Terminals, 'entries' | 'folderOf' | 'bringBack'>;
  /** Whether the person wants it back. */
  readonly wanted: () => boolean;
  readonly log: LogLine;
}

/** A cluster that a person would miss after a restart. */
const OPEN_STATES: ReadonlySet<ClusterEntry['state']> = new Set(['connected', 'connecting', 'signed-out', 'failed']);

/**
 * What is open, written down as it changes and brought back at the next start: clusters are connected, terminals come as
 * fresh shells in their folders. Nothing is run again, and nothing is asked of a credential plugin.
 */
export class Workspace {
  readonly #options: WorkspaceOptions;
  #place: Place | null = null;
  /** Before everything is back, what is open is less than what was. */
  #back = false;
  #tabs: Promise<void> = Promise.resolve();
  #broughtBack: { readonly place: Place | null; readonly terminal: string | null } = { place: null, terminal: null };

  constructor(options: WorkspaceOptions) {
    this.#options = options;
  }

  /** Where the person was, once the tabs are there again; null where nothing was brought back. */
  async placeAtStart(): Promise<{ readonly place: Place; readonly terminal: string | null } | null> {
    await this.#tabs;
    const { place, terminal } = this.#broughtBack;
    return place === null ? null : { place, terminal };
  }

  /** Brings back what was open. Never throws: each piece that cannot be had costs itself. */
  async bringBack(): Promise<void> {
    const { file, wanted, log } = this.#options;
    const stored = wanted() ? file.read() : null;
    if (stored !== null) {
      this.#tabs = this.#bringBackTabs(stored).catch((error) => log('the terminals did not come back', error));
      await this.#tabs;
      await this.#bringBackClusters(stored);
    }
    this.#back = true;
    this.changed();
  }

  /** Something is open that was not, or the other way round. */
  changed(): void {
    if (this.#back) this.#options.file.write(() => this.#now());
  }

  moved(place: Place): void {
    this.#place = place;
    this.changed();
  }

  close(): void {
    this.#options.file.close();
  }

  async #bringBackTabs({ terminals, activeTerminal, place }: StoredWorkspace): Promise<void> {
    const entries = await this.#options.clusters.refresh().catch(() => []);
    const opened = this.#options.terminals.bringBack(terminals, entries);
    const front = activeTerminal === null ? null : (opened[activeTerminal] ?? null);
    this.#broughtBack = { place, terminal: front };
    this.#place = place === null ? null : { ...place, terminal: front };
  }

  async #bringBackClusters({ clusters, terminals }: StoredWorkspace): Promise<void> {
    const { clusters: all, log } = this.#options;
    if (clusters.some(({ demo }) => demo)) {
      await all.startDemo().catch((error) => log('the demo cluster did not come back', error));
    }
    // A terminal's cluster belongs to it, whatever became of it in the last run.
    for (const slug of new Set(
      [...clusters, ...terminals.map(({ cluster }) => ({ slug: cluster }))].map((one) => one.slug),
    )) {
      await all.comeBack(slug).catch((error) => log(`cluster ${slug} did not come back`, error));
    }
  }

  #now(): StoredWorkspace {
    const { clusters, terminals } = this.#options;
    // A shell that ended is over; one that waits for its cluster is not.
    const tabs = terminals.entries().filter(({ state }) => state !== 'exited');
    const front = tabs.findIndex(({ id }) => id === this.#place?.terminal);
    return {
      clusters: clusters
        .entries()
        .filter(({ state, slug }) => OPEN_STATES.has(state) && slug !== '')
        .map(({ slug, demo }) => ({ slug, demo })),
      terminals: tabs.map((tab: TerminalEntry) => ({
        cluster: tab.cluster,
        namespace: tab.namespace,
        folder: terminals.folderOf(tab.id),
      })),
      activeTerminal: front === -1 ? null : front,
      place: this.#place,
    };
  }
}
