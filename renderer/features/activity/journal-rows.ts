import type {
  ApprovalRecord,
  DecidedRecord,
  FinishedRecord,
  JournalRecord,
  OwnReadRecord,
} from '../../../model/journal-record.ts';
import { requestLine } from '../../../model/request-words.ts';

type Stamped<Entry> = Entry & Pick<JournalRecord, 'seq' | 'time'>;

export type ApprovalTrail = ReadonlyArray<Stamped<ApprovalRecord>>;

/** A request as its records tell it, or another event of the gateway. Rows are identified by `key`. */
export type JournalRow =
  | {
      readonly kind: 'request';
      readonly key: string;
      readonly seq: number;
      readonly time: string;
      readonly decided: Stamped<DecidedRecord>;
      /** Null: still running, or its end was never written (the gateway stopped). */
      readonly finished: Stamped<FinishedRecord> | null;
      /** What the gateway itself read for it, oldest first. */
      readonly ownReads: ReadonlyArray<Stamped<OwnReadRecord>>;
      /** What was written about its approval, oldest first. */
      readonly trail: ApprovalTrail;
    }
  | {
      /** An approval that no known request has used: it waits, or its client left and it came to nothing. */
      readonly kind: 'approval';
      readonly key: string;
      readonly seq: number;
      readonly time: string;
      readonly trail: ApprovalTrail;
    }
  | {
      readonly kind: 'event';
      readonly key: string;
      readonly seq: number;
      readonly time: string;
      readonly record: Exclude<JournalRecord, { type: 'decided' | 'finished' | 'own-read' | 'approval' }>;
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
 * Rows, newest first: `decided`, `own-read` and `finished` of one Audit-ID are one row, at the place of the decision, and
 * what was written about its approval belongs to it. Of a request whose `decided` is not known (older than what was read)
 * the others are left out: they say nothing by themselves.
 */
export function joinRecords(known: KnownRecords): JournalRow[] {
  const finished = new Map<string, Stamped<FinishedRecord>>();
  const ownReads = new Map<string, Array<Stamped<OwnReadRecord>>>();
  const trails = new Map<string, Array<Stamped<ApprovalRecord>>>();
  for (const record of known.values()) {
    if (record.type === 'finished') finished.set(record.auditId, record);
    if (record.type === 'own-read') ownReads.set(record.auditId, [...(ownReads.get(record.auditId) ?? []), record]);
    if (record.type === 'approval') trails.set(record.approvalId, [...(trails.get(record.approvalId) ?? []), record]);
  }
  for (const one of [...trails.values(), ...ownReads.values()]) one.sort((left, right) => left.seq - right.seq);
  const rows: JournalRow[] = [];
  const used = new Set<string>();
  for (const record of known.values()) {
    const { seq, time } = record;
    if (record.type === 'decided') {
      const end = finished.get(record.auditId) ?? null;
      const trail = trails.get(record.approval?.id ?? '') ?? [];
      if (record.approval) used.add(record.approval.id);
      const reads = ownReads.get(record.auditId) ?? [];
      const request = { decided: record, finished: end, ownReads: reads, trail };
      rows.push({ kind: 'request', key: record.auditId, seq, time, ...request });
    } else if (record.type !== 'finished' && record.type !== 'own-read' && record.type !== 'approval') {
      rows.push({ kind: 'event', key: `seq-${seq}`, seq, time, record });
    }
  }
  for (const [id, trail] of trails) {
    const first = trail[0];
    if (first && !used.has(id)) rows.push({ kind: 'approval', key: id, seq: first.seq, time: first.time, trail });
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
  if (row.kind === 'approval') return JSON.stringify(row.trail);
  const { decided, finished, ownReads } = row;
  const { decision } = decided;
  return [
    requestLine(decided.request),
    decided.request.target,
    decided.approval?.code,
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
    finished?.ended,
    finished?.stream?.told,
    ...ownReads.flatMap(({ reads }) => reads.map(({ name }) => name)),
  ].join('\n');
}
