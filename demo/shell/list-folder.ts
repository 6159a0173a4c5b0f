import { type FileEntry, FileError, resolvePath } from './file-tree.ts';
import { complain, type Process, say } from './process.ts';

function long(entry: FileEntry): string {
  const mode = entry.isFolder ? 'drwxr-xr-x' : '-rw-r--r--';
  const size = String(entry.size).padStart(8);
  return `${mode}    1 root     root     ${size} Nov  2 09:14 ${entry.name}`;
}

/** `ls [-la] [path…]` */
export async function listFolder(process: Process): Promise<number> {
  const flags = process.args.filter((argument) => argument.startsWith('-')).join('');
  const named = process.args.filter((argument) => !argument.startsWith('-'));
  const paths = named.length > 0 ? named : ['.'];
  let code = 0;
  for (const path of paths) {
    const resolved = resolvePath(process.folder, path);
    const { files } = process.machine;
    try {
      const entries = files.isFile(resolved)
        ? [{ name: path, isFolder: false, size: files.read(resolved).length }]
        : files.list(resolved).filter((entry) => flags.includes('a') || !entry.name.startsWith('.'));
      if (paths.length > 1 && !files.isFile(resolved)) await say(process, `${path}:\n`);
      if (flags.includes('l') && !files.isFile(resolved)) await say(process, `total ${entries.length * 4}\n`);
      for (const entry of entries) await say(process, `${flags.includes('l') ? long(entry) : entry.name}\n`);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      code = await complain(process, `ls: ${path}: ${error.message}`);
    }
  }
  return code;
}
