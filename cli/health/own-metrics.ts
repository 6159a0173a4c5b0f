import type { ApprovalRequest } from '../../model/approval.ts';
import type { ClusterReach } from '../../model/cluster-reach.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import type { PolicyState } from '../../model/policy-state.ts';
import type { GatewayNumbers, RecordingNumbers } from '../../proxy/gateway-numbers.ts';
import type { Buckets } from './buckets.ts';
import type { Check } from './checks.ts';
import type { RequestCounts, Tally } from './request-counts.ts';

/** What the metrics are read from, at each scrape. */
export interface MetricSources {
  readonly counts: RequestCounts;
  readonly checks: () => readonly Check[];
  readonly numbers: () => GatewayNumbers;
  readonly approvals: () => readonly ApprovalRequest[];
  readonly streams: () => readonly LiveStream[];
  readonly policy: () => PolicyState;
  readonly reach: () => ClusterReach | null;
  /** The last look at their folder; null: none yet. */
  readonly recordings: () => RecordingNumbers | null;
  readonly version: string;
}

interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Named {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly string[];
}

/** One metric of ours: what it is called, and where its numbers come from. */
export type OwnMetric = Named &
  (
    | { readonly type: 'counter' | 'gauge'; readonly samples: (sources: MetricSources) => readonly Sample[] }
    | { readonly type: 'histogram'; readonly buckets: (sources: MetricSources) => Buckets }
  );

const one = (value: number): readonly Sample[] => [{ value }];

/** The samples of a tally whose keys are the values of these labels, joined by spaces. */
function tallied(tally: Tally, ...names: readonly string[]): readonly Sample[] {
  return [...tally].map(([key, value]) => {
    const words = key.split(' ');
    return { labels: Object.fromEntries(names.map((name, index) => [name, words[index] ?? ''])), value };
  });
}

const STREAM_KINDS: ReadonlyArray<LiveStream['kind']> = ['exec', 'attach', 'portforward', 'watch', 'log'];
const UPSTREAM = 'upstream-';

/**
 * What `/metrics` prints beside Node's own numbers. Names follow https://prometheus.io/docs/practices/naming/. No label
 * holds a name of a person, a namespace, a cluster or a rule: each has few values, and any user of the machine may read
 * them.
 */
export const OWN_METRICS: readonly OwnMetric[] = [
  {
    name: 'gatehouse_build_info',
    help: 'Always 1; the version of Gatehouse.',
    labels: ['version'],
    type: 'gauge',
    samples: ({ version }) => [{ labels: { version }, value: 1 }],
  },
  {
    name: 'gatehouse_ready',
    help: 'What /readyz checks: 1 where clients can work as far as this check goes.',
    labels: ['check'],
    type: 'gauge',
    samples: ({ checks }) =>
      checks().map(({ name, grade }) => ({ labels: { check: name }, value: grade === 'bad' ? 0 : 1 })),
  },
  {
    name: 'gatehouse_requests_total',
    help: 'Requests that ended, by what policy calls their verb, by the outcome of the decision (allow, deny, requireApproval, refused) and by the class of the status that the client got (gone: it left first).',
    labels: ['verb', 'outcome', 'code'],
    type: 'counter',
    samples: ({ counts }) => tallied(counts.requests, 'verb', 'outcome', 'code'),
  },
  {
    name: 'gatehouse_refusals_total',
    help: 'Requests that the gateway answered itself, by its code (docs/errors.md).',
    labels: ['code'],
    type: 'counter',
    samples: ({ counts }) => tallied(counts.refusals, 'code'),
  },
  {
    name: 'gatehouse_refused_connections_total',
    help: "What was refused before it was anybody's request, by reason; told every ten seconds.",
    labels: ['reason'],
    type: 'counter',
    samples: ({ counts }) => tallied(counts.refusedConnections, 'reason'),
  },
  {
    name: 'gatehouse_upstream_errors_total',
    help: 'Requests that failed on the way to the API server, by reason: the code without "upstream-".',
    labels: ['reason'],
    type: 'counter',
    samples: ({ counts }) =>
      tallied(new Map([...counts.refusals].filter(([code]) => code.startsWith(UPSTREAM))), 'code').map(
        ({ labels, value }) => ({ labels: { reason: (labels?.['code'] ?? '').slice(UPSTREAM.length) }, value }),
      ),
  },
  {
    name: 'gatehouse_request_duration_seconds',
    help: 'From the first byte of a request to the end of its answer; watches, logs and streams are not in it.',
    type: 'histogram',
    buckets: ({ counts }) => counts.duration,
  },
  {
    name: 'gatehouse_request_overhead_seconds',
    help: "What of that was neither the API server's, until its answer began, nor a person's: Gatehouse's own work and the way of the bytes.",
    type: 'histogram',
    buckets: ({ counts }) => counts.overhead,
  },
  {
    name: 'gatehouse_approvals_waiting',
    help: 'Requests that wait for a person.',
    type: 'gauge',
    samples: ({ approvals }) => one(approvals().filter(({ state }) => state === 'PENDING').length),
  },
  {
    name: 'gatehouse_approvals_held',
    help: 'Of those, requests whose client waits on the line.',
    type: 'gauge',
    samples: ({ approvals }) => one(approvals().filter(({ state, held }) => state === 'PENDING' && held).length),
  },
  {
    name: 'gatehouse_approvals_total',
    help: 'Steps of approval requests, by what became of them: pending (asked), approved, denied, expired, superseded, cancelled, consumed (the grant was used).',
    labels: ['state'],
    type: 'counter',
    samples: ({ counts }) => tallied(counts.approvals, 'state'),
  },
  {
    name: 'gatehouse_hold_seconds',
    help: 'How long clients were held for a person, of requests that needed one.',
    type: 'histogram',
    buckets: ({ counts }) => counts.held,
  },
  {
    name: 'gatehouse_masked_values_total',
    help: 'Values that were masked in answers.',
    type: 'counter',
    samples: ({ counts }) => one(counts.maskedValues),
  },
  {
    name: 'gatehouse_redacted_values_total',
    help: 'Values of Secrets that were taken out of streams.',
    type: 'counter',
    samples: ({ counts }) => one(counts.redactedValues),
  },
  {
    name: 'gatehouse_client_bytes_total',
    help: 'Bytes of requests (received) and answers (sent), of requests that ended.',
    labels: ['direction'],
    type: 'counter',
    samples: ({ counts }) => [
      { labels: { direction: 'received' }, value: counts.bytesFromClients },
      { labels: { direction: 'sent' }, value: counts.bytesToClients },
    ],
  },
  {
    name: 'gatehouse_connections',
    help: 'Open connections: of clients, and to the API server.',
    labels: ['side'],
    type: 'gauge',
    samples: ({ numbers }) => {
      const { connections, upstreamConnections } = numbers();
      return [
        { labels: { side: 'client' }, value: connections },
        { labels: { side: 'upstream' }, value: upstreamConnections },
      ];
    },
  },
  {
    name: 'gatehouse_streams',
    help: 'Streams that are open, by kind.',
    labels: ['kind'],
    type: 'gauge',
    samples: ({ streams }) => {
      const open = streams();
      return STREAM_KINDS.map((kind) => ({
        labels: { kind },
        value: open.reduce((sum, stream) => sum + (stream.kind === kind ? 1 : 0), 0),
      }));
    },
  },
  {
    name: 'gatehouse_journal_records_total',
    help: 'Records that were written to the journal since the start, by type.',
    labels: ['type'],
    type: 'counter',
    samples: ({ counts }) => tallied(counts.records, 'type'),
  },
  {
    name: 'gatehouse_journal_unwritten_total',
    help: 'Records that could not be written; the requests that they were of were refused.',
    type: 'counter',
    samples: ({ numbers }) => one(numbers().journal.refused),
  },
  {
    name: 'gatehouse_journal_writable',
    help: '1 while the journal can be written; 0: everything is refused.',
    type: 'gauge',
    samples: ({ numbers }) => one(numbers().journal.problem === null ? 1 : 0),
  },
  {
    name: 'gatehouse_journal_lag_seconds',
    help: 'Since the oldest record came that is not on the disk itself.',
    type: 'gauge',
    samples: ({ numbers }) => one(numbers().journal.lag / 1_000),
  },
  {
    name: 'gatehouse_journal_bytes',
    help: "The journal's files.",
    type: 'gauge',
    samples: ({ numbers }) => one(numbers().journal.bytes),
  },
  {
    name: 'gatehouse_recordings',
    help: 'Recordings of streams that are kept; looked at once a minute.',
    type: 'gauge',
    samples: ({ recordings }) => one(recordings()?.files ?? 0),
  },
  {
    name: 'gatehouse_recordings_bytes',
    help: 'Their bytes.',
    type: 'gauge',
    samples: ({ recordings }) => one(recordings()?.bytes ?? 0),
  },
  {
    name: 'gatehouse_policy_info',
    help: 'Always 1; the digest of the policy in force (empty: none, everything is denied).',
    labels: ['digest', 'status'],
    type: 'gauge',
    samples: ({ policy }) => {
      const { digest, status } = policy();
      return [{ labels: { digest, status }, value: 1 }];
    },
  },
  {
    name: 'gatehouse_policy_load_timestamp_seconds',
    help: 'When the policy in force was taken up, since the epoch; 0: none is.',
    type: 'gauge',
    samples: ({ policy }) => one((Date.parse(policy().loadedAt) || 0) / 1_000),
  },
  {
    name: 'gatehouse_policy_problems',
    help: 'Mistakes in the policy folder; while there are any, what is in force is not what the folder says.',
    type: 'gauge',
    samples: ({ policy }) => one(policy().problems.length),
  },
  {
    name: 'gatehouse_policy_change_waiting',
    help: '1 while a change of the policy waits for "gatehouse policy accept".',
    type: 'gauge',
    samples: ({ policy }) => one(policy().waiting === null ? 0 : 1),
  },
  {
    name: 'gatehouse_cluster_latency_seconds',
    help: 'Of one short answer of the API server, at the last look; missing while it does not answer.',
    type: 'gauge',
    samples: ({ reach }) => {
      const latency = reach()?.latency ?? null;
      return latency === null ? [] : one(latency / 1_000);
    },
  },
  {
    name: 'gatehouse_credential_expiry_timestamp_seconds',
    help: 'When the credential for the API server ends, since the epoch; missing where it is not known to end.',
    type: 'gauge',
    samples: ({ reach }) => ending(reach()?.signIn.expires),
  },
  {
    name: 'gatehouse_cluster_certificate_expiry_timestamp_seconds',
    help: "When the API server's own certificate ends, since the epoch.",
    type: 'gauge',
    samples: ({ reach }) => ending(reach()?.certificateExpires),
  },
];

function ending(time: string | null | undefined): readonly Sample[] {
  return time === null || time === undefined ? [] : one(Date.parse(time) / 1_000);
}
