import { checksOf } from '../../../cli/health/checks.ts';
import type { MetricSources } from '../../../cli/health/own-metrics.ts';
import { RequestCounts } from '../../../cli/health/request-counts.ts';
import type { PolicyState } from '../../../model/policy-state.ts';

/** One that was loaded, with nothing to say of it. */
export const POLICY: PolicyState = {
  status: 'loaded',
  folder: '/etc/gatehouse/policy',
  digest: 'abc',
  loadedAt: '2026-03-01T10:00:00.000Z',
  policies: [],
  problems: [],
  waiting: null,
  notices: [],
  warnings: [],
};

/** A gateway that has just started, as metrics are read from it. */
export function freshSources(change: Partial<MetricSources> = {}): MetricSources {
  return {
    counts: new RequestCounts(),
    checks: () => checksOf({ policy: POLICY, journalProblem: null, reach: null, isStopping: false }),
    numbers: () => ({
      connections: 2,
      upstreamConnections: 1,
      journal: { bytes: 1_000, lag: 250, refused: 0, problem: null },
    }),
    approvals: () => [],
    streams: () => [],
    policy: () => POLICY,
    reach: () => null,
    recordings: () => null,
    version: '0.1.0',
    ...change,
  };
}
