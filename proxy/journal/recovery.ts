import { stat } from 'node:fs/promises';
import type { GatewayRecord } from '../../model/journal-record.ts';
import { type JournalFile, linesBackward, linesForward, listJournalFiles } from './journal-files.ts';
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
}

/**
 * Finds the end of the chain after a stop of any kind.
 *
 * - Bytes behind the last line break are a write that a crash cut off: they were never acknowledged and are removed.
 * - Anything else that is wrong stays in its file as evidence, is told in a `journal-damaged` record, and the chain goes
 *   on in a new file after the last record that is whole. Verification fails at such a record for as long as it is kept.
 */
export async function recover(folder: string, key: JournalKey | null): Promise<Recovered> {
  const files = await Promise.all((await listJournalFiles(folder)).map(describe));
  const end = await findEnd(files);
  const notes: GatewayRecord[] = [];
  const damage = [...end.damage, ...(await headDamage(folder, key, files, end.last))];
  if (damage.length > 0) notes.push(note('journal-damaged', damage.join('; ')));
  if (end.tornBytes > 0) {
    notes.push(note('journal-repaired', `${end.tornBytes} bytes of an unfinished last line were removed`));
  }
  const file = files.at(-1);
  const resumeAt = file === undefined || end.damage.length > 0 ? null : { file, bytes: file.bytes - end.tornBytes };
  return { files, last: end.last, resumeAt, notes };
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
  if (head === null) return files.length === 0 ? [] : ['head.json is missing'];
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
