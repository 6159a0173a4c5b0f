import { closeSync, constants, fstatSync, openSync, readdirSync, statSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import pty from '@lydell/node-pty';

/** Both ends of a pseudo-terminal, for a program that is started on it. */
export interface TerminalPair {
  /** What the program opens. */
  readonly name: string;
  /** Our end. */
  readonly master: ReadStream;
  /** A descriptor of the program's end, which keeps a hang-up from our reads; to be closed with `closeSync`. */
  readonly slave: number;
  resize(columns: number, rows: number): void;
}

/** What `open` really returns on Unix; its typings know the Windows-compatible part only. */
interface OpenedTerminal {
  readonly ptsName: string;
  readonly fd: number;
  readonly master: ReadStream;
  readonly slave: ReadStream;
  resize(columns: number, rows: number): void;
}

/** @throws {Error} when the system gives no pseudo-terminal. */
export function openTerminalPair(columns: number, rows: number): TerminalPair {
  const terminal = (pty as unknown as { open(options: object): OpenedTerminal }).open({
    cols: columns,
    rows,
    encoding: null,
  });
  const { master, ptsName: name } = terminal;
  const slave = openSync(name, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  closeForgottenSlave(name, terminal.slave, slave);
  terminal.slave.destroy();
  return { name, master, slave, resize: (newColumns, newRows) => terminal.resize(newColumns, newRows) };
}

/**
 * Closes what node-pty opened and forgot: libuv opens a slave anew by its name for the stream, and the first descriptor
 * would stay for as long as this process lives.
 */
function closeForgottenSlave(ptsName: string, stream: ReadStream, ours: number): void {
  const { _handle: handle } = stream as unknown as { readonly _handle?: { readonly fd: number } };
  if (!handle) return;
  const { rdev } = statSync(ptsName);
  for (const name of readdirSync('/dev/fd')) {
    const descriptor = Number(name);
    if (descriptor === ours || descriptor === handle.fd) continue;
    try {
      if (fstatSync(descriptor).rdev === rdev) closeSync(descriptor);
    } catch {
      // The descriptor that listed the folder is closed again.
    }
  }
}
