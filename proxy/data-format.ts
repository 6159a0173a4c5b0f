import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * What a data folder says of how it is to be read, in its file `format`. It grows only when a gateway that knows the
 * older one alone would misread what a newer one wrote: an added file or an added field is no new format.
 */
export const DATA_FORMAT = 1;

/** A data folder that this version may not touch. */
export class DataFormatError extends Error {
  override readonly name = 'DataFormatError';
  readonly code = 'data-folder-newer';
}

/**
 * Looks before anything in the folder is read or made. A folder without the file is of a version before there was one,
 * or new.
 *
 * @returns whether the folder has the mark of today.
 * @throws {DataFormatError} where a newer version wrote it, or the file cannot be understood.
 */
export async function assertKnownFormat(dataFolder: string): Promise<boolean> {
  const path = formatPath(dataFolder);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new DataFormatError(`${path}, which says how the data folder is to be read, cannot be read (${error.code})`);
  });
  if (text === null) return false;
  const format = /^([1-9]\d{0,8})\n?$/.exec(text)?.[1];
  if (format === undefined) {
    throw new DataFormatError(
      `${path} holds no number of a format: put its copy back, or write ${DATA_FORMAT} into it`,
    );
  }
  if (Number(format) <= DATA_FORMAT) return Number(format) === DATA_FORMAT;
  throw new DataFormatError(
    `the data folder ${dataFolder} was written by a newer Gatehouse (format ${format}, and this one knows ${DATA_FORMAT}): start that version, or give this one a data folder of its own`,
  );
}

/** The file of a data folder that says its format. */
export function formatPath(dataFolder: string): string {
  return join(dataFolder, 'format');
}
