import { stat } from 'node:fs/promises';
import { diskErrorInWords } from '../../proxy/disk-error.ts';
import { FolderLockedError } from '../../proxy/journal/folder-lock.ts';
import { letThrough, openBeside } from '../../proxy/journal/readers.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';

/**
 * Lets the group in again where a start closed the folder of a gateway that runs: one that is refused for its lock must
 * not take the journal from that one's readers.
 * @returns what to do with the error of a start, before it is thrown on.
 */
export async function keptOpen(dataFolder: string): Promise<(error: unknown) => Promise<void>> {
  const before = await stat(dataFolder).catch(() => null);
  return async (error) => {
    const cause = error instanceof Error ? error.cause : null;
    if (before === null || (before.mode & 0o777) !== 0o710 || !(cause instanceof FolderLockedError)) return;
    await letThrough(dataFolder, before.gid).catch(() => undefined);
  };
}

/** @throws {CommandError} where something beside the journal would be open to the group too. */
export async function openToReaders(dataFolder: string, group: number): Promise<void> {
  const open = await openBeside(dataFolder);
  if (open !== null) {
    throw new CommandError(
      exitCodes.failed,
      `--journal-group lets a group into the data folder, and ${open}: close it (chmod go= on it), or move it elsewhere`,
    );
  }
  try {
    await letThrough(dataFolder, group);
  } catch (cause) {
    throw new CommandError(exitCodes.failed, `--journal-group: ${dataFolder}: ${diskErrorInWords(cause)}`, { cause });
  }
}
