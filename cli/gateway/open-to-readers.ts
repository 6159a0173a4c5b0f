import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { diskErrorInWords } from '../../proxy/disk-error.ts';
import { isFolderLocked } from '../../proxy/journal/folder-lock.ts';
import { letThrough, openBeside } from '../../proxy/journal/readers.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';

/**
 * Lets the group in again where a start that fails had closed the folder of a gateway that runs: whatever is wrong with
 * the second one, it must not take the journal from the readers of the first.
 * @returns to be called with the error of a start; throws it on.
 */
export async function keptOpen(dataFolder: string): Promise<(error: unknown) => Promise<never>> {
  const before = await stat(dataFolder).catch(() => null);
  return async (error) => {
    if (before !== null && (before.mode & 0o777) === 0o710 && (await isFolderLocked(join(dataFolder, 'journal'))))
      await letThrough(dataFolder, before.gid).catch(() => undefined);
    throw error;
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
