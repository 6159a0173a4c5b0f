// Above 300 lines because one writer owns the queue, the chain's end and the current file, and no step may be elsewhere.

import { rm } from 'node:fs/promises';
import type { GatewayRecord, JournalEntry, JournalRecord } from '../../model/journal-record.ts';
import { diskErrorInWords, isSystemError, withPath } from '../disk-error.ts';
import type { GatewayLog } from '../gateway-log.ts';
import type { JournalNumbers } from '../gateway-numbers.ts';
import { makeFolders } from '../make-folders.ts';
import { Refusal } from '../refusal.ts';
import { AppendFile } from './append-file.ts';
import { FolderLockedError, lockFolder } from './folder-lock.ts';
import { type HeadWitness, WitnessWriter } from './head-witness.ts';
import { type Journal, type JournalFilter, journalUnavailable } from './journal.ts';
import { journalFile, replaceFile } from './journal-files.ts';
import { JournalLag } from './journal-lag.ts';
import { type FolderIdentity, folderIdentity, folderOutOfPlace, OutOfPlaceError } from './out-of-place.ts';
import { queryRecords } from './query.ts';
import { type ReadersGroup, setReaders } from './readers.ts';
import { sealRecord } from './record-chain.ts';
import { type KnownFile, type Recovered, recover } from './recovery.ts';
import { RefusedCounts } from './refused-counts.ts';
import { type JournalRetention, trim } from './retention.ts';
import {
  type JournalKey,
  makeStatement,
  publicKeyPath,
  readJournalKey,
  readStatement,
  writeStatement,
} from './signed-head.ts';

export interface JournalOptions {
  /** Made when missing, 0700. */
  readonly folder: string;
  /** Ed25519 private key (PKCS#8 PEM) that signs the head; null: the head is written unsigned. */
  readonly signingKey: string | null;
  readonly retention: JournalRetention;
  /** Keeps the head in a second place too; null or left out: what is removed as a whole is not noticed at the next start. */
  readonly witness?: HeadWitness | null;
  /** A group that may read the journal too; null or left out: its owner alone. */
  readonly readers?: ReadersGroup;
  /** Unix time in milliseconds. */
  readonly now?: () => number;
  readonly log: GatewayLog;
  /** A file is closed at this size, and at the end of each day (UTC). */
  readonly fileBytes?: number;
}

const HEAD_INTERVAL = 1_000;
/** At most so long after a file of the journal went, everything is refused; it is told then, though nobody asks. */
const LOOK_INTERVAL = 1_000;
/** While something is out of its place it is looked for with each request, but not more often. */
const LOOK_AGAIN = 100;
const REFUSED_INTERVAL = 10_000;
const TRIM_INTERVAL = 3_600_000;
/** Records written with one call and one fdatasync. */
const BATCH_AT_MOST = 1_024;
/** Records that wait for a slow disk before more are refused: bounds memory at some tens of megabytes. */
const WAITING_AT_MOST = 20_000;

/**
 * Opens the journal of a folder for writing, after whatever stop.
 *
 * @throws {FolderLockedError} when another process writes to the folder.
 * @throws {Refusal} `journal-unavailable` when the folder cannot be read and written.
 */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { folder } = options;
  const key = options.signingKey === null ? null : readJournalKey(options.signingKey);
  let unlock: (() => Promise<void>) | undefined;
  try {
    await makeFolders(folder);
    const readers = options.readers ?? null;
    unlock = await lockFolder(folder);
    await setReaders(folder, readers);
    const recovered = await recover(folder, key, options.witness ?? null);
    if (key !== null) {
      const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
      await replaceFile(publicKeyPath(folder), pem, readers);
    }
    if (recovered.last.seq === 0) await promiseNothing(options, key, recovered.last);
    const journal = new LocalJournal(options, key, unlock);
    await journal.resume(recovered);
    return journal;
  } catch (error) {
    await unlock?.();
    if (error instanceof FolderLockedError || error instanceof Refusal) throw error;
    const { message } = withPath(error, pathOf(error) ?? folder, 'used') as Error;
    throw new Refusal('journal-unavailable', `the journal cannot be opened: ${message}`, { cause: error });
  }
}

/** The head of an empty journal stands before its first record: a crash between the two leaves nothing missing. */
async function promiseNothing(
  { folder, readers }: JournalOptions,
  key: JournalKey | null,
  { seq, hash }: Recovered['last'],
): Promise<void> {
  if ((await readStatement(folder, 'head')) !== null) return;
  const time = new Date().toISOString();
  await writeStatement(folder, 'head', makeStatement('head', { seq, hash, time }, key), readers ?? null);
}

/** Which file of the journal it is about, where the system says so. */
function pathOf(error: unknown): string | null {
  const { path } = error as NodeJS.ErrnoException;
  return typeof path === 'string' && path !== '' ? path : null;
}

interface Waiting {
  readonly entry: JournalEntry;
  readonly durable: boolean;
  /** Of `performance.now`. */
  readonly since: number;
  readonly resolve: (record: JournalRecord) => void;
  readonly reject: (error: Refusal) => void;
}

/**
 * The one writer of a folder. Appends wait in a queue; one loop takes what has gathered, writes it with one call and,
 * where any of it is durable, one fdatasync ("group commit"): while the disk works, the next batch gathers. `seq`
 * and the hash chain move on only when a batch was written, so that a failed write leaves no gap.
 */
class LocalJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #key: JournalKey | null;
  readonly #unlock: () => Promise<void>;
  readonly #now: () => number;
  readonly #fileBytes: number;
  readonly #listeners = new Set<(record: JournalRecord) => void>();
  readonly #problemListeners = new Set<(problem: string | null) => void>();
  readonly #refused = new RefusedCounts();
  readonly #lag = new JournalLag();
  readonly #witness: WitnessWriter | null;
  readonly #folder: FolderIdentity;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** Records that could not be written. */
  #unwritten = 0;
  #waiting: Waiting[] = [];
  /** Who asked whether it can be written again. */
  #retries: Array<() => void> = [];
  #files: KnownFile[] = [];
  #current: AppendFile | null = null;
  #day = '';
  #last = { seq: 0, hash: '' };
  #headDue = false;
  #trimDue = false;
  #lookDue = false;
  #lookedAt = 0;
  /** What the last look found. */
  #outOfPlace: OutOfPlaceError | null = null;
  #findings: readonly string[] = [];
  #running: Promise<void> | null = null;
  /** The second place has the last head. */
  #told: Promise<void> = Promise.resolve();
  #closed: Promise<void> | null = null;
  #failure: { readonly error: unknown; readonly reason: string; readonly since: string; readonly lost: number } | null =
    null;

  constructor(options: JournalOptions, key: JournalKey | null, unlock: () => Promise<void>) {
    this.#options = options;
    this.#key = key;
    this.#unlock = unlock;
    this.#witness = options.witness ? new WitnessWriter(options.witness, options.log) : null;
    this.#folder = folderIdentity(options.folder);
    this.#now = options.now ?? Date.now;
    this.#fileBytes =
      options.fileBytes ?? Math.min(16 * 1024 * 1024, Math.max(64 * 1024, Math.floor(options.retention.bytes / 8)));
  }

  async resume(recovered: Recovered): Promise<void> {
    this.#files = recovered.files;
    this.#last = recovered.last;
    if (recovered.resumeAt !== null) {
      const { file, bytes } = recovered.resumeAt;
      this.#current = await AppendFile.resume(file.path, bytes);
      file.bytes = bytes;
      this.#day = dayOf(recovered.last.time ?? this.#time());
    }
    this.#findings = recovered.findings;
    for (const note of recovered.notes) {
      const { event: record, detail } = note;
      if (recovered.findings.includes(note.detail))
        this.#options.log.error({ event: 'journal-not-whole', record, detail }, 'the journal is not whole');
      else
        this.#options.log.warn({ event: 'journal-not-closed', record, detail }, 'the journal was not closed cleanly');
      await this.append(note, { durable: true });
    }
    this.#trimDue = true;
    this.#headDue = true;
    await this.#run();
    this.#every('trim', TRIM_INTERVAL, () => {
      this.#trimDue = true;
    });
    this.#every('look', LOOK_INTERVAL, () => {
      this.#lookDue = true;
    });
  }

  append(entry: JournalEntry, { durable }: { readonly durable: boolean }): Promise<JournalRecord> {
    if (this.#closed !== null) return Promise.reject(journalUnavailable('it is closed'));
    return this.#enqueue(entry, durable);
  }

  countRefused(reason: string): void {
    this.#refused.add(reason, this.#now());
    this.#after('refused', REFUSED_INTERVAL, () => this.#writeRefused());
  }

  async query(filter: JournalFilter, options: { readonly limit: number; readonly before?: number }) {
    return await queryRecords([...this.#files], filter, options);
  }

  onAppend(listener: (record: JournalRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  findings(): readonly string[] {
    return this.#findings;
  }

  problem(): string | null {
    if (this.#failure === null) return null;
    return `The journal in ${this.#options.folder} cannot be written: ${this.#failure.reason}, since ${this.#failure.since}.`;
  }

  async assertWritable(): Promise<void> {
    if (this.#failure !== null) await new Promise<void>((tried) => this.#tryAgain(tried));
    if (this.#failure !== null) throw journalUnavailable(this.#failure.reason, this.#failure.error);
  }

  #tryAgain(tried: () => void): void {
    this.#retries.push(tried);
    void this.#run();
  }

  onProblem(listener: (problem: string | null) => void): () => void {
    this.#problemListeners.add(listener);
    return () => this.#problemListeners.delete(listener);
  }

  numbers(): JournalNumbers {
    return {
      bytes: this.#files.reduce((sum, { bytes }) => sum + bytes, 0),
      lag: this.#lag.milliseconds(this.#waiting[0]?.since ?? null),
      refused: this.#unwritten,
      problem: this.problem(),
    };
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#writeRefused();
    this.#headDue = true;
    await this.#run();
    await this.#current?.close().catch(() => undefined);
    this.#current = null;
    await this.#told;
    await this.#unlock();
  }

  #enqueue(entry: JournalEntry, durable: boolean): Promise<JournalRecord> {
    if (this.#waiting.length >= WAITING_AT_MOST) {
      this.#unwritten++;
      return Promise.reject(journalUnavailable(`${WAITING_AT_MOST} records already wait for the disk`));
    }
    const written = new Promise<JournalRecord>((resolve, reject) => {
      this.#waiting.push({ entry, durable, since: performance.now(), resolve, reject });
    });
    void this.#run();
    return written;
  }

  /** Starts the loop where it does not run, and settles when it has nothing left to do. Never rejects. */
  #run(): Promise<void> {
    this.#running ??= this.#loop();
    return this.#running;
  }

  async #loop(): Promise<void> {
    // One turn of the microtask queue, so that appends made together are written together.
    await Promise.resolve();
    while (this.#waiting.length > 0 || this.#retries.length > 0 || this.#headDue || this.#trimDue || this.#lookDue) {
      if (this.#lookDue) await this.#look();
      if (this.#waiting.length > 0) await this.#commit(this.#waiting.splice(0, BATCH_AT_MOST));
      if (this.#retries.length > 0) await this.#retry(this.#retries.splice(0));
      if (this.#trimDue) await this.#trim();
      if (this.#headDue) await this.#writeHead();
    }
    // In the same turn as the check above: an append right after it starts the loop anew.
    this.#running = null;
  }

  /** The note that it can be written again is what is tried, once for all who asked. */
  async #retry(asked: ReadonlyArray<() => void>): Promise<void> {
    if (this.#failure !== null) await this.#commit([]);
    for (const tried of asked) tried();
  }

  async #commit(batch: readonly Waiting[]): Promise<void> {
    const time = this.#time();
    const resumed = this.#resumedNote();
    const entries = resumed === null ? batch : [{ ...silent, since: performance.now(), entry: resumed }, ...batch];
    const durable = entries.some((entry) => entry.durable);
    this.#lag.begun(batch[0]?.since ?? null);
    let { seq, hash } = this.#last;
    const sealed = entries.map(({ entry }) => {
      const next = sealRecord(entry, { seq: seq + 1, time, prev: hash });
      seq = next.record.seq;
      hash = next.record.hash;
      return next;
    });
    try {
      this.#assertWhole();
      const content = Buffer.from(sealed.map(({ line }) => line).join(''));
      const file = await this.#fileFor(time, this.#last.seq + 1);
      await file.append(content, durable);
      this.#lag.written(durable);
    } catch (error) {
      this.#lag.failed();
      this.#failed(error instanceof OutOfPlaceError ? this.#lookedAgain(error) : error, batch);
      return;
    }
    this.#last = { seq, hash };
    const known = this.#files.at(-1);
    if (known !== undefined) known.bytes = this.#current?.bytes ?? known.bytes;
    if (resumed !== null)
      this.#options.log.info(
        { event: 'journal-available', detail: resumed.detail },
        'the journal can be written again',
      );
    if (this.#failure !== null) {
      this.#failure = null;
      this.#tellProblem();
    }
    this.#after('head', HEAD_INTERVAL, () => {
      this.#headDue = true;
    });
    for (const [index, { record }] of sealed.entries()) {
      entries[index]?.resolve(record);
      this.#tell(record);
    }
  }

  /** The file to write to: the current one, or a new one when that is full, of another day, or unusable. */
  async #fileFor(time: string, nextSeq: number): Promise<AppendFile> {
    const current = this.#current;
    const day = dayOf(time);
    if (current?.broken && current.bytes === 0) {
      // Nothing in it was ever confirmed. One more file for each try would fill what is left of a dying disk.
      await this.#discardNewest(current);
      return await this.#fileFor(time, nextSeq);
    }
    const newest = this.#files.at(-1);
    if (current !== null && !current.broken && current.bytes === 0 && newest !== undefined) {
      this.#files[this.#files.length - 1] = { ...newest, firstSeq: nextSeq };
      this.#day = day;
      return current;
    }
    if (current !== null && !current.broken && current.bytes < this.#fileBytes && this.#day === day) return current;

    if (current !== null && !current.broken) current.assertInPlace();
    // The old file is on the disk before the new one exists: the chain never has a hole in the middle.
    if (current !== null && !current.broken) await current.sync();
    const file = journalFile(this.#options.folder, (newest?.index ?? 0) + 1);
    const created = await AppendFile.create(file.path, this.#options.readers ?? null);
    this.#files.push({ ...file, firstSeq: nextSeq, bytes: 0 });
    this.#current = created;
    this.#day = day;
    this.#trimDue = true;
    await current?.close().catch(() => undefined);
    return created;
  }

  async #discardNewest(current: AppendFile): Promise<void> {
    const newest = this.#files.at(-1);
    if (newest !== undefined) await rm(newest.path, { force: true });
    this.#files = this.#files.slice(0, -1);
    this.#current = null;
    await current.close().catch(() => undefined);
  }

  #failed(error: unknown, batch: readonly Waiting[]): void {
    const reason = diskErrorInWords(error);
    const isNew = this.#failure?.reason !== reason;
    if (isNew) {
      // The words say all of what the system or a look at the files found; a stack is for what nobody expected.
      const defect = isSystemError(error) || error instanceof OutOfPlaceError ? {} : { error };
      this.#options.log.error(
        { event: 'journal-unavailable', why: reason, ...defect, folder: this.#options.folder },
        'the journal cannot be written',
      );
    }
    this.#unwritten += batch.length;
    const { since, lost } = this.#failure ?? { since: this.#time(), lost: 0 };
    this.#failure = { error, reason, since, lost: lost + batch.length };
    if (isNew) this.#tellProblem();
    // The second place hears at once how far the journal had come.
    if (isNew && error instanceof OutOfPlaceError) this.#headDue = true;
    const refusal = journalUnavailable(reason, error);
    for (const { reject } of batch) reject(refusal);
  }

  #tellProblem(): void {
    const problem = this.problem();
    for (const listener of this.#problemListeners) listener(problem);
  }

  /**
   * Whether the files are where they were; what is not fails every write until it is put back, reads of the cluster too.
   * A new file by itself would let whoever removes the journal work on; a start says what is missing, and goes on.
   * @throws {OutOfPlaceError}
   */
  #assertWhole(isDue = false): void {
    const since = performance.now() - this.#lookedAt;
    if (isDue || since >= (this.#outOfPlace === null ? LOOK_INTERVAL : LOOK_AGAIN)) {
      this.#lookedAt = performance.now();
      const closed = this.#current === null ? this.#files : this.#files.slice(0, -1);
      const ofFile = this.#current?.broken === false ? this.#current.outOfPlace() : null;
      const why = folderOutOfPlace(this.#options.folder, this.#folder, closed) ?? ofFile;
      this.#outOfPlace = why === null ? null : new OutOfPlaceError(why);
    }
    if (this.#outOfPlace !== null) throw this.#outOfPlace;
  }

  /** What a write stumbled on, as a look at everything has it; until one finds all in its place, no other write goes on. */
  #lookedAgain(stumbled: OutOfPlaceError): unknown {
    if (stumbled === this.#outOfPlace) return stumbled;
    try {
      this.#assertWhole(true);
    } catch (error) {
      return error;
    }
    this.#outOfPlace = stumbled;
    return stumbled;
  }

  /** Looks though nobody writes, so that a person hears of it; and notes when all is back. */
  async #look(): Promise<void> {
    this.#lookDue = false;
    try {
      this.#assertWhole(true);
    } catch (error) {
      this.#failed(error, []);
      return;
    }
    if (this.#failure?.error instanceof OutOfPlaceError) await this.#commit([]);
  }

  #resumedNote(): GatewayRecord | null {
    if (this.#failure === null) return null;
    const { reason, since, lost } = this.#failure;
    const detail = `since ${since} ${lost} records could not be written: ${reason}`;
    return { type: 'gateway', event: 'journal-resumed', detail };
  }

  async #writeHead(): Promise<void> {
    this.#headDue = false;
    try {
      // A head must never promise what a power cut can still take away.
      await this.#current?.sync();
      this.#lag.synced();
      const about = { ...this.#last, time: this.#time() };
      const head = makeStatement('head', about, this.#key);
      // Not waited for: another disk may be slow, and requests do not depend on it.
      if (this.#witness !== null) this.#told = this.#witness.tell(head);
      // What stands in the journal's place now is somebody else's.
      if (this.#failure?.error instanceof OutOfPlaceError) return;
      await writeStatement(this.#options.folder, 'head', head, this.#options.readers ?? null);
    } catch (error) {
      // While the journal itself cannot be written, that was said.
      if (this.#failure !== null) return;
      this.#options.log.warn(
        { event: 'journal-head-unwritten', error },
        "the journal's head could not be written; the next commit tries again",
      );
    }
  }

  async #trim(): Promise<void> {
    this.#trimDue = false;
    if (this.#failure?.error instanceof OutOfPlaceError) return;
    const { folder, retention } = this.#options;
    try {
      const note = await trim(folder, this.#files, retention, {
        key: this.#key,
        now: this.#now(),
        readers: this.#options.readers ?? null,
        onRemoved: (removed) => {
          this.#files = this.#files.filter((file) => file !== removed);
        },
      });
      if (note !== null) this.#enqueue(note, false).catch(() => undefined);
    } catch (error) {
      this.#options.log.warn(
        { event: 'retention-failed', error },
        'old files of the journal could not be removed; the next hour tries again',
      );
    }
  }

  async #writeRefused(): Promise<void> {
    const record = this.#refused.take(this.#now());
    if (record === null) return;
    try {
      await this.#enqueue(record, false);
    } catch {
      this.#refused.giveBack(record);
      if (this.#closed === null) this.#after('refused', REFUSED_INTERVAL, () => this.#writeRefused());
    }
  }

  #tell(record: JournalRecord): void {
    for (const listener of this.#listeners) {
      try {
        listener(record);
      } catch (error) {
        this.#options.log.error({ event: 'listener-failed', error }, 'a listener of the journal failed');
      }
    }
  }

  /** Does something once, later; a second call while it is pending changes nothing. */
  #after(name: string, milliseconds: number, action: () => unknown): void {
    if (this.#timers.has(name) || this.#closed !== null) return;
    const timer = setTimeout(() => {
      this.#timers.delete(name);
      action();
      void this.#run();
    }, milliseconds);
    this.#timers.set(name, timer.unref());
  }

  #every(name: string, milliseconds: number, action: () => unknown): void {
    this.#after(name, milliseconds, () => {
      action();
      this.#every(name, milliseconds, action);
    });
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

/** For records that the journal writes about itself. */
const silent = { durable: false, resolve: () => undefined, reject: () => undefined };

/** `2026-08-14`, in UTC. */
function dayOf(time: string): string {
  return time.slice(0, 10);
}
