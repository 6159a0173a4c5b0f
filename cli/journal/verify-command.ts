import { readFile, stat } from 'node:fs/promises';
import { type HeadWitness, hear, witnessFile } from '../../proxy/journal/head-witness.ts';
import { journalFolder } from '../../proxy/journal/journal-files.ts';
import { publicKeyPath } from '../../proxy/journal/signed-head.ts';
import { type VerifyReport, verifyJournal } from '../../proxy/journal/verify-journal.ts';
import type { Command } from '../command/command.ts';
import { DATA_FLAG, dataFolder } from '../command/data-folder.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';
import { type Flags, readFlags, usageError } from '../command/flags.ts';
import { outputFlags, wantsJson } from '../command/output-flag.ts';
import { foundWitness, namedWitness } from './journal-witness.ts';

const NAME = 'journal verify';
const FLAGS = {
  data: DATA_FLAG,
  'public-key': {
    type: 'string',
    value: 'FILE',
    kind: 'file',
    says: `the journal's public key (PEM) from a place that the owner of this machine cannot change; without it the key
beside the journal is used, which proves nothing against that owner`,
  },
  'journal-witness': {
    type: 'string',
    value: 'FILE',
    kind: 'file',
    isSetting: true,
    says: 'the second place (default: where the gateway of this data folder keeps it)',
  },
  'without-witness': {
    type: 'boolean',
    says: 'look at the folder alone; a journal set back as a whole to an older copy passes',
  },
  ...outputFlags('json: the report, for programs'),
} as const satisfies Flags;

export const journalVerifyCommand: Command = {
  name: NAME,
  summary: 'check that the journal is whole and unchanged',
  about: `Reads the whole journal and finds edits, gaps, reordering and a cut-off end; and, compared with the second place
in which the gateway keeps how far it reached, a journal that was removed or set back as a whole. Needs no running
gateway, and does not disturb one.`,
  flags: FLAGS,
  exits: {
    0: 'whole and unchanged',
    1: 'cannot be read',
    3: 'something is wrong (it says what, and where)',
    6: 'nothing is wrong in the folder, and the second place has nothing to compare it with',
  },

  async run(words, context) {
    const { values } = readFlags(NAME, words, FLAGS);
    const data = dataFolder(values.data, context);
    const named = values['journal-witness'];
    if (values['without-witness'] && named !== undefined) {
      throw usageError(NAME, '--without-witness and --journal-witness exclude each other');
    }
    const place = named === undefined ? await foundWitness(data, context) : namedWitness(NAME, named, data);
    const witness = values['without-witness'] ? null : witnessFile(place);
    const folder = await journalToVerify(data, witness);
    const own = values['public-key'] === undefined;
    const publicKey = await readKey(values['public-key'] ?? publicKeyPath(folder), own);
    const report = await verifyWith(folder, publicKey, witness);
    if (wantsJson(values)) context.print(JSON.stringify(report, null, 2));
    else for (const line of reportInWords(report, folder, own)) context.print(line);
    if (!report.ok) return exitCodes.notVerified;
    return witness === null || report.witness !== null ? exitCodes.done : exitCodes.notCompared;
  },
};

/** The journal inside a data folder. */
export async function existingJournal(data: string): Promise<string> {
  const folder = journalFolder(data);
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory()) return folder;
  throw new CommandError(
    exitCodes.failed,
    `there is no journal in ${data}: give the gateway's data folder with --data`,
  );
}

/** A folder that is gone is the worst that can be found, where a second place knows that it was there. */
async function journalToVerify(data: string, witness: HeadWitness | null): Promise<string> {
  try {
    return await existingJournal(data);
  } catch (error) {
    const testimony = witness === null ? null : await hear(witness, null);
    if (testimony?.says !== 'head') throw error;
    const { place, head } = testimony;
    throw new CommandError(
      exitCodes.notVerified,
      `NOT VERIFIED: ${journalFolder(data)} is gone, but ${place} says that record ${head.seq} was written there at ${head.time}`,
      { cause: error },
    );
  }
}

async function readKey(path: string, own: boolean): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (own && code === 'ENOENT') return null;
    throw new CommandError(exitCodes.failed, `the public key ${path} cannot be read (${code})`, { cause: error });
  }
}

async function verifyWith(
  folder: string,
  publicKey: string | null,
  witness: HeadWitness | null,
): Promise<VerifyReport> {
  try {
    return await verifyJournal(folder, witness === null ? { publicKey } : { publicKey, witness });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_OSSL')) throw usageError(NAME, '--public-key: the file holds no public key in PEM');
    throw new CommandError(exitCodes.failed, `the journal in ${folder} cannot be read: ${message}`, { cause: error });
  }
}

/** The report for people: the verdict first. */
export function reportInWords(report: VerifyReport, folder: string, keyBesideJournal: boolean): string[] {
  const { problem, first, last, afterHead } = report;
  const lines: string[] = [];
  if (problem === null) {
    lines.push(
      `the journal in ${folder} is whole and unchanged${report.witness === null ? ', as far as it goes' : ''}`,
    );
  } else {
    const line = problem.line === null ? '' : `, line ${problem.line}`;
    lines.push(`NOT VERIFIED: ${problem.file === null ? '' : `${problem.file}${line}: `}${problem.reason}`);
  }
  const range = first === null || last === null ? '' : `, ${first.seq} (${first.time}) to ${last.seq} (${last.time})`;
  lines.push(`  ${count(report.records, 'record')} in ${count(report.files, 'file')}${range}`);
  if (report.signed) {
    const fresh = afterHead === 0 ? '' : `; ${count(afterHead, 'record')} written after it, chained only`;
    lines.push(`  the signature of the head is right${fresh}`);
  }
  if (report.signed && keyBesideJournal) {
    lines.push(
      '  it was checked with the key beside the journal; use --public-key with a copy kept elsewhere for proof',
    );
  }
  if (report.witness !== null) {
    const { place, seq } = report.witness;
    lines.push(`  it was compared with ${place}, which knows of record ${seq}`);
  }
  return [...lines, ...report.notes.map((note) => `  note: ${note}`)];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
