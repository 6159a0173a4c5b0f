import { createHash } from 'node:crypto';
import { access, constants, mkdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { diskErrorInWords, journalFolder } from '../../proxy/journal/journal-files.ts';
import type { CommandContext } from '../command/command.ts';
import { usageError } from '../command/flags.ts';

/** How the help of commands explains `--journal-witness`. */
export const WITNESS_FILE = 'a file outside the data folder that keeps how far the journal reached';

/** The file that `--journal-witness` names. */
export function namedWitness(command: string, value: string, data: string): string {
  const path = resolve(value);
  if (value !== '' && !path.startsWith(`${journalFolder(data)}/`)) return path;
  throw usageError(command, `--journal-witness takes ${WITNESS_FILE}, not "${value}"`);
}

/**
 * The file that a gateway of this data folder uses where no flag names one: in the folder for the state of programs
 * (XDG Base Directory Specification, XDG_STATE_HOME), since whatever removes the data folder leaves that alone.
 */
export async function usualWitness(
  data: string,
  { environment, home }: Pick<CommandContext, 'environment' | 'home'>,
): Promise<string> {
  const named = environment['XDG_STATE_HOME'] ?? '';
  const state = isAbsolute(named) ? named : join(home, '.local', 'state');
  const folder = await realFolder(data);
  const digest = createHash('sha256').update(folder).digest('hex').slice(0, 12);
  return join(state, 'gatehouse', `journal-head-${basename(folder)}-${digest}.json`);
}

/** As {@link usualWitness}, for whoever looks at a journal: the app keeps its own beside its keys. */
export async function foundWitness(
  data: string,
  context: Pick<CommandContext, 'environment' | 'home'>,
): Promise<string> {
  const usual = await usualWitness(data, context);
  const ofTheApp = join(dirname(data), 'keys', 'journal-head.json');
  return !(await exists(usual)) && (await exists(ofTheApp)) ? ofTheApp : usual;
}

/** Null, or why the file could not be written, in words. */
export async function witnessTrouble(path: string): Promise<string | null> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await access(dirname(path), constants.W_OK);
    return null;
  } catch (error) {
    return diskErrorInWords(error);
  }
}

/** The same for a folder that is gone as it was while it stood. */
async function realFolder(path: string): Promise<string> {
  return await realpath(path).catch(async () =>
    join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path)),
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
