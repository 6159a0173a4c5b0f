import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Flags } from '../command/flags.ts';
import { type ConfigContent, readConfigText } from './config-text.ts';

/** A config file is written by people; above this (bytes) it is something else. */
const MOST_BYTES = 64 * 1024;

/**
 * Reads a config file. Never throws: what is wrong with it is a problem that says where. A file that somebody else may
 * write is not read: whoever changes it would configure the gateway. What holds the file need not be looked at: a file
 * that was put in its place belongs to whoever did that.
 * @param path as it was named; relative to the working directory.
 */
export async function readConfigFile(path: string, flags: Flags): Promise<ConfigContent> {
  const file = resolve(path);
  const refused = (message: string): ConfigContent => ({
    said: [],
    problems: [{ name: null, origin: { from: 'file', file, line: 0, column: 0 }, message }],
  });
  const read = await ownText(file).catch((error: NodeJS.ErrnoException) => ({ refused: reasonOf(error) }));
  return 'refused' in read ? refused(read.refused) : readConfigText(file, dirname(file), read.text, flags);
}

type OwnText = { readonly text: string } | { readonly refused: string };

async function ownText(file: string): Promise<OwnText> {
  // Of a pipe without a writer this is an open file at once; of regular files it changes nothing (POSIX `open`).
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    // Of the open file and not of the path, which may lead elsewhere a moment later.
    const found = await handle.stat();
    const { uid, mode, size } = found;
    if (!found.isFile()) return { refused: 'is not a regular file' };
    const own = process.geteuid?.() ?? null;
    if (own !== null && uid !== own && uid !== 0) {
      return {
        refused: `belongs to uid ${uid}, who could configure this gateway with it: give it to root or to uid ${own}`,
      };
    }
    if (own !== null && (mode & (constants.S_IWGRP | constants.S_IWOTH)) !== 0) {
      const octal = (mode & 0o777).toString(8).padStart(4, '0');
      return {
        refused: `may be written by others (mode ${octal}), who could configure this gateway with it: chmod go-w it`,
      };
    }
    const tooLarge = { refused: `is larger than ${MOST_BYTES / 1024} KiB, which no config file is` };
    if (size > MOST_BYTES) return tooLarge;
    // One more than may be: it may have grown since.
    const bytes = await buffer(handle.createReadStream({ end: MOST_BYTES, autoClose: false }));
    return bytes.length > MOST_BYTES ? tooLarge : decoded(bytes);
  } finally {
    await handle.close();
  }
}

function decoded(bytes: Buffer): OwnText {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { refused: 'is not UTF-8 text: save it as UTF-8' };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
  EPERM: 'may not be read by this user',
  ELOOP: 'is a link that leads to itself',
  ENXIO: 'is not a regular file',
};

function reasonOf({ code = '', message }: NodeJS.ErrnoException): string {
  return REASONS[code] ?? `cannot be read: ${message}`;
}
