import { readFile, stat } from 'node:fs/promises';
import { journalFolder } from '../proxy/journal/journal-files.ts';
import { publicKeyPath } from '../proxy/journal/signed-head.ts';
import { type VerifyReport, verifyJournal } from '../proxy/journal/verify-journal.ts';
import type { Command } from './command.ts';
import { CommandError, exitCodes } from './exit-codes.ts';
import { DATA_FLAG_HELP, dataFolder, readFlags, usageError } from './flags.ts';

export const journalVerifyCommand: Command = {
  name: 'journal verify',
  summary: 'check that the journal is whole and unchanged',
  help: `Usage: gatehouse journal verify [--data FOLDER] [--public-key FILE] [--json]

Reads the whole journal and finds edits, gaps, reordering and a cut-off end. Needs no running gateway, and does not
disturb one.

  ${DATA_FLAG_HELP}
  --public-key FILE  the journal's public key (PEM) from a place that the owner of this machine cannot change;
                     without it the key beside the journal is used, which proves nothing against that owner
  --json           print the report as JSON

Exit codes: 0 whole and unchanged, 1 cannot be read, 2 wrong usage, 3 something is wrong (it says what, and where).`,

  async run(words, context) {
    const { values } = readFlags('journal verify', words, {
      data: { type: 'string' },
      'public-key': { type: 'string' },
      json: { type: 'boolean' },
    });
    const folder = await existingJournal(dataFolder(values.data, context));
    const own = values['public-key'] === undefined;
    const report = await verifyWith(folder, await readKey(values['public-key'] ?? publicKeyPath(folder), own));
    if (values.json) context.print(JSON.stringify(report, null, 2));
    else for (const line of reportInWords(report, folder, own)) context.print(line);
    return report.ok ? exitCodes.done : exitCodes.notVerified;
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

async function readKey(path: string, own: boolean): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (own && code === 'ENOENT') return null;
    throw new CommandError(exitCodes.failed, `the public key ${path} cannot be read (${code})`, { cause: error });
  }
}

async function verifyWith(folder: string, publicKey: string | null): Promise<VerifyReport> {
  try {
    return await verifyJournal(folder, { publicKey });
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (code.startsWith('ERR_OSSL'))
      throw usageError('journal verify', '--public-key: the file holds no public key in PEM');
    throw new CommandError(exitCodes.failed, `the journal in ${folder} cannot be read: ${message}`, { cause: error });
  }
}

/** The report for people: the verdict first. */
export function reportInWords(report: VerifyReport, folder: string, keyBesideJournal: boolean): string[] {
  const { problem, first, last, afterHead } = report;
  const lines: string[] = [];
  if (problem === null) {
    lines.push(`the journal in ${folder} is whole and unchanged`);
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
  return [...lines, ...report.notes.map((note) => `  note: ${note}`)];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
