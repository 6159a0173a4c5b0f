import { FileError, resolvePath } from './file-tree.ts';
import { listFolder } from './list-folder.ts';
import { type Command, complain, Interrupted, type Process, pause, say } from './process.ts';
import { tar } from './tar.ts';
import { options, textCommands } from './text-commands.ts';

const echo: Command = async (process) => {
  const { args } = process;
  const plain = args[0] === '-n';
  const escapes = args[0] === '-e';
  const text = args.slice(plain || escapes ? 1 : 0).join(' ');
  const shown = escapes ? text.replaceAll('\\n', '\n').replaceAll('\\t', '\t') : text;
  await say(process, plain ? shown : `${shown}\n`);
  return 0;
};

const printf: Command = async (process) => {
  const [format = '', ...values] = process.args;
  const rest = [...values];
  const text = format.replace(/%[sd]|\\n|\\t/g, (part) => {
    if (part === '\\n') return '\n';
    return part === '\\t' ? '\t' : (rest.shift() ?? '');
  });
  await say(process, text);
  return 0;
};

const env: Command = async (process) => {
  for (const [name, value] of Object.entries(process.variables)) await say(process, `${name}=${value}\n`);
  return 0;
};

const seq: Command = async (process) => {
  const numbers = process.args.map(Number);
  const [first, last] = numbers.length === 1 ? [1, numbers[0]] : [numbers[0], numbers.at(-1)];
  for (let value = first ?? 1; value <= (last ?? 0); value += 1) {
    if (!(await say(process, `${value}\n`))) return 141;
  }
  return 0;
};

const yes: Command = async (process) => {
  const block = Buffer.from(`${process.args.join(' ') || 'y'}\n`.repeat(256));
  while (!process.signal.aborted) {
    if (!(await process.stdout.write(block))) return 141;
    await pause(0, process.signal);
  }
  return 130;
};

const sleep: Command = async (process) => {
  const text = process.args[0] ?? '';
  const seconds = text === 'infinity' ? 1e6 : Number(text.replace(/s$/, ''));
  if (!(seconds >= 0)) return complain(process, `sleep: invalid number '${text}'`);
  await pause(Math.min(seconds * 1000, 2 ** 31 - 1), process.signal);
  return 0;
};

const date: Command = async (process) => {
  const now = new Date();
  const iso = process.args.some((argument) => argument.startsWith('+') || argument === '-Iseconds');
  await say(process, `${iso ? now.toISOString() : now.toUTCString().replace('GMT', 'UTC')}\n`);
  return 0;
};

const ps: Command = async (process) => {
  await say(process, 'PID   USER     TIME  COMMAND\n');
  await say(
    process,
    `    1 root      0:04 ${process.machine.mainCommand}\n   42 root      0:00 sh\n   57 root      0:00 ps\n`,
  );
  return 0;
};

const rm: Command = async (process) => {
  const { flags, rest } = options(process.args);
  for (const path of rest) {
    try {
      process.machine.files.remove(resolvePath(process.folder, path), flags.has('r'));
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (!flags.has('f')) return complain(process, `rm: can't remove '${path}': ${error.message}`);
    }
  }
  return 0;
};

const mkdir: Command = async (process) => {
  for (const path of options(process.args).rest) process.machine.files.makeFolder(resolvePath(process.folder, path));
  return 0;
};

const touch: Command = async (process) => {
  for (const path of process.args)
    process.machine.files.write(resolvePath(process.folder, path), Buffer.alloc(0), true);
  return 0;
};

/** `truncate -s 1G FILE`: a large file that takes no memory, to copy. */
const truncate: Command = async (process) => {
  const at = process.args.indexOf('-s');
  const [, digits, unit = ''] = /^(\d+)([KMG]?)$/.exec(process.args[at + 1] ?? '') ?? [];
  if (at < 0 || digits === undefined) return complain(process, 'truncate: -s SIZE is needed');
  const size = Number(digits) * 1024 ** ' KMG'.indexOf(unit || ' ');
  const paths = process.args.filter((_, index) => index !== at && index !== at + 1);
  for (const path of paths) process.machine.files.makeSparse(resolvePath(process.folder, path), size);
  return 0;
};

const test: Command = async (process) => {
  const args = process.args.at(-1) === ']' ? process.args.slice(0, -1) : process.args;
  const [first = '', second = '', third = ''] = args;
  const { files } = process.machine;
  const path = resolvePath(process.folder, second);
  const unary: Record<string, () => boolean> = {
    '-n': () => second !== '',
    '-z': () => second === '',
    '-f': () => files.isFile(path),
    '-d': () => files.isFolder(path),
    '-e': () => files.isFile(path) || files.isFolder(path),
  };
  const binary: Record<string, () => boolean> = {
    '=': () => first === third,
    '==': () => first === third,
    '!=': () => first !== third,
    '-eq': () => Number(first) === Number(third),
    '-ne': () => Number(first) !== Number(third),
    '-lt': () => Number(first) < Number(third),
    '-gt': () => Number(first) > Number(third),
  };
  const holds = args.length === 2 ? unary[first] : args.length === 3 ? binary[second] : () => first !== '';
  return holds?.() ? 0 : 1;
};

const network: Command = async (process) => {
  const host = process.args.find((argument) => !argument.startsWith('-')) ?? '';
  return complain(process, `could not reach ${host}: the demo cluster has no network`, 6);
};

function constant(text: (process: Process) => string): Command {
  return async (process) => {
    await say(process, `${text(process)}\n`);
    return 0;
  };
}

/** The commands of a demo container, by name. */
export const commands: Readonly<Record<string, Command>> = {
  ...textCommands,
  ls: listFolder,
  echo,
  printf,
  env,
  printenv: (process) => {
    const [name] = process.args;
    return name === undefined ? env(process) : constant(() => process.variables[name] ?? '')(process);
  },
  seq,
  yes,
  sleep,
  date,
  ps,
  rm,
  mkdir,
  touch,
  truncate,
  tar,
  test,
  '[': test,
  true: async () => 0,
  ':': async () => 0,
  false: async () => 1,
  pwd: constant((process) => process.folder),
  whoami: constant(() => 'root'),
  id: constant(() => 'uid=0(root) gid=0(root) groups=0(root)'),
  hostname: constant((process) => process.machine.hostname),
  uname: constant((process) =>
    process.args.includes('-a') ? `Linux ${process.machine.hostname} 6.12.48 gatehouse-demo x86_64` : 'Linux',
  ),
  uptime: constant(() => ' up 12 days,  load average: 0.08, 0.03, 0.01'),
  df: constant(
    () => 'Filesystem  1K-blocks  Used  Available  Use%  Mounted on\noverlay     101430960  8214  101422746    1%  /',
  ),
  clear: constant(() => '\u001b[H\u001b[2J'),
  curl: network,
  wget: network,
  nc: network,
  ping: network,
  psql: network,
  pg_dump: network,
};

/** Runs a command, with interruption as exit code 130 and file errors said. */
export async function runCommand(name: string, process: Process): Promise<number> {
  const short = name.replace(/^\/(usr\/)?(local\/)?s?bin\//, '');
  const command = Object.hasOwn(commands, short) ? commands[short] : undefined;
  if (!command) return complain(process, `sh: ${name}: not found`, 127);
  try {
    return await command(process);
  } catch (error) {
    if (error instanceof Interrupted) return 130;
    if (error instanceof FileError) return complain(process, `${short}: ${error.message}`);
    throw error;
  }
}
