import { X509Certificate } from 'node:crypto';
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { findProgram } from '../../../proxy/clusters/find-program.ts';
import type { CommandContext } from '../../command/command.ts';
import { commandWords } from '../../command/command-words.ts';
import { type FlagValues, usageError } from '../../command/flags.ts';
import type { Channel } from './channel.ts';
import type { NOTIFY_FLAGS } from './notify-flags.ts';
import { notifyProgram } from './notify-program.ts';
import { isLoopback, webhook } from './webhook.ts';
import { readSecrets } from './webhook-signature.ts';

/** A file of a key or of certificates has a few kilobytes. */
const FILE_BYTES_AT_MOST = 1024 * 1024;

/**
 * The channels that the flags name, each checked as far as it can be without using it.
 * @throws {CommandError} wrong usage, with what to do.
 */
export async function notifyChannels(
  command: string,
  values: FlagValues<typeof NOTIFY_FLAGS>,
  { environment }: Pick<CommandContext, 'environment'>,
): Promise<readonly Channel[]> {
  const timeLimit = values['notify-timeout'] * 1_000;
  const channels: Channel[] = [];
  const line = values['notify-command'];
  if (line !== undefined) {
    const [program, ...args] = await programOf(command, line, environment['PATH'] ?? '');
    channels.push(notifyProgram({ program, args, timeLimit, environment }));
  }
  const address = values['notify-webhook'];
  if (address !== undefined) {
    const url = webhookUrl(command, address);
    const keys = await secretsIn(command, values['notify-secret-file']);
    const authority = await authorityIn(command, values['notify-ca-file']);
    channels.push(webhook({ url, keys, authority, timeLimit, environment }));
  } else {
    const useless = (['notify-secret-file', 'notify-ca-file'] as const).find((flag) => values[flag] !== undefined);
    if (useless !== undefined) throw usageError(command, `--${useless} is for --notify-webhook, which is missing`);
  }
  return channels;
}

async function programOf(command: string, line: string, path: string): Promise<[string, ...string[]]> {
  const words = commandWords(line);
  if (words === null) throw usageError(command, '--notify-command: a quote is not closed');
  const [program, ...args] = words;
  if (program === undefined) throw usageError(command, '--notify-command is empty: give it a program');
  const found = await findProgram(program.includes('/') ? resolve(program) : program, path);
  if (found !== null) return [found, ...args];
  const where = program.includes('/') ? 'is no program that may be run' : 'is in no folder of PATH';
  throw usageError(command, `--notify-command: ${program} ${where}: give its path, and make it executable`);
}

function webhookUrl(command: string, address: string): URL {
  const wrong = (why: string) => usageError(command, `--notify-webhook ${why}`);
  if (!URL.canParse(address)) throw wrong('takes a URL such as https://hooks.example.com/gatehouse');
  const url = new URL(address);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw wrong(`takes https, not "${url.protocol}"`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw wrong(`takes http for this machine alone: use https for ${url.host}`);
  }
  if (url.username !== '' || url.password !== '') {
    throw wrong('takes no user name and password: the signature proves who sends');
  }
  return url;
}

async function secretsIn(command: string, file: string | undefined): Promise<readonly Buffer[]> {
  if (file === undefined) {
    throw usageError(command, `--notify-secret-file is missing, which signs what --notify-webhook sends. ${MAKE_ONE}`);
  }
  const { text, mode, owner } = await read(command, 'notify-secret-file', file);
  const own = process.getuid?.() ?? owner;
  if (owner !== own && owner !== 0) {
    throw usageError(
      command,
      `--notify-secret-file: ${resolve(file)} belongs to another user (uid ${owner}): own it yourself`,
    );
  }
  // What systemd hands over as a credential, or Kubernetes as a Secret, is root's, and its group may read it.
  const mayRead = owner === 0 && own !== 0 ? 0o440 : 0o400;
  if ((mode & 0o077 & ~mayRead) !== 0) {
    const shown = (mode & 0o777).toString(8).padStart(4, '0');
    throw usageError(command, `--notify-secret-file: others may use ${resolve(file)} (mode ${shown}): chmod 600 it`);
  }
  const keys = readSecrets(text);
  if (keys !== null) return keys;
  throw usageError(
    command,
    `--notify-secret-file: ${resolve(file)} has a line that is not "whsec_" and 24 to 64 bytes in base64. ${MAKE_ONE}`,
  );
}

const MAKE_ONE = 'One is made by: (umask 077; echo "whsec_$(openssl rand -base64 32)" > FILE)';

async function authorityIn(command: string, file: string | undefined): Promise<string | null> {
  if (file === undefined) return null;
  const { text } = await read(command, 'notify-ca-file', file);
  try {
    new X509Certificate(text);
    return text;
  } catch {
    throw usageError(command, `--notify-ca-file: ${resolve(file)} holds no certificate in PEM`);
  }
}

async function read(command: string, flag: string, file: string) {
  const path = resolve(file);
  try {
    const handle = await open(path, 'r');
    try {
      const about = await handle.stat();
      const { mode, uid: owner, size } = about;
      // A pipe may be what a shell makes of <(...); a device may have no end.
      if (!about.isFile() && !about.isFIFO()) throw usageError(command, `--${flag}: ${path} is no file`);
      if (size > FILE_BYTES_AT_MOST) throw usageError(command, `--${flag}: ${path} is too large to be one`);
      return { text: await handle.readFile('utf8'), mode, owner };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw usageError(command, `--${flag}: ${path} cannot be read (${code})`);
  }
}
