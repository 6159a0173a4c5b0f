import { posix } from 'node:path';
import { readAll } from './byte-pipe.ts';
import { type FileTree, resolvePath } from './file-tree.ts';
import { complain, type Process } from './process.ts';

const block = 512;

/** A ustar header (POSIX.1-1988), for a regular file or a folder. */
function header(name: string, size: number, folder: boolean): Buffer {
  const bytes = Buffer.alloc(block);
  bytes.write(name.slice(0, 99), 0);
  bytes.write(folder ? '0000755\0' : '0000644\0', 100);
  bytes.write('0000000\0', 108);
  bytes.write('0000000\0', 116);
  bytes.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  bytes.write(
    `${Math.floor(Date.now() / 1000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
  );
  bytes.write('        ', 148);
  bytes.write(folder ? '5' : '0', 156);
  bytes.write('ustar\x0000', 257);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return bytes;
}

function pack(files: FileTree, path: string, name: string): Buffer[] {
  if (files.isFile(path)) {
    const content = files.read(path);
    const padding = Buffer.alloc((block - (content.length % block)) % block);
    return [header(name, content.length, false), content, padding];
  }
  const below = files.list(path).flatMap((entry) => pack(files, posix.join(path, entry.name), `${name}/${entry.name}`));
  return [header(`${name}/`, 0, true), ...below];
}

function unpack(files: FileTree, archive: Buffer, folder: string): void {
  for (let offset = 0; offset + block <= archive.length; ) {
    const name = archive.toString('utf8', offset, offset + 100).replace(/\0.*$/s, '');
    if (name === '') return;
    const size = Number.parseInt(archive.toString('utf8', offset + 124, offset + 135), 8) || 0;
    const type = String.fromCharCode(archive[offset + 156] ?? 0);
    const path = resolvePath(folder, name.replace(/^\/+/, ''));
    offset += block;
    if (type === '5') files.makeFolder(path);
    else if (type === '0' || type === '\0') {
      files.makeFolder(posix.dirname(path));
      files.write(path, archive.subarray(offset, offset + size), false);
    }
    offset += Math.ceil(size / block) * block;
  }
}

/** `tar cf - PATH` and `tar xmf - [-C FOLDER]`: what `kubectl cp` runs. */
export async function tar(process: Process): Promise<number> {
  const { args, machine } = process;
  const mode = args.find((argument) => /^-?[cxmvf]+$/.test(argument)) ?? '';
  const at = args.indexOf('-C');
  const folder = at >= 0 ? resolvePath(process.folder, args[at + 1] ?? '.') : process.folder;
  if (mode.includes('x')) {
    unpack(machine.files, await readAll(process.stdin), folder);
    return 0;
  }
  if (!mode.includes('c')) return complain(process, 'tar: one of c and x is needed');
  const names = args.filter(
    (argument, index) => argument !== mode && argument !== '-' && index !== at && (at < 0 || index !== at + 1),
  );
  for (const name of names) {
    const path = resolvePath(folder, name);
    if (!machine.files.isFile(path) && !machine.files.isFolder(path)) {
      return complain(process, `tar: ${name}: No such file or directory`);
    }
    await process.stdout.write(Buffer.concat(pack(machine.files, path, name.replace(/^\/+|\/+$/g, ''))));
  }
  await process.stdout.write(Buffer.alloc(2 * block));
  return 0;
}
