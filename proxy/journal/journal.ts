import type { JournalEntry, JournalRecord } from '../../model/journal-record.ts';
import type { JournalNumbers } from '../gateway-numbers.ts';
import { Refusal } from '../refusal.ts';

export interface JournalFilter {
  readonly cluster?: string;
  readonly session?: string;
  readonly auditId?: string;
  /** Free text over user, verb, resource, namespace, name, rule and code. */
  readonly text?: string;
  readonly outcome?: 'allow' | 'deny' | 'requireApproval' | 'refused';
  readonly types?: ReadonlyArray<JournalEntry['type']>;
}

/** The audit log on disk. */
export interface Journal {
  /**
   * Appends one entry. The promise settles when it is written, and fsynced where `durable`.
   * @throws {Refusal} `journal-unavailable` when it cannot be written.
   */
  append(entry: JournalEntry, options: { readonly durable: boolean }): Promise<JournalRecord>;
  /** Counts something refused before it was anyone's request. */
  countRefused(reason: string): void;
  /**
   * Newest first. `before` is the `seq` to go on from: that of the last record of the page before.
   *
   * With a filter on what only `decided` records carry (cluster, session, outcome, text), each `finished` record comes
   * with its `decided` where both lie in what is read, and does not count towards `limit`; for one that lies in an earlier
   * page, ask by `auditId`.
   */
  query(filter: JournalFilter, options: { readonly limit: number; readonly before?: number }): Promise<JournalRecord[]>;
  onAppend(listener: (record: JournalRecord) => void): () => void;
  /** What a start found missing or changed, in words for people; all of it is in the journal too. */
  findings(): readonly string[];
  /** Null, or why it cannot be written (a full disk, a read-only folder, a file that was removed). */
  problem(): string | null;
  /**
   * Settles when it can be written. After a failure it is tried anew: the disk may have room again.
   * @throws {Refusal} `journal-unavailable` when it still cannot.
   */
  assertWritable(): Promise<void>;
  /** Called when it cannot be written any more, when the reason changes, and with null when it can again. */
  onProblem(listener: (problem: string | null) => void): () => void;
  numbers(): JournalNumbers;
  close(): Promise<void>;
}

/** What a client is told while nothing can be recorded, and so nothing runs. */
export function journalUnavailable(reason: string, cause?: unknown): Refusal {
  return new Refusal('journal-unavailable', `the journal of Gatehouse cannot be written: ${reason}`, { cause });
}
