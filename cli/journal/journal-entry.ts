import type { DecidedRecord, FinishedRecord, JournalRecord } from '../../model/journal-record.ts';

type RecordOf<Type extends JournalRecord['type']> = Extract<JournalRecord, { readonly type: Type }>;

/** A request with its end (null: not yet, or it was never written), or a record that stands for itself. */
export type JournalEntry =
  | { readonly record: RecordOf<'decided'>; readonly end: RecordOf<'finished'> | null }
  | { readonly record: Exclude<JournalRecord, DecidedRecord>; readonly end: null };

/** What the command line and its JSON call a kind of entry. */
export const ENTRY_TYPES = ['request', 'approval', 'own-read', 'refused', 'gateway'] as const;
export type EntryType = (typeof ENTRY_TYPES)[number];

/** A `finished` alone is of a request whose `decided` is not there any more. */
export function typeOf({ record: { type } }: JournalEntry): EntryType {
  return type === 'decided' || type === 'finished' ? 'request' : type;
}

/** The end of a request, whether it came with its beginning or alone. */
export function endOf({ record, end }: JournalEntry): FinishedRecord | null {
  return record.type === 'finished' ? record : end;
}

/** The entry as one JSON object: its record, and for a request in `finished` that of its end. */
export function entryAsJson({ record, end }: JournalEntry): string {
  return JSON.stringify(record.type === 'decided' ? { ...record, finished: end } : record);
}
