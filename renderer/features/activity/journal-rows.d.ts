import type { DecidedRecord, FinishedRecord, JournalRecord } from '../../../proxy/journal/journal-record.ts';
type Stamped<Entry> = Entry & Pick<JournalRecord, 'seq' | 'time'>;
/** A request as its two records tell it, or another event of the gateway. Rows are identified by `key`. */
export type JournalRow = {
    readonly kind: 'request';
    readonly key: string;
    readonly seq: number;
    readonly time: string;
    readonly decided: Stamped<DecidedRecord>;
    /** Null: still running, or its end was never written (the gateway stopped). */
    readonly finished: Stamped<FinishedRecord> | null;
} | {
    readonly kind: 'event';
    readonly key: string;
    readonly seq: number;
    readonly time: string;
    readonly record: Exclude<JournalRecord, {
        type: 'decided' | 'finished';
    }>;
};
/** The records that are known, by `seq`; a record never changes, so a second copy is the same one. */
export type KnownRecords = ReadonlyMap<number, JournalRecord>;
/** The known records with these added, newest `limit` kept so that an app left open does not grow for ever. */
export declare function addRecords(known: KnownRecords, added: readonly JournalRecord[], limit: number): KnownRecords;
/**
 * Rows, newest first: `decided` and `finished` of one Audit-ID are one row, at the place of the decision. A `finished`
 * whose `decided` is not known (older than what was read) is left out: it says nothing by itself.
 */
export declare function joinRecords(known: KnownRecords): JournalRow[];
export type Outcome = DecidedRecord['decision']['outcome'];
export interface RowFilter {
    readonly text: string;
    readonly outcome: Outcome | null;
    readonly cluster: string | null;
}
/** The rows that a person filtered for. Text: every word must occur in some part of the row. */
export declare function filterRows(rows: readonly JournalRow[], filter: RowFilter): readonly JournalRow[];
export interface RowOutcome {
    readonly tone: 'allowed' | 'waiting' | 'denied' | 'unknown' | 'neutral' | 'warning';
    readonly word: string;
}
/**
 * What became of it, in a word. A request without its end is running while it is young; after that nobody can say
 * whether it reached the cluster, and the screen says so.
 * @param now epoch milliseconds.
 */
export declare function rowOutcome(row: JournalRow, now: number): RowOutcome;
/** The row's subject in one line. */
export declare function rowLine(row: JournalRow): string;
export {};
