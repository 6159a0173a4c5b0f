import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CommandError, exitCodes } from '../command/exit-codes.ts';

/**
 * Writes policy files into a folder that has none, all of them or none. Others may read them: a gateway often runs as
 * another user than the one who writes its policy, and a policy is no secret.
 * @throws {CommandError}
 */
export async function writeNewFiles(
  folder: string,
  files: ReadonlyArray<{ readonly file: string; readonly text: string }>,
): Promise<void> {
  const found = await madeOrFound(folder);
  if (found.length > 0) {
    throw new CommandError(
      exitCodes.failed,
      `${folder} holds ${found.join(', ')} already, and nothing is written over: name an empty folder, or --print shows
the documents`.replaceAll('\n', ' '),
    );
  }
  const written: string[] = [];
  try {
    for (const { file, text } of files) {
      const path = join(folder, file);
      // "wx": what somebody else writes at this moment, or a link that leads elsewhere, is not written over either.
      await writeFile(path, text, { flag: 'wx', mode: 0o644 }).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') await rm(path, { force: true });
        throw error;
      });
      written.push(path);
    }
  } catch (error) {
    for (const path of written) await rm(path, { force: true });
    throw cannotBeWritten(folder, error);
  }
}

/** The policy files of a folder, which is made where it is missing. */
async function madeOrFound(folder: string): Promise<string[]> {
  try {
    await makeFolder(folder);
    return (await readdir(folder)).filter((name) => /\.ya?ml$/i.test(name) && !name.startsWith('.')).sort();
  } catch (error) {
    throw cannotBeWritten(folder, error);
  }
}

/** One after the other: Node's own `recursive` never ends where the kernel takes no folder, below /proc. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o755 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT') throw error;
    await makeFolder(dirname(folder));
    await mkdir(folder, { mode: 0o755 });
  }
}

function cannotBeWritten(folder: string, cause: unknown): CommandError {
  const { code, message } = cause as NodeJS.ErrnoException;
  // Node's text for people stands between the code and the system call: "EACCES: permission denied, mkdir '…'".
  const why = code === undefined ? message : `${message.slice(code.length + 2).split(',')[0]} (${code})`;
  return new CommandError(exitCodes.failed, `nothing was written into ${folder}: ${why}; name another folder`, {
    cause,
  });
}
