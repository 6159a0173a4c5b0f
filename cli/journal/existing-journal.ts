import { stat } from 'node:fs/promises';
import { journalFolder } from '../../proxy/journal/journal-files.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';

/** The journal inside a data folder; null: there is none. */
export async function journalIn(data: string): Promise<string | null> {
  const folder = journalFolder(data);
  try {
    return (await stat(folder)).isDirectory() ? folder : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw unreadable(folder, error);
  }
}

/** @throws {CommandError} where there is none. */
export async function existingJournal(data: string): Promise<string> {
  const folder = await journalIn(data);
  if (folder !== null) return folder;
  throw noJournal(data);
}

export function noJournal(data: string): CommandError {
  return new CommandError(
    exitCodes.failed,
    `there is no journal in ${data}: give the gateway's data folder with --data`,
  );
}

/** A file or folder of the journal that cannot be read, in words that say who may. */
export function unreadable(path: string, error: unknown): CommandError {
  const { code = '', message, path: failed = path } = error as NodeJS.ErrnoException;
  const denied = code === 'EACCES' || code === 'EPERM';
  const why = denied
    ? `${failed} may not be read by you (${code}): read it as the user of the gateway, or as one of the group that "gatehouse gateway --journal-group" names`
    : `the journal in ${path} cannot be read: ${message}`;
  return new CommandError(exitCodes.failed, why, { cause: error });
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
