import { diskErrorInWords } from '../../proxy/disk-error.ts';
import { letThrough, openBeside } from '../../proxy/journal/readers.ts';
import { CommandError, exitCodes } from '../command/exit-codes.ts';

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
