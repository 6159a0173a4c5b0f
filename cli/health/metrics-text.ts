import {
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  type PrometheusContentType,
  Registry,
} from 'prom-client';
import type { Buckets } from './buckets.ts';
import { type MetricSources, OWN_METRICS, type OwnMetric } from './own-metrics.ts';

/** Gauges that are called like counters: `promtool check metrics` complains of them, and what they count is there by type. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export type MetricsFormat = 'prometheus' | 'openmetrics';

export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

type OurRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/**
 * The metrics in one of the two formats, with those of the process and of Node that prom-client collects. It begins to collect
 * when it is first asked: watching the event loop costs a hundred wake-ups a second.
 */
export function metricsText(format: MetricsFormat, sources: MetricSources): MetricsText {
  const { PROMETHEUS_CONTENT_TYPE, OPENMETRICS_CONTENT_TYPE } = Registry;
  let registry: OurRegistry | null = null;
  return {
    contentType: format === 'prometheus' ? PROMETHEUS_CONTENT_TYPE : OPENMETRICS_CONTENT_TYPE,
    text() {
      registry ??= collect(format === 'prometheus' ? new Registry() : openMetricsRegistry(), sources);
      return registry.metrics();
    },
  };
}

function collect(registry: OurRegistry, sources: MetricSources): OurRegistry {
  // Under either type it is the same class; the types of prom-client 15 want one of them named.
  collectDefaultMetrics({ register: registry as Registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  for (const metric of OWN_METRICS) register(metric, registry, sources);
  return registry;
}

function openMetricsRegistry(): Registry<OpenMetricsContentType> {
  const registry = new Registry<OpenMetricsContentType>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

function register(metric: OwnMetric, registry: OurRegistry, sources: MetricSources): void {
  const { name, help } = metric;
  const about = { name, help, labelNames: [...(metric.labels ?? [])], registers: [registry] };
  if (metric.type === 'histogram') {
    new CountedHistogram(about, () => metric.buckets(sources));
  } else if (metric.type === 'counter') {
    new Counter({
      ...about,
      collect() {
        this.reset();
        for (const { labels = {}, value } of metric.samples(sources)) this.inc(labels, value);
      },
    });
  } else {
    new Gauge({
      ...about,
      collect() {
        this.reset();
        const samples = metric.samples(sources);
        for (const { labels = {}, value } of samples) this.set(labels, value);
        // What is not known is left out: a 0 would be a value. Without labels a reset alone leaves one.
        if (samples.length === 0 && metric.labels === undefined) this.remove();
      },
    });
  }
}

/** A histogram whose counting was done elsewhere: prom-client only writes it down. */
class CountedHistogram extends Histogram {
  readonly #about: { readonly name: string; readonly help: string };
  readonly #buckets: () => Buckets;

  constructor(about: { name: string; help: string; registers: OurRegistry[] }, buckets: () => Buckets) {
    super({ ...about, buckets: [...buckets().bounds] });
    this.#about = about;
    this.#buckets = buckets;
  }

  /** What the registry asks a histogram for (prom-client 15, lib/registry.js); its types do not tell. */
  async getForPromString() {
    const { name, help } = this.#about;
    const buckets = this.#buckets();
    const counts = buckets.cumulative();
    const values = [
      ...buckets.bounds.map((le, index) => ({
        metricName: `${name}_bucket`,
        labels: { le },
        value: counts[index] ?? 0,
      })),
      { metricName: `${name}_bucket`, labels: { le: '+Inf' }, value: buckets.count },
      { metricName: `${name}_sum`, labels: {}, value: buckets.sum },
      { metricName: `${name}_count`, labels: {}, value: buckets.count },
    ];
    return { name, help, type: 'histogram', values };
  }
}
