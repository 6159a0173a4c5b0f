import type { Unchecked } from '../../proxy/journal/unchecked.ts';
import type { VerifyReport } from '../../proxy/journal/verify-journal.ts';
import { type ExitCode, exitCodes } from '../command/exit-codes.ts';

/** Where the key came from that signatures were checked with. */
export type KeySource = 'given' | 'beside the journal' | 'none';

/** What `journal verify` found, with what it had to go by. */
export interface Finding extends VerifyReport {
  /** `whole`: everything that was asked for was checked and is right. */
  readonly verdict: 'whole' | 'not all checked' | 'wrong';
  readonly key: KeySource;
}

/** @param left what the caller asked to leave unchecked. */
export function findingOf(report: VerifyReport, key: KeySource, left: ReadonlyArray<Unchecked['what']>): Finding {
  const unchecked = report.unchecked.filter(({ what }) => !left.includes(what));
  const verdict = !report.ok ? 'wrong' : unchecked.length === 0 ? 'whole' : 'not all checked';
  return { verdict, ...report, unchecked, key };
}

/** A finding about a journal of which nothing could be read. */
export function nothingOf(reason: string, key: KeySource, file: string | null = null): Finding {
  return {
    ...{ verdict: 'wrong', ok: false, unchecked: [], files: 0, records: 0, first: null, last: null, afterHead: 0 },
    ...{ signed: false, removedUpTo: null, witness: null, problem: { file, line: null, reason }, notes: [], key },
  };
}

/** The exit code that tells a verdict to a program. */
export const VERDICT_CODES: Readonly<Record<Finding['verdict'], ExitCode>> = {
  whole: exitCodes.done,
  'not all checked': exitCodes.notAllChecked,
  wrong: exitCodes.notVerified,
};

const IN_SHORT: Readonly<Record<Unchecked['what'], string>> = {
  records: 'whether there was anything',
  signature: 'the signatures',
  reach: 'how far it should reach',
  end: 'its newest records',
};

/** The finding for people: the verdict first. */
export function findingInWords(finding: Finding, folder: string): string[] {
  const lines = [verdictInWords(finding, folder), ...finding.unchecked.map(({ why }) => `  not checked: ${why}`)];
  const { first, last, afterHead, removedUpTo } = finding;
  const range = first === null || last === null ? '' : `, ${first.seq} (${first.time}) to ${last.seq} (${last.time})`;
  lines.push(`  ${count(finding.records, 'record')} in ${count(finding.files, 'file')}${range}`);
  if (removedUpTo !== null) lines.push(`  retention removed what was up to record ${removedUpTo}`);
  if (finding.signed) {
    const fresh = afterHead === 0 ? '' : `; ${count(afterHead, 'record')} written after it, chained only`;
    lines.push(`  the signature of the head is right${fresh}`);
  }
  if (finding.signed && finding.key === 'beside the journal') {
    lines.push(
      '  it was checked with the key beside the journal; use --public-key with a copy kept elsewhere for proof',
    );
  }
  if (finding.witness !== null) {
    const { place, seq } = finding.witness;
    const unproved = finding.key === 'none' ? ' (its signature was not checked)' : '';
    lines.push(`  it was compared with ${place}, which knows of record ${seq}${unproved}`);
  }
  return [...lines, ...finding.notes.map((note) => `  note: ${note}`)];
}

function verdictInWords({ verdict, problem, unchecked, key, signed }: Finding, folder: string): string {
  if (problem !== null) {
    const line = problem.line === null ? '' : `, line ${problem.line}`;
    return `NOT VERIFIED: ${problem.file === null ? '' : `${problem.file}${line}: `}${problem.reason}`;
  }
  if (verdict === 'not all checked') {
    const parts = unchecked.map(({ what }) => IN_SHORT[what]).join('; ');
    return `nothing wrong was found in the journal in ${folder}, but not all could be checked: ${parts}`;
  }
  const so = !signed
    ? ', as far as its chain alone shows'
    : key === 'beside the journal'
      ? ", if the key beside it is the gateway's"
      : '';
  return `the journal in ${folder} is whole and unchanged${so}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
