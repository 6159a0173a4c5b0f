import type { ApprovalRequirement } from '../../model/decision.ts';
import type { ApiRequest } from '../request/api-request.ts';

const LONGEST_HOLD = 9 * 60_000;
/** What is left of the client's own limit for the answer to reach it. */
const TIME_FOR_THE_ANSWER = 2_000;

/**
 * How long a client may be kept waiting for a person, in milliseconds; 0: answer at once.
 *
 * The least of what the policy says, what the client itself allows (kubectl's `--request-timeout` is in the URL as
 * `timeout`, and it closes the connection then), and nine minutes. A watch or discovery is never held: clients make
 * them on their own, over and over.
 */
export function holdMilliseconds(about: {
  readonly requirement: Pick<ApprovalRequirement, 'hold'>;
  readonly request: Pick<ApiRequest, 'query'>;
  readonly isWatchOrDiscovery: boolean;
}): number {
  if (about.isWatchOrDiscovery) return 0;
  const asked = about.request.query.find(([name]) => name === 'timeout')?.[1];
  const limit = asked === undefined ? null : parseGoDuration(asked);
  // 0 means "no limit" to client-go; what cannot be read is for the API server to refuse.
  const client = limit === null || limit <= 0 ? Number.POSITIVE_INFINITY : limit - TIME_FOR_THE_ANSWER;
  return Math.max(0, Math.floor(Math.min(about.requirement.hold, client, LONGEST_HOLD)));
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go's `time.ParseDuration` reads it (`1m30s`), or null when it is none. */
export function parseGoDuration(text: string): number | null {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text);
  if (match === null) return null;
  const [, sign, parts = ''] = match;
  let total = 0;
  for (const [, amount, unit = ''] of parts.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(amount) * (unitMilliseconds[unit] ?? 0);
  }
  return sign === '-' ? -total : total;
}
