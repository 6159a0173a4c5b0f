import type { JournalRecord } from '../../model/journal-record.ts';

const GATHER_MS = 50;
const MOST_IN_A_BATCH = 500;

/** Hands records on in batches: at once when there are many, otherwise after 50 ms. Order is kept and none is lost. */
export function gatherRecords(deliver: (batch: JournalRecord[]) => void): {
  add(record: JournalRecord): void;
  flush(): void;
} {
  let batch: JournalRecord[] = [];
  let timer: NodeJS.Timeout | null = null;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    if (batch.length === 0) return;
    const full = batch;
    batch = [];
    deliver(full);
  }
  return {
    add(record) {
      batch.push(record);
      if (batch.length >= MOST_IN_A_BATCH) flush();
      else timer ??= setTimeout(flush, GATHER_MS);
    },
    flush,
  };
}
