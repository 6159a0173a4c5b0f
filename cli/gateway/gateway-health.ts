import { setTimeout as after } from 'node:timers/promises';
import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { JournalRecord } from '../../model/journal-record.ts';
import type { Gateway, GatewayLog, RecordingNumbers } from '../../proxy/gateway-door.ts';
import { ReachWatch } from '../../proxy/reach/reach-watch.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import type { ListenAddress } from '../command/listen-address.ts';
import { type Check, checksOf, isWhole, troubleInWords } from '../health/checks.ts';
import { type HealthListener, openHealthListener } from '../health/health-listener.ts';
import { metricsText } from '../health/metrics-text.ts';
import type { MetricSources } from '../health/own-metrics.ts';
import type { RequestCounts } from '../health/request-counts.ts';
import type { ServiceManager } from '../health/service-manager.ts';
import { ClusterOutage } from './cluster-outage.ts';

/** Milliseconds between two looks of a start that waits; a look that finds nobody there costs nothing. */
const LOOK_AGAIN = 1_000;
/** Milliseconds after which such a start runs a credential plugin again that gave none. */
const RUN_PLUGIN_AGAIN = 10_000;
/** Milliseconds for which a start that does not wait is held up by its first look. */
const FIRST_LOOK = 3_000;
/** Milliseconds that a stop waits for the service manager to hear of it. */
const LAST_WORD = 2_000;
const MEASURE_RECORDINGS = 60_000;

export interface GatewayHealthOptions {
  readonly gateway: Gateway;
  readonly cluster: string;
  readonly counts: RequestCounts;
  readonly manager: ServiceManager;
  readonly log: GatewayLog;
}

/** How a running gateway is: it looks at its cluster, tells the service manager, and answers `/readyz` and `/metrics`. */
export class GatewayHealth {
  readonly #options: GatewayHealthOptions;
  readonly #watch: ReachWatch;
  readonly #outage: ClusterOutage;
  readonly #unsubscribe: ReadonlyArray<() => void>;
  #reach: ClusterReach | null = null;
  #isStopping = false;
  /** Told as ready; from then on the service manager follows what changes. */
  #isTold = false;
  #toldStatus = '';
  /** The service manager heard of the stop. */
  #lastWord: Promise<void> = Promise.resolve();
  #wake: () => void = () => undefined;
  #recordings: RecordingNumbers | null = null;
  #measuring: NodeJS.Timeout | null = null;
  #listener: HealthListener | null = null;

  constructor(options: GatewayHealthOptions) {
    const { gateway, cluster, log } = options;
    this.#options = options;
    this.#outage = new ClusterOutage(cluster, log);
    this.#watch = new ReachWatch({
      look: (slug, look) => gateway.lookAtCluster(slug, look),
      onReach: (_slug, reach) => this.#looked(reach),
    });
    this.#watch.follow([cluster]);
    const changed = (): void => this.#changed();
    this.#unsubscribe = [gateway.on('policy', changed), gateway.on('journalProblem', changed)];
  }

  /** A record was written: clients' trouble, and their success, are news of the cluster. */
  recorded(record: JournalRecord): void {
    if (record.type !== 'finished') return;
    const isDoubtful = this.#reach !== null && (this.#reach.trouble !== null || this.#reach.signIn.due);
    if (record.code !== null || isDoubtful) this.#watch.recorded([record]);
  }

  get reach(): ClusterReach | null {
    return this.#reach;
  }

  checks(): readonly Check[] {
    const { gateway } = this.#options;
    return checksOf({
      policy: gateway.policy(),
      journalProblem: gateway.numbers().journal.problem,
      reach: this.#reach,
      isStopping: this.#isStopping,
    });
  }

  /**
   * Waits until all is as its operator wants it. The credential plugin of the kubeconfig may be run for that.
   * @throws {CommandError} `notReady` when that takes longer.
   */
  async wholeWithin(seconds: number, stop: AbortSignal): Promise<void> {
    const over = AbortSignal.any([stop, AbortSignal.timeout(seconds * 1_000)]);
    let pluginMayRunAt = Number.NEGATIVE_INFINITY;
    while (!over.aborted) {
      const mayRunPlugin = performance.now() >= pluginMayRunAt;
      if (mayRunPlugin) pluginMayRunAt = performance.now() + RUN_PLUGIN_AGAIN;
      await endsWith(over, this.#watch.lookNow(this.#options.cluster, mayRunPlugin ? 'connecting' : 'quietly'));
      if (isWhole(this.checks())) return;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await endsWith(over, Promise.race([woken, after(LOOK_AGAIN, undefined, { ref: false })]));
    }
    if (stop.aborted || isWhole(this.checks())) return;
    const trouble = troubleInWords(this.checks());
    throw new CommandError(exitCodes.notReady, `the gateway was not ready within ${seconds} s: ${trouble}`);
  }

  /** One look that runs no plugin, and holds the start up for a moment at most. */
  async firstLook(stop: AbortSignal): Promise<void> {
    const over = AbortSignal.any([stop, AbortSignal.timeout(FIRST_LOOK)]);
    await endsWith(over, this.#watch.lookNow(this.#options.cluster, 'quietly'));
  }

  /** It serves, and said so. */
  told(): void {
    this.#isTold = true;
    this.#tellReady();
  }

  reloading(): void {
    if (this.#isTold) this.#options.manager.reloading();
  }

  /** Looks anew; what was read may lead to another credential. */
  async reloaded(): Promise<void> {
    await this.#watch.lookNow(this.#options.cluster, 'quietly').catch(() => undefined);
    if (this.#isTold && !this.#isStopping) this.#tellReady();
  }

  /** @throws {ListenError} */
  async listen({ host, port }: ListenAddress, version: string): Promise<HealthListener> {
    const { gateway, counts } = this.#options;
    const measure = async (): Promise<void> => {
      this.#recordings = await gateway.recordings().catch(() => this.#recordings);
    };
    await measure();
    this.#measuring = setInterval(() => void measure(), MEASURE_RECORDINGS).unref();
    const sources: MetricSources = {
      counts,
      version,
      checks: () => this.checks(),
      numbers: () => gateway.numbers(),
      approvals: () => gateway.approvals(),
      streams: () => gateway.streams(),
      policy: () => gateway.policy(),
      reach: () => this.#reach,
      recordings: () => this.#recordings,
    };
    const metrics = {
      prometheus: metricsText('prometheus', sources),
      openmetrics: metricsText('openmetrics', sources),
    };
    this.#listener = await openHealthListener({ host, port, metrics, checks: sources.checks });
    return this.#listener;
  }

  /** From now on it is not ready, and says so for as long as others are served to their end. */
  stopping(): void {
    this.#isStopping = true;
    this.#watch.pause();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#lastWord = this.#options.manager.stopping();
  }

  async close(): Promise<void> {
    if (this.#measuring !== null) clearInterval(this.#measuring);
    await this.#listener?.close();
    // A word for the status alone: it holds nothing up.
    await Promise.race([this.#lastWord, after(LAST_WORD, undefined, { ref: false })]);
  }

  #tellReady(): void {
    this.#toldStatus = this.#status();
    this.#options.manager.ready(this.#toldStatus);
  }

  #looked(reach: ClusterReach | null): void {
    this.#reach = reach;
    if (reach !== null && !this.#isStopping) this.#outage.found(reach);
    this.#changed();
  }

  #changed(): void {
    this.#wake();
    const status = this.#status();
    if (!this.#isTold || this.#isStopping || status === this.#toldStatus) return;
    this.#toldStatus = status;
    this.#options.manager.status(status);
  }

  #status(): string {
    const checks = this.checks();
    const digest = this.#options.gateway.policy().digest.slice(0, 12);
    const trouble = troubleInWords(checks);
    if (trouble !== '') return `not ready: ${trouble}`;
    const noted = checks.flatMap(({ says }) => says ?? []);
    return ['ready', `policy ${digest}`, ...noted].join('; ');
  }
}

/** Settles with the work, or when the signal is aborted; what the work fails with is found out elsewhere. */
async function endsWith(signal: AbortSignal, work: Promise<unknown>): Promise<void> {
  if (signal.aborted) return;
  let over = (): void => undefined;
  const aborted = new Promise<void>((resolve) => {
    over = resolve;
    signal.addEventListener('abort', over, { once: true });
  });
  await Promise.race([work.catch(() => undefined), aborted]);
  signal.removeEventListener('abort', over);
}
