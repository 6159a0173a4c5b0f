import type { DecidedRecord, FinishedRecord, JournalRecord } from '../../../proxy/journal/journal-record.ts';
import { requestLine } from '../approvals/approval-words.ts';

type Stamped<Entry> = Entry & Pick<JournalRecord, 'seq' | 'time'>;

/** A request as its two records tell it, or another event of the gateway. Rows are identified by `key`. */
export type JournalRow =
  | {
      readonly kind: 'request';
      readonly key: string;
      readonly seq: number;
      readonly time: string;
      readonly decided: Stamped<DecidedRecord>;
      /** Null: still running, or its end was never written (the gateway stopped). */
      readonly finished: Stamped<FinishedRecord> | null;
    }
  | {
      readonly kind: 'event';
      readonly key: string;
      readonly seq: number;
      readonly time: string;
      readonly record: Exclude<JournalRecord, { type: 'decided' | 'finished' }>;
    };

/** The records that are known, by `seq`; a record never changes, so a second copy is the same one. */
export type KnownRecords = ReadonlyMap<number, JournalRecord>;

/** The known records with these added, newest `limit` kept so that an app left open does not grow for ever. */
export function addRecords(known: KnownRecords, added: readonly JournalRecord[], limit: number): KnownRecords {
  if (added.length === 0) return known;
  const all = new Map(known);
  for (const record of added) all.set(record.seq, record);
  if (all.size <= limit) return all;
  return new Map([...all].sort(([left], [right]) => right - left).slice(0, limit));
}

/**
 * Rows, newest first: `decided` and `finished` of one Audit-ID are one row, at the place of the decision. A `finished`
 * whose `decided` is not known (older than what was read) is left out: it says nothing by itself.
 */
export function joinRecords(known: KnownRecords): JournalRow[] {
  const finished = new Map<string, Stamped<FinishedRecord>>();
  for (const record of known.values()) {
    if (record.type === 'finished') finished.set(record.auditId, record);
  }
  const rows: JournalRow[] = [];
  for (const record of known.values()) {
    const { seq, time } = record;
    if (record.type === 'decided') {
      const end = finished.get(record.auditId) ?? null;
      rows.push({ kind: 'request', key: record.auditId, seq, time, decided: record, finished: end });
    } else if (record.type !== 'finished') {
      rows.push({ kind: 'event', key: `seq-${seq}`, seq, time, record });
    }
  }
  return rows.sort((left, right) => right.seq - left.seq);
}

export type Outcome = DecidedRecord['decision']['outcome'];

export interface RowFilter {
  readonly text: string;
  readonly outcome: Outcome | null;
  readonly cluster: string | null;
}

/** The rows that a person filtered for. Text: every word must occur in some part of the row. */
export function filterRows(rows: readonly JournalRow[], filter: RowFilter): readonly JournalRow[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    if (filter.outcome !== null && (row.kind !== 'request' || row.decided.decision.outcome !== filter.outcome))
      return false;
    if (filter.cluster !== null && (row.kind !== 'request' || row.decided.cluster !== filter.cluster)) return false;
    if (words.length === 0) return true;
    const text = searchable(row).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

function searchable(row: JournalRow): string {
  if (row.kind === 'event') return JSON.stringify(row.record);
  const { decided, finished } = row;
  const { decision } = decided;
  return [
    requestLine(decided.request),
    decided.request.target,
    decided.principal.user,
    decided.principal.session.id,
    decided.effective?.user,
    decided.cluster,
    decided.auditId,
    decision.rule,
    decision.code,
    decision.message,
    finished?.code,
    finished?.status,
  ].join('\n');
}

export interface RowOutcome {
  readonly tone: 'allowed' | 'waiting' | 'denied' | 'unknown' | 'neutral' | 'warning';
  readonly word: string;
}

/**
 * What became of it, in a word. A request without its end is running while it is young; after that nobody can say
 * whether it reached the cluster, and the screen says so.
 * @param now epoch milliseconds.
 */
export function rowOutcome(row: JournalRow, now: number): RowOutcome {
  if (row.kind === 'event') return eventOutcome(row.record);
  const { decided, finished } = row;
  const { outcome } = decided.decision;
  if (outcome === 'deny') return { tone: 'denied', word: 'Denied' };
  if (outcome === 'refused') return { tone: 'denied', word: 'Refused' };
  if (finished === null) {
    if (now - Date.parse(row.time) < 60_000 || isLongRunning(decided)) return { tone: 'neutral', word: 'Running' };
    return { tone: 'unknown', word: 'Outcome unknown' };
  }
  if (finished.code !== null) return { tone: 'denied', word: 'Not run' };
  if (finished.status === 0) return { tone: 'unknown', word: 'Client left' };
  const failed = finished.status >= 400;
  if (outcome === 'requireApproval')
    return { tone: failed ? 'warning' : 'allowed', word: failed ? 'Failed' : 'Approved' };
  return { tone: failed ? 'warning' : 'allowed', word: failed ? 'Failed' : 'Allowed' };
}

function isLongRunning({ request }: DecidedRecord): boolean {
  return request.verb === 'watch' || request.upgrade !== null || request.subresource === 'log';
}

function eventOutcome(record: Extract<JournalRow, { kind: 'event' }>['record']): RowOutcome {
  if (record.type === 'refused') return { tone: 'denied', word: 'Turned away' };
  if (record.type === 'approval') return { tone: record.state === 'PENDING' ? 'waiting' : 'neutral', word: 'Approval' };
  return { tone: record.event === 'policy-broken' ? 'warning' : 'neutral', word: 'Gateway' };
}

/** The row's subject in one line. */
export function rowLine(row: JournalRow): string {
  if (row.kind === 'request') return requestLine(row.decided.request);
  const { record } = row;
  if (record.type === 'refused') {
    const counts = Object.entries(record.counts);
    return counts.map(([reason, count]) => `${reason} × ${count}`).join(', ');
  }
  if (record.type === 'approval')
    return `${record.code} ${record.state.toLowerCase().replaceAll('_', ' ')}${record.by ? ` by ${record.by}` : ''}`;
  return `${record.event} ${record.detail}`.trim();
}
