import { visible } from '../model/visible-text.ts';

/** What was to be done with a file or folder. */
export type DiskUse = 'read' | 'written' | 'made' | 'used' | 'closed to others';

/**
 * A file or folder that cannot be used. The message is one sentence: which, why, and what to do; `code` is the system's
 * (`ENOSPC`). For whoever starts something; what a client is told names no paths.
 */
export class DiskError extends Error {
  override readonly name = 'DiskError';
  readonly code: string;
  readonly path: string;

  constructor(path: string, use: DiskUse, cause: unknown) {
    const code = codeOf(cause) ?? 'EUNKNOWN';
    const remedy = REMEDIES[code] ?? 'choose another place';
    super(`${visible(path)} cannot be ${use}: ${diskErrorInWords(cause, use)}; ${remedy}`, { cause });
    this.code = code;
    this.path = path;
  }
}

/** Whether something that was thrown is the system's word about a file, a socket or another resource. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException & { readonly code: string } {
  return error instanceof Error && 'syscall' in error && codeOf(error) !== null;
}

/**
 * What was thrown as an error of one path; what is one already, or is none of the system's, stays as it is.
 * @param use what was to be done with the path.
 */
export function withPath(error: unknown, path: string, use: DiskUse): unknown {
  return isSystemError(error) ? new DiskError(path, use, error) : error;
}

/** errno(3), by what it says of a path. */
const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file has reached the largest size that the system allows',
  EROFS: 'the file system is read-only',
  EACCES: 'the gateway may not write there',
  EPERM: 'the gateway may not write there',
  EIO: 'the disk reports an error',
  ENOENT: 'the folder is gone',
  ENOTDIR: 'a part of its path is no folder',
  EISDIR: 'a folder stands in its place',
  EEXIST: 'something else stands in its place',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'a name in the path is longer than the file system takes',
  EBUSY: 'the system has it in use',
  ESTALE: 'the network file system has lost it',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOMEM: 'there is no memory left',
};

const NOT_READ = 'the user that this runs as may not read it';
const NOT_USED = 'the user that this runs as may not enter it';
const WORDS_BY_USE: Readonly<Partial<Record<DiskUse, Readonly<Record<string, string>>>>> = {
  read: { EACCES: NOT_READ, EPERM: NOT_READ, EISDIR: 'it is a folder', ENOENT: 'it is not there' },
  used: { EACCES: NOT_USED, EPERM: NOT_USED, ENOENT: 'it is not there' },
  made: { ENOENT: 'the file system takes no folders there' },
};

const ROOM = 'free some space, or choose another place';
const RIGHT = 'start this as the user who may, or choose another place';
const FILES = 'raise the limit (ulimit -n; under systemd LimitNOFILE=)';
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: ROOM,
  EDQUOT: ROOM,
  EROFS: 'choose a place that can be written to (under systemd, one of StateDirectory= or ReadWritePaths=)',
  EACCES: RIGHT,
  EPERM: RIGHT,
  EISDIR: 'move it away, or choose another place',
  EEXIST: 'move it away, or choose another place',
  EMFILE: FILES,
  ENFILE: FILES,
};

/** What a file system error means, in words that end in its code. */
export function diskErrorInWords(error: unknown, use: DiskUse = 'written'): string {
  const code = codeOf(error);
  if (code === null) return error instanceof Error ? error.message : String(error);
  return `${WORDS_BY_USE[use]?.[code] ?? WORDS[code] ?? 'the system reports an error'} (${code})`;
}

function codeOf(error: unknown): string | null {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : null;
}
