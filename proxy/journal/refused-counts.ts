import type { RefusedRecord } from '../../model/journal-record.ts';

/** More kinds of reasons than this are counted as `other`, so that a caller who can vary the reason fills nothing. */
const REASONS_AT_MOST = 64;

/** Adds up what was refused before it was anyone's request, until it is taken as one record. */
export class RefusedCounts {
  #counts = new Map<string, number>();
  #from: number | null = null;

  add(reason: string, now: number): void {
    this.#from ??= now;
    const key = this.#counts.has(reason) || this.#counts.size < REASONS_AT_MOST ? reason : 'other';
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** The record of everything since the last one; null when there was nothing. */
  take(now: number): RefusedRecord | null {
    if (this.#from === null) return null;
    const record: RefusedRecord = {
      type: 'refused',
      from: new Date(this.#from).toISOString(),
      to: new Date(now).toISOString(),
      counts: Object.fromEntries(this.#counts),
    };
    this.#counts = new Map();
    this.#from = null;
    return record;
  }

  /** Counts a record again that could not be written. */
  giveBack(record: RefusedRecord): void {
    const from = Date.parse(record.from);
    this.#from = this.#from === null ? from : Math.min(this.#from, from);
    for (const [reason, count] of Object.entries(record.counts)) {
      this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + count);
    }
  }
}
