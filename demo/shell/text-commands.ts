import { readAll } from './byte-pipe.ts';
import { FileError, resolvePath } from './file-tree.ts';
import { type Command, complain, type Process, say } from './process.ts';

/** Single-letter flags, and what else stands on the command line. */
export function options(args: readonly string[]): { flags: Set<string>; rest: string[] } {
  const flags = new Set<string>();
  const rest: string[] = [];
  for (const argument of args) {
    if (/^-[A-Za-z]+$/.test(argument)) for (const letter of argument.slice(1)) flags.add(letter);
    else rest.push(argument);
  }
  return { flags, rest };
}

/** The contents of the named files, or of the input when none is named; complaints for those that are not there. */
async function inputs(
  process: Process,
  command: string,
  paths: readonly string[],
): Promise<{ text: Buffer; code: number }> {
  if (paths.length === 0) return { text: await readAll(process.stdin), code: 0 };
  const parts: Buffer[] = [];
  let code = 0;
  for (const path of paths) {
    try {
      parts.push(
        path === '-' ? await readAll(process.stdin) : process.machine.files.read(resolvePath(process.folder, path)),
      );
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      code = await complain(process, `${command}: ${path}: ${error.message}`);
    }
  }
  return { text: Buffer.concat(parts), code };
}

function lines(text: Buffer): string[] {
  const all = text.toString('utf8').split('\n');
  if (all.at(-1) === '') all.pop();
  return all;
}

const cat: Command = async (process) => {
  if (process.args.length === 0 || process.args[0] === '-') {
    for (let chunk = await process.stdin.read(); chunk !== null; chunk = await process.stdin.read()) {
      if (!(await process.stdout.write(chunk))) return 141;
    }
    return 0;
  }
  let code = 0;
  for (const path of process.args) {
    try {
      for (const piece of process.machine.files.pieces(resolvePath(process.folder, path), 256 * 1024)) {
        if (!(await process.stdout.write(piece))) return 141;
      }
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      code = await complain(process, `cat: ${path}: ${error.message}`);
    }
  }
  return code;
};

const head: Command = async (process) => {
  const { args } = process;
  const at = args.findIndex((argument) => argument === '-n' || argument === '-c' || /^-n?\d+$/.test(argument));
  const inline = /^-n?(\d+)$/.exec(args[at] ?? '')?.[1];
  const count = Number(at < 0 ? 10 : (inline ?? args[at + 1] ?? 10));
  const paths = args.filter((_, index) => at < 0 || (index !== at && (inline !== undefined || index !== at + 1)));
  if (args[at] === '-c') {
    const { text, code } = await inputs(process, 'head', paths);
    await process.stdout.write(text.subarray(0, count));
    return code;
  }
  if (paths.length > 0) {
    const { text, code } = await inputs(process, 'head', paths);
    for (const line of lines(text).slice(0, count)) await say(process, `${line}\n`);
    return code;
  }
  for (let index = 0; index < count; index += 1) {
    const line = await process.stdin.readLine();
    if (line === null) break;
    await say(process, `${line}\n`);
  }
  return 0;
};

const tail: Command = async (process) => {
  const count =
    Number(
      /\d+/.exec(process.args.find((argument) => /^-n?\d+$/.test(argument)) ?? '')?.[0] ??
        process.args[process.args.indexOf('-n') + 1] ??
        10,
    ) || 10;
  const paths = process.args.filter((argument) => !/^-|^\d+$/.test(argument));
  const { text, code } = await inputs(process, 'tail', paths);
  for (const line of lines(text).slice(-count)) await say(process, `${line}\n`);
  return code;
};

const grep: Command = async (process) => {
  const { flags, rest } = options(process.args);
  const [pattern = '', ...paths] = rest;
  let expression: RegExp;
  try {
    expression = new RegExp(pattern, flags.has('i') ? 'i' : '');
  } catch {
    return complain(process, `grep: bad regex '${pattern}'`, 2);
  }
  const { text, code } = await inputs(process, 'grep', paths);
  const found = lines(text).filter((line) => expression.test(line) !== flags.has('v'));
  if (flags.has('c')) await say(process, `${found.length}\n`);
  else if (!flags.has('q')) for (const line of found) await say(process, `${line}\n`);
  return found.length > 0 ? code : 1;
};

const wc: Command = async (process) => {
  const { flags, rest } = options(process.args);
  const { text, code } = await inputs(process, 'wc', rest);
  const counts = [
    ['l', lines(text).length],
    ['w', text.toString('utf8').split(/\s+/).filter(Boolean).length],
    ['c', text.length],
  ] as const;
  const shown = counts.filter(([flag]) => flags.size === 0 || flags.has(flag)).map(([, count]) => count);
  await say(process, `${shown.join(' ')}\n`);
  return code;
};

const sort: Command = async (process) => {
  const { flags, rest } = options(process.args);
  const { text, code } = await inputs(process, 'sort', rest);
  const sorted = lines(text).sort();
  if (flags.has('r')) sorted.reverse();
  for (const line of flags.has('u') ? new Set(sorted) : sorted) await say(process, `${line}\n`);
  return code;
};

const base64: Command = async (process) => {
  const { flags, rest } = options(process.args.filter((argument) => argument !== '-w0'));
  const { text, code } = await inputs(process, 'base64', rest);
  await process.stdout.write(
    flags.has('d') ? Buffer.from(text.toString('utf8'), 'base64') : Buffer.from(`${text.toString('base64')}\n`),
  );
  return code;
};

const tee: Command = async (process) => {
  const { flags, rest } = options(process.args);
  const text = await readAll(process.stdin);
  for (const path of rest) process.machine.files.write(resolvePath(process.folder, path), text, flags.has('a'));
  await process.stdout.write(text);
  return 0;
};

/** Commands that read text and write text. */
export const textCommands: Readonly<Record<string, Command>> = { cat, head, tail, grep, wc, sort, base64, tee };
