import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

/** Why what stands at a path is not read as a policy file. */
export class NotPolicyFileError extends Error {
  override readonly name = 'NotPolicyFileError';
  readonly code: 'unreadable' | 'too-large';

  constructor(code: NotPolicyFileError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The bytes of a regular file, at most `most` of them. Whoever may write into a folder may also put a named pipe there,
 * or a link to a device: to open the one waits for its other end for ever, and the other has no end to read to.
 * @throws {NotPolicyFileError}
 */
export async function readRegularFile(path: string, most: number): Promise<Buffer> {
  // Of a pipe without a writer this is an open file at once; of regular files it changes nothing (POSIX `open`).
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new NotPolicyFileError('unreadable', 'it cannot be read: it is not a regular file');
    // One more than may be: it may have grown since.
    const bytes = await buffer(handle.createReadStream({ end: most, autoClose: false }));
    if (bytes.length > most) throw new NotPolicyFileError('too-large', `it is larger than ${most / (1024 * 1024)} MiB`);
    return bytes;
  } finally {
    await handle.close();
  }
}
