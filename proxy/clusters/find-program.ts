import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join, sep } from 'node:path';

/** As Go's `exec.LookPath`: never the current folder, where a repository could have put a program. */
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

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
