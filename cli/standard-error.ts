import { fstatSync, writeSync } from 'node:fs';
import type { ErrorOutput } from './command/error-output.ts';

/** Bytes that wait for whoever reads a pipe. Beyond, lines are lost: a log that nobody reads must not fill the memory. */
const WAITING_AT_MOST = 1024 * 1024;

/** How stderr is written to. */
export interface StandardError extends ErrorOutput {
  /** Settles with true when everything was handed over; with false after the time, which a stalled reader may take. */
  flushed(milliseconds: number): Promise<boolean>;
}

/**
 * stderr of this process. A file is written to at once, so that a full disk loses lines and not the stream; a pipe, a
 * socket or a terminal is Node's stream, which Node lets grow without end and keeps a process alive for.
 * @param stream may be another one, for tests.
 */
export function standardError(
  environment: Readonly<Record<string, string | undefined>>,
  stream: NodeJS.WriteStream & { readonly fd: number } = process.stderr,
): StandardError {
  const { fd } = stream;
  const about = fstatSync(fd, { bigint: true });
  const isJournal = environment['JOURNAL_STREAM'] === `${about.dev}:${about.ino}`;
  const reader = stream.isTTY ? 'terminal' : isJournal ? 'journal' : 'other';
  return stream.isTTY || about.isFIFO() || about.isSocket()
    ? { reader, ...throughStream(stream) }
    : { reader, ...straightTo(fd) };
}

function throughStream(stream: NodeJS.WriteStream): Pick<StandardError, 'write' | 'flushed'> {
  let isGone = false;
  // A log that nobody reads any more is no reason to stop a gateway.
  stream.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE' || code === 'ECONNRESET' || code === 'ENOTCONN') isGone = true;
  });
  return {
    write(lines) {
      if (isGone || stream.writableLength >= WAITING_AT_MOST) return false;
      stream.write(lines);
      return !isGone;
    },
    flushed(milliseconds) {
      if (isGone || stream.writableLength === 0) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(false), milliseconds);
        stream.write('', () => {
          clearTimeout(timer);
          resolve(true);
        });
      });
    },
  };
}

function straightTo(fd: number): Pick<StandardError, 'write' | 'flushed'> {
  /** A line was cut off by a full disk: the next one must not go on with it. */
  let isCutOff = false;
  return {
    write(lines) {
      let left = Buffer.from(isCutOff ? `\n${lines}` : lines);
      try {
        while (left.length > 0) {
          left = left.subarray(writeSync(fd, left));
          isCutOff = true;
        }
        isCutOff = false;
        return true;
      } catch {
        return false;
      }
    },
    flushed: () => Promise.resolve(true),
  };
}
