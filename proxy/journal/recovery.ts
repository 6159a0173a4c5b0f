import { stat } from 'node:fs/promises';
import type { GatewayRecord } from '../../model/journal-record.ts';
import { type HeadWitness, hear, type Testimony } from './head-witness.ts';
import { type JournalFile, linesBackward, linesForward, listJournalFiles } from './journal-files.ts';
import { type MissingRecords, missingBetween, missingNote, type NumberedFile, untold } from './missing-records.ts';
import { GENESIS_HASH, readLine } from './record-chain.ts';
import { type JournalKey, readStatement, type SignedStatement, statementProblem } from './signed-head.ts';

/** A file of the journal, with what queries and retention need to know of it. */
export interface KnownFile extends JournalFile {
  /** `seq` of its first record; 0 when that cannot be read. */
  readonly firstSeq: number;
  bytes: number;
}

/** Where a journal stood when it was last written. */
export interface Recovered {
  readonly files: KnownFile[];
  readonly last: { readonly seq: number; readonly hash: string; readonly time: string | null };
  /** Where to go on: in the last file, at this offset; null: in a new file. */
  readonly resumeAt: { readonly file: KnownFile; readonly bytes: number } | null;
  /** What must be told in the journal itself. */
  readonly notes: GatewayRecord[];
  /** Those of the notes that a person must hear of. */
  readonly findings: readonly string[];
}

/**
 * Finds the end of the chain after a stop of any kind.
 *
 * - Bytes behind the last line break are a write that a crash cut off: they were never acknowledged and are removed.
 * - Anything else that is wrong stays in its file as evidence, is told in a `journal-damaged` record, and the chain goes
 *   on in a new file after the last record that is whole. Verification fails at such a record for as long as it is kept.
 * - Where the witness knows of a later record than the files have, what is between is told in a `journal-missing` record,
 *   and the chain goes on behind the record that the witness knows: the gap in the numbers stays, and no number is ever
 *   given twice.
 */
export async function recover(folder: string, key: JournalKey | null, witness: HeadWitness | null): Promise<Recovered> {
  const publicKey = key?.publicKey ?? null;
  const testimony = witness === null ? null : await hear(witness, publicKey);
  const files = await Promise.all((await listJournalFiles(folder)).map(describe));
  const end = await findEnd(files);
  const known = testimony?.says === 'head' ? testimony.head : null;
  const behind = known !== null && end.last.seq < known.seq;
  const damage = [...end.damage];
  if (!behind) damage.push(...(await headDamage(folder, key, files, end.last)));
  if (!behind && testimony !== null) damage.push(...(await contradiction(files, testimony)));

  const numbered = await Promise.all(files.map(number));
  const missing = await untold(missingBetween(numbered, await readAnchor(folder, publicKey)), numbered);
  if (behind && known !== null) missing.push(missingAtEnd(end.last.seq, known, testimony?.place ?? ''));

  const alarms: GatewayRecord[] = missing.map(missingNote);
  if (damage.length > 0) alarms.push(note('journal-damaged', damage.join('; ')));
  if (testimony?.says === 'unusable') alarms.push(note('journal-not-compared', testimony.why));
  const notes = [...alarms];
  const file = files.at(-1);
  const isNewFile = file === undefined || end.damage.length > 0 || behind;
  if (end.tornBytes > 0 && !isNewFile) {
    notes.push(note('journal-repaired', `${end.tornBytes} bytes of an unfinished last line were removed`));
  }
  return {
    files,
    last: behind && known !== null ? { seq: known.seq, hash: known.hash, time: end.last.time } : end.last,
    resumeAt: isNewFile ? null : { file, bytes: file.bytes - end.tornBytes },
    notes,
    findings: alarms.map(({ detail }) => detail),
  };
}

function missingAtEnd(last: number, known: SignedStatement, place: string): MissingRecords {
  const where = `at the end: the journal ${last === 0 ? 'is empty' : `ends at record ${last}`}, but ${place} says that record ${known.seq} was written at ${known.time}`;
  return { from: last + 1, to: known.seq, where };
}

/** The witness's record, where it is here, must be the one that the witness was told of. */
async function contradiction(files: readonly KnownFile[], testimony: Testimony): Promise<string[]> {
  if (testimony.says !== 'head') return [];
  const { head, place } = testimony;
  const hash = await hashOfRecord(files, head);
  return hash === null || hash === head.hash ? [] : [`record ${head.seq} is not the one that ${place} knows`];
}

async function readAnchor(folder: string, publicKey: JournalKey['publicKey'] | null): Promise<SignedStatement | null> {
  const anchor = await readStatement(folder, 'anchor');
  if (anchor === null || anchor === 'unreadable') return null;
  return publicKey === null || statementProblem('anchor', anchor, publicKey) === null ? anchor : null;
}

async function number(file: KnownFile): Promise<NumberedFile> {
  for await (const line of linesBackward(file.path)) {
    const read = readLine(line.bytes);
    if (read.ok) return { ...file, lastSeq: read.record.seq };
  }
  return { ...file, lastSeq: 0 };
}

function note(event: GatewayRecord['event'], detail: string): GatewayRecord {
  return { type: 'gateway', event, detail };
}

async function describe(file: JournalFile): Promise<KnownFile> {
  const { size } = await stat(file.path);
  let firstSeq = 0;
  for await (const line of linesForward(file.path)) {
    const read = readLine(line.bytes);
    if (read.ok) firstSeq = read.record.seq;
    break;
  }
  return { ...file, firstSeq, bytes: size };
}

interface ChainEnd {
  readonly last: Recovered['last'];
  /** Bytes behind the last line break of the last file. */
  readonly tornBytes: number;
  readonly damage: readonly string[];
}

async function findEnd(files: readonly KnownFile[]): Promise<ChainEnd> {
  let tornBytes = 0;
  let badLines = 0;
  const damage: string[] = [];
  for (const file of files.toReversed()) {
    for await (const line of linesBackward(file.path)) {
      if (!line.complete && file === files.at(-1)) {
        tornBytes = line.bytes.length;
        continue;
      }
      const read = readLine(line.bytes);
      if (!read.ok) {
        badLines += 1;
        continue;
      }
      if (badLines > 0)
        damage.push(`${badLines} lines after record ${read.record.seq} in ${file.name} are not records`);
      const { seq, hash, time } = read.record;
      return { last: { seq, hash, time }, tornBytes, damage };
    }
  }
  if (badLines > 0) damage.push(`none of the ${badLines} lines found is a record`);
  return { last: { seq: 0, hash: GENESIS_HASH, time: null }, tornBytes, damage };
}

/** What the signed head promises and the files do not keep. */
async function headDamage(
  folder: string,
  key: JournalKey | null,
  files: readonly KnownFile[],
  last: Recovered['last'],
): Promise<string[]> {
  const head = await readStatement(folder, 'head');
  if (head === 'unreadable') return ['head.json cannot be read'];
  // Nothing was ever written: a first start that found no room for its first record left an empty file.
  if (head === null) return last.seq === 0 ? [] : ['head.json is missing'];
  if (key !== null) {
    const problem = statementProblem('head', head, key.publicKey);
    if (problem !== null) return [problem];
  }
  if (last.seq < head.seq) {
    return [`the journal ends at record ${last.seq}, but its head says that record ${head.seq} was written`];
  }
  const hash = await hashOfRecord(files, head);
  return hash === null || hash === head.hash ? [] : [`record ${head.seq} is not the one that the head was made for`];
}

/** The hash of the head's record, which is among the last written; null when retention took it. */
async function hashOfRecord(files: readonly KnownFile[], head: SignedStatement): Promise<string | null> {
  if (head.seq === 0) return GENESIS_HASH;
  for (const file of files.toReversed()) {
    for await (const line of linesBackward(file.path)) {
      const read = readLine(line.bytes);
      if (!read.ok || read.record.seq > head.seq) continue;
      return read.record.seq === head.seq ? read.record.hash : '';
    }
  }
  return null;
}
