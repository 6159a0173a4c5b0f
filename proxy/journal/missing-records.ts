import type { GatewayRecord } from '../../model/journal-record.ts';
import { linesForward } from './journal-files.ts';
import { readLine } from './record-chain.ts';
import type { SignedStatement } from './signed-head.ts';

/** A file with the numbers of its first and last record; 0 where it has none that can be read. */
export interface NumberedFile {
  readonly name: string;
  readonly path: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
}

export interface MissingRecords {
  readonly from: number;
  readonly to: number;
  /** Where they would stand, for people. */
  readonly where: string;
}

/**
 * What whole files would have held that are not there: a file removed in the middle, or emptied. What the anchor covers
 * was removed by retention. A line removed within a file is for verification to find.
 */
export function missingBetween(files: readonly NumberedFile[], anchor: SignedStatement | null): MissingRecords[] {
  const found: MissingRecords[] = [];
  let before: { readonly lastSeq: number; readonly name: string | null } = { lastSeq: anchor?.seq ?? 0, name: null };
  for (const file of files) {
    if (file.firstSeq === 0) continue;
    if (file.firstSeq > before.lastSeq + 1) {
      const where = before.name === null ? `before ${file.name}` : `between ${before.name} and ${file.name}`;
      found.push({ from: before.lastSeq + 1, to: file.firstSeq - 1, where });
    }
    before = { lastSeq: Math.max(before.lastSeq, file.lastSeq), name: file.name };
  }
  return found;
}

/** Those that no `journal-missing` record tells of yet: each is told once, where the chain goes on after it was found. */
export async function untold(
  missing: readonly MissingRecords[],
  files: readonly NumberedFile[],
): Promise<MissingRecords[]> {
  if (missing.length === 0) return [];
  const told: Array<{ readonly from: number; readonly to: number }> = [];
  // Rare enough to look through everything: nothing is missing from a journal that nobody touched.
  for (const { path } of files) {
    for await (const { bytes } of linesForward(path)) {
      if (!bytes.includes('"event":"journal-missing"')) continue;
      const read = readLine(bytes);
      if (read.ok && read.record.type === 'gateway' && read.record.missing) told.push(read.record.missing);
    }
  }
  return missing.filter(({ from, to }) => !told.some((one) => one.from <= from && to <= one.to));
}

export function missingNote({ from, to, where }: MissingRecords): GatewayRecord {
  const records = from === to ? `record ${from} is` : `records ${from} to ${to} are`;
  return { type: 'gateway', event: 'journal-missing', detail: `${records} missing ${where}`, missing: { from, to } };
}
