import { access, constants, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, sep } from 'node:path';

/** A program by its path, or by its name in PATH. As Go's `exec.LookPath`: a file, and never the current folder, where a repository could have put a program. */
export async function findProgram(command: string, path: string): Promise<string | null> {
  const folders = command.includes(sep) ? [''] : path.split(delimiter).filter((folder) => isAbsolute(folder));
  const endings = process.platform === 'win32' ? ['', '.exe', '.cmd', '.bat'] : [''];
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = folder === '' ? command + ending : join(folder, command + ending);
      if (await isExecutable(candidate)) return candidate;
    }
  }
  return null;
}

/** Of a folder the same right means that it may be entered. */
async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
