import { createPublicKey } from 'node:crypto';
import { type HeadWitness, hear, type Testimony } from './head-witness.ts';
import { type FileLine, linesForward, listJournalFiles } from './journal-files.ts';
import { GENESIS_HASH, readLine } from './record-chain.ts';
import { readStatement, type SignedStatement, type StatementKind, statementProblem } from './signed-head.ts';
import { type Unchecked, uncheckedParts } from './unchecked.ts';

/** What a check of a whole journal found. */
export interface VerifyReport {
  /** Nothing is wrong in what was checked. */
  readonly ok: boolean;
  /** What was not, though it was asked for; nothing where something is wrong. */
  readonly unchecked: readonly Unchecked[];
  readonly files: number;
  readonly records: number;
  readonly first: { readonly seq: number; readonly time: string } | null;
  readonly last: { readonly seq: number; readonly time: string } | null;
  /** Records written after the head: covered by the chain, not by the signature. A running gateway signs each second. */
  readonly afterHead: number;
  /** Whether the head's signature was checked and is right. */
  readonly signed: boolean;
  /** The last record that retention removed; null: the journal begins with record 1. */
  readonly removedUpTo: number | null;
  /** The head that was compared with, and where it is kept; null: the folder was compared with nothing outside it. */
  readonly witness: { readonly place: string; readonly seq: number; readonly time: string } | null;
  /** The first thing that is wrong. `file` and `line` (from 1) are null where no line is to blame. */
  readonly problem: { readonly file: string | null; readonly line: number | null; readonly reason: string } | null;
  /** What a reader should know though nothing is wrong. */
  readonly notes: readonly string[];
}

type Problem = NonNullable<VerifyReport['problem']>;

/**
 * Reads every record of a journal and checks it: each line's hash (an edit), `seq` and `prev` (a gap, an insertion,
 * another order), the signed anchor where retention removed the front, and the signed head (a cut-off or rewritten
 * end). Works beside a running gateway and needs nothing but the folder and the public key.
 *
 * What was removed or set back as a whole, head and all, shows in the witness alone. And whoever holds the private key
 * can rewrite it all, with the witness too where they may write to it.
 *
 * @param options.publicKey SPKI PEM; null checks the chain alone.
 * @param options.witness the second place that keeps the head; left out: there is none.
 */
export async function verifyJournal(
  folder: string,
  options: { readonly publicKey: string | null; readonly witness?: HeadWitness },
): Promise<VerifyReport> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await verifyOnce(folder, options.publicKey, options.witness ?? null);
    } catch (error) {
      // Retention of a running gateway removed a file in between.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === 3) throw error;
    }
  }
}

async function verifyOnce(
  folder: string,
  publicKeyPem: string | null,
  witness: HeadWitness | null,
): Promise<VerifyReport> {
  const publicKey = publicKeyPem === null ? null : createPublicKey(publicKeyPem);
  const notes: string[] = [];
  let problem: Problem | null = null;
  const fail = (reason: string, file: string | null = null, line: number | null = null) => {
    problem ??= { file, line, reason };
  };

  /** Trusted only where its signature is right, or where there is no key to check it with. */
  const trusted = async (kind: StatementKind): Promise<SignedStatement | null> => {
    const statement = await readStatement(folder, kind);
    if (statement === null) return null;
    const wrong =
      statement === 'unreadable'
        ? `${kind}.json cannot be read`
        : publicKey === null
          ? null
          : statementProblem(kind, statement, publicKey);
    if (wrong === null && statement !== 'unreadable') return statement;
    fail(wrong ?? '', `${kind}.json`);
    return null;
  };

  // The second place first, then the head, then the files: a running gateway writes them in the other order.
  const testimony = witness === null ? null : await hear(witness, publicKey);
  const known = testimony?.says === 'head' ? testimony.head : null;
  // The head before the files: a running gateway only adds behind it. The anchor after their names: it never lags.
  const head = await trusted('head');
  const files = await listJournalFiles(folder);
  const anchor = await trusted('anchor');
  const chain = new ChainCheck(anchor, head, known);
  for (const [index, file] of files.entries()) {
    let number = 0;
    for await (const line of linesForward(file.path)) {
      number += 1;
      if (!line.complete && index === files.length - 1) {
        notes.push(
          `${file.name} ends in an unfinished line: a write was cut off or is under way; it was never confirmed`,
        );
        continue;
      }
      const reason = chain.follow(line);
      if (reason !== null) fail(reason, file.name, number);
    }
  }

  const { last } = chain;
  notes.push(...chain.notices);
  if (testimony?.says === 'head' && (last?.seq ?? 0) < testimony.head.seq) {
    fail(behindInWords(last?.seq ?? 0, testimony), files.at(-1)?.name ?? null);
  }
  if (head === null && problem === null && (files.length > 0 || publicKey !== null)) {
    fail('head.json is missing: whether the end was cut off cannot be told');
  }
  if (head !== null && (last?.seq ?? 0) < head.seq) {
    fail(
      `the journal ends at record ${last?.seq ?? 0}, but its head says that record ${head.seq} was written`,
      files.at(-1)?.name ?? null,
    );
  }
  const evidence = { hasKey: publicKey !== null, head, anchor, testimony, last };
  return {
    ok: problem === null,
    unchecked: problem === null ? uncheckedParts(evidence) : [],
    files: files.length,
    records: chain.records,
    first: chain.first,
    last,
    afterHead: head === null ? chain.records : Math.max(0, (last?.seq ?? 0) - head.seq),
    signed: publicKey !== null && head !== null,
    removedUpTo: anchor?.seq ?? null,
    witness: testimony?.says === 'head' ? placeAndTime(testimony) : null,
    problem,
    notes,
  };
}

function behindInWords(last: number, { place, head }: Extract<Testimony, { says: 'head' }>): string {
  const end = last === 0 ? 'the journal is empty' : `the journal ends at record ${last}`;
  return `${end}, but ${place} says that record ${head.seq} was written at ${head.time}`;
}

function placeAndTime({ place, head: { seq, time } }: Extract<Testimony, { says: 'head' }>): VerifyReport['witness'] {
  return { place, seq, time };
}

/** Walks along the chain and says what does not fit. */
class ChainCheck {
  records = 0;
  first: VerifyReport['first'] = null;
  last: VerifyReport['last'] = null;
  /** What the gateway said of the journal that is no damage. */
  readonly notices: string[] = [];
  readonly #anchor: SignedStatement | null;
  readonly #head: SignedStatement | null;
  readonly #known: SignedStatement | null;
  #expected: { readonly seq: number; readonly hash: string } | null = null;

  /** @param known the head that the second place keeps. */
  constructor(anchor: SignedStatement | null, head: SignedStatement | null, known: SignedStatement | null) {
    this.#anchor = anchor;
    this.#head = head;
    this.#known = known;
  }

  /** Null when the line is the next record, else what is wrong with it. Goes on from it either way. */
  follow(line: FileLine): string | null {
    const read = readLine(line.bytes);
    if (!read.ok) return read.reason;
    const { record } = read;
    const reason =
      this.#misplaced(record.seq, record.prev) ??
      this.#contradicts('head', this.#head, record) ??
      this.#contradicts('anchor', this.#anchor, record) ??
      this.#contradicts('head in the second place', this.#known, record) ??
      (record.type === 'gateway' && (record.event === 'journal-damaged' || record.event === 'journal-missing')
        ? `the gateway itself found damage at ${record.time}: ${record.detail}`
        : null);
    if (record.type === 'gateway' && record.event === 'journal-not-compared') {
      this.notices.push(`the gateway could not compare the journal at ${record.time}: ${record.detail}`);
    }
    this.records += 1;
    this.first ??= { seq: record.seq, time: record.time };
    this.last = { seq: record.seq, time: record.time };
    this.#expected = { seq: record.seq + 1, hash: record.hash };
    return reason;
  }

  #misplaced(seq: number, prev: string): string | null {
    const expected = this.#expected ?? this.#start(seq, prev);
    if (seq > expected.seq) return `records ${expected.seq} to ${seq - 1} are missing before this one`;
    if (seq < expected.seq) return `record ${seq} stands where record ${expected.seq} belongs`;
    return prev === expected.hash
      ? null
      : `record ${seq} does not follow the record before it: its prev is another hash`;
  }

  /** A crash while old files were removed leaves some of them: what stands before the anchor may start anywhere. */
  #start(seq: number, prev: string): { readonly seq: number; readonly hash: string } {
    const anchor = this.#anchor;
    if (anchor === null || seq === 1) return { seq: 1, hash: GENESIS_HASH };
    return seq > anchor.seq ? { seq: anchor.seq + 1, hash: anchor.hash } : { seq, hash: prev };
  }

  #contradicts(
    kind: StatementKind | 'head in the second place',
    statement: SignedStatement | null,
    record: { readonly seq: number; readonly hash: string },
  ): string | null {
    if (statement === null || statement.seq !== record.seq || statement.hash === record.hash) return null;
    return `record ${record.seq} is not the one that the signed ${kind} was made for`;
  }
}
