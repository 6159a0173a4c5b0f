import type { JournalRecord } from '../../model/journal-record.ts';
import { asksForEnd, type EntryFilter, isFiltering, isWanted } from './entry-filter.ts';
import { joined } from './entry-in-words.ts';
import type { JournalEntry } from './journal-entry.ts';

/** So many requests under way are kept in mind, for what their ends are looked at for. */
const OPEN_AT_MOST = 20_000;

/**
 * What is looked for of the records that come, as they come. A request is told when it is decided, and its end again
 * when that comes; where the filter asks for what the end alone says, it is told once, with its end.
 */
export class FollowedEntries {
  readonly #filter: EntryFilter;
  /** Requests without an end yet that the filter takes or may take. */
  readonly #open = new Map<string, JournalEntry['record']>();

  /** @param recent what stands there already: a request of it that is under way is known when its end comes. */
  constructor(filter: EntryFilter, recent: readonly JournalEntry[]) {
    this.#filter = filter;
    for (const { record, end } of recent) if (record.type === 'decided' && end === null) this.#keep(record);
  }

  take(records: readonly JournalRecord[]): JournalEntry[] {
    if (!isFiltering(this.#filter)) return joined(records);
    return joined(records).flatMap((entry) => this.#next(entry));
  }

  #next(entry: JournalEntry): JournalEntry[] {
    const { record, end } = entry;
    if (record.type === 'finished') {
      const begun = this.#open.get(record.auditId);
      if (begun?.type !== 'decided') return [];
      this.#open.delete(record.auditId);
      const whole: JournalEntry = { record: begun, end: record };
      if (!isWanted(whole, this.#filter)) return [];
      return [asksForEnd(this.#filter) ? whole : entry];
    }
    if (record.type === 'decided' && end === null) {
      this.#keep(record);
      if (asksForEnd(this.#filter)) return [];
    }
    return isWanted(entry, this.#filter) ? [entry] : [];
  }

  #keep(record: JournalEntry['record'] & { readonly type: 'decided' }): void {
    this.#open.set(record.auditId, record);
    if (this.#open.size > OPEN_AT_MOST) this.#open.delete(this.#open.keys().next().value ?? '');
  }
}
