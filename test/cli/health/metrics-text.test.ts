import { describe, expect, test } from 'vitest';
import { Buckets } from '../../../cli/health/buckets.ts';
import { metricsText } from '../../../cli/health/metrics-text.ts';
import { OWN_METRICS } from '../../../cli/health/own-metrics.ts';
import { freshSources } from './sources.ts';

describe('buckets', () => {
  test('count what is not above their bound', () => {
    const buckets = new Buckets([1, 2, 5]);
    for (const value of [0, 1, 1.5, 5, 6]) buckets.observe(value);
    expect(buckets).toMatchObject({ sum: 13.5, count: 5 });
    expect(buckets.cumulative()).toEqual([2, 3, 4]);
  });
});

describe('the text', () => {
  test('of Prometheus has each metric with its help and type, and counts where they are', async () => {
    const sources = freshSources();
    sources.counts.requests.set('list allow 2xx', 3);
    sources.counts.duration.observe(0.004);
    const { contentType, text } = metricsText('prometheus', sources);
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = (await text()).split('\n');
    for (const { name, type } of OWN_METRICS) {
      expect(lines).toContain(`# TYPE ${name} ${type}`);
      expect(lines.some((line) => line.startsWith(`# HELP ${name} `))).toBe(true);
    }
    expect(lines).toContain('gatehouse_requests_total{verb="list",outcome="allow",code="2xx"} 3');
    expect(lines).toContain('gatehouse_request_duration_seconds_bucket{le="0.0025"} 0');
    expect(lines).toContain('gatehouse_request_duration_seconds_bucket{le="0.005"} 1');
    expect(lines).toContain('gatehouse_request_duration_seconds_bucket{le="+Inf"} 1');
    expect(lines).toContain('gatehouse_request_duration_seconds_count 1');
    expect(lines).toContain('gatehouse_journal_lag_seconds 0.25');
    // Not known is not 0.
    expect(lines.some((line) => line.startsWith('gatehouse_cluster_latency_seconds '))).toBe(false);
    expect(lines.some((line) => line.startsWith('process_resident_memory_bytes '))).toBe(true);
  });

  test('of OpenMetrics names a counter without its suffix, and ends', async () => {
    const sources = freshSources();
    sources.counts.maskedValues = 7;
    const { contentType, text } = metricsText('openmetrics', sources);
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    for (const _scrape of [1, 2]) {
      const said = await text();
      expect(said).toContain('# TYPE gatehouse_masked_values counter\ngatehouse_masked_values_total 7\n');
      expect(said.endsWith('\n# EOF\n')).toBe(true);
    }
  });

  test('follows what changes, and forgets what is gone', async () => {
    let digest = 'one';
    let latency: number | null = 40;
    const policy = () => ({ ...freshSources().policy(), digest });
    const reach = () =>
      latency === null
        ? null
        : ({ latency, signIn: {}, certificateExpires: null } as unknown as ReturnType<typeof none>);
    const none = freshSources().reach;
    const { text } = metricsText('prometheus', freshSources({ policy, reach }));
    expect(await text()).toContain('gatehouse_cluster_latency_seconds 0.04\n');
    digest = 'two';
    latency = null;
    const later = await text();
    expect(later.match(/^gatehouse_policy_info.*$/gm)).toEqual([
      'gatehouse_policy_info{digest="two",status="loaded"} 1',
    ]);
    expect(later).not.toMatch(/^gatehouse_cluster_latency_seconds /m);
  });

  test('calls counters, and nothing else, by a total', async () => {
    const said = await metricsText('prometheus', freshSources()).text();
    for (const [, name = '', type = ''] of said.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
    }
  });

  test('has names that end as they should', () => {
    for (const { name, type } of OWN_METRICS) {
      expect(name).toMatch(/^gatehouse_[a-z]+(_[a-z]+)*$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(/_(ms|milliseconds|megabytes|kb)\b/.test(name), name).toBe(false);
    }
  });
});
