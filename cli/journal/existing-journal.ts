import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { visible } from '../../model/visible-text.ts';
import { diskErrorInWords } from '../../proxy/disk-error.ts';
import { asUser, foreignOwner, userInWords } from '../../proxy/file-owner.ts';
import { journalFolder } from '../../proxy/journal/journal-files.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';

/** The journal inside a data folder; null: there is none. */
export async function journalIn(data: string): Promise<string | null> {
  const folder = journalFolder(data);
  try {
    return (await stat(folder)).isDirectory() ? folder : null;
  } catch (error) {
    if (isAbsent(error)) return null;
    throw await unreadable(folder, error);
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
    `there is no journal in ${visible(data)}: give the gateway's data folder with --data`,
  );
}

/** A file or folder of the journal that cannot be read, in words that say who may. */
export async function unreadable(folder: string, error: unknown): Promise<CommandError> {
  const { path = folder } = error as NodeJS.ErrnoException;
  const why = diskErrorInWords(error, 'read');
  return new CommandError(exitCodes.failed, `${visible(path)} cannot be read: ${why}${await whoMay(folder, error)}`, {
    cause: error,
  });
}

async function whoMay(folder: string, error: unknown): Promise<string> {
  const { code = '' } = error as NodeJS.ErrnoException;
  if (code !== 'EACCES' && code !== 'EPERM') return '';
  const owner = (await foreignOwner(folder)) ?? (await foreignOwner(dirname(folder)));
  const group = 'as one of the group that "gatehouse gateway --journal-group" names';
  if (owner === null) return `; read it as the user of the gateway, or ${group}`;
  return `; it belongs to ${userInWords(owner)}: run this as that user (${asUser(owner)} …), or ${group}`;
}

function isAbsent(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
