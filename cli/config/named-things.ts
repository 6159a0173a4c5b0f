import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { findProgram } from '../../proxy/clusters/find-program.ts';
import { commandWords } from '../command/command-words.ts';
import type { Flag } from '../command/flags.ts';
import { listenAddress } from '../command/listen-address.ts';

/** What was found where a value leads to: `wrong`, a gateway would not run so; `noted`, it would. */
export interface Finding {
  readonly says: 'wrong' | 'noted';
  readonly message: string;
}

/**
 * Looks at what a value names, by its kind, and changes nothing.
 * @param environment to find programs by PATH.
 */
export async function lookAt(
  { kind = 'text', type }: Flag,
  value: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Finding | null> {
  if (type === 'boolean') return null;
  switch (kind) {
    case 'file':
      return await readableFile(resolve(value));
    case 'new-file':
      return await writableFile(resolve(value));
    case 'folder':
      return await usableFolder(resolve(value));
    case 'command':
      return await runnable(value, environment);
    case 'address':
      return await listenable(value);
    case 'group':
      return await knownGroup(value);
    default:
      return null;
  }
}

const wrong = (message: string): Finding => ({ says: 'wrong', message });
const noted = (message: string): Finding => ({ says: 'noted', message });

async function readableFile(path: string): Promise<Finding | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) return wrong(`${path} ${absenceOf(found)}`);
  if (found.isDirectory()) return wrong(`${path} is a folder, and a file belongs there`);
  return (await may(path, constants.R_OK)) ? null : wrong(`${path} may not be read by this user`);
}

async function writableFile(path: string): Promise<Finding | null> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return wrong(`${path} is a folder, and a file is written there`);
  return await makeable(dirname(path), path);
}

async function usableFolder(path: string): Promise<Finding | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code !== 'ENOENT') return wrong(`${path} ${absenceOf(found)}`);
    return (await makeable(dirname(path), path)) ?? noted(`${path} does not exist, and would be made`);
  }
  if (!found.isDirectory()) return wrong(`${path} is not a folder`);
  return (await may(path, constants.R_OK | constants.X_OK)) ? null : wrong(`${path} may not be read by this user`);
}

/** The nearest folder above that exists must let this user make something in it. */
async function makeable(folder: string, path: string): Promise<Finding | null> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    if (found.code !== 'ENOENT') return wrong(`${path} cannot be made: ${folder} ${absenceOf(found)}`);
    return folder === dirname(folder) ? wrong(`${path} cannot be made`) : await makeable(dirname(folder), path);
  }
  if (!found.isDirectory()) return wrong(`${path} cannot be made: ${folder} is not a folder`);
  const writable = await may(folder, constants.W_OK | constants.X_OK);
  return writable ? null : wrong(`${path} cannot be made: this user may not write in ${folder}`);
}

async function runnable(
  line: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Finding | null> {
  const words = commandWords(line);
  if (words === null) return wrong('a quote is not closed');
  const [program = ''] = words;
  const isPath = program.includes('/');
  const path = resolve(program);
  if ((await findProgram(isPath ? path : program, environment['PATH'] ?? '')) !== null) return null;
  if (!isPath) return wrong(`no program "${program}" is in PATH`);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  return wrong(
    found instanceof Error ? `${path} ${absenceOf(found)}` : `${path} cannot be run by this user: chmod +x it`,
  );
}

/** Listens there for a moment. A gateway that runs holds its address, which is no fault of its config file. */
async function listenable(value: string): Promise<Finding | null> {
  const address = listenAddress(value);
  if (address === null || address.port === 0) return null;
  const server = createServer();
  const error = await new Promise<NodeJS.ErrnoException | null>((settle) => {
    server.once('error', settle);
    server.listen({ ...address, exclusive: true }, () => settle(null));
  });
  if (error === null) {
    await new Promise((closed) => server.close(closed));
    return null;
  }
  if (error.code === 'EADDRINUSE')
    return noted(`something listens on ${value} already: a gateway that runs, or another program`);
  if (error.code === 'EACCES') return wrong(`this user may not listen on ${value} (EACCES): choose a port above 1023`);
  return wrong(`${value} cannot be listened on (${error.code ?? error.message})`);
}

/** group(5). A directory service may know more, so an unknown name is no more than a hint. */
async function knownGroup(value: string): Promise<Finding | null> {
  const lines = (await readFile('/etc/group', 'utf8').catch(() => '')).split('\n').map((line) => line.split(':'));
  if (/^\d+$/.test(value) || lines.some(([name]) => name === value)) return null;
  return noted(
    `there is no group "${value}" in /etc/group; where no directory service has it, a gateway does not start`,
  );
}

async function may(path: string, mode: number): Promise<boolean> {
  return await access(path, mode).then(
    () => true,
    () => false,
  );
}

function absenceOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'does not exist';
  return code === 'EACCES' ? 'may not be looked at by this user' : `cannot be looked at: ${message}`;
}
