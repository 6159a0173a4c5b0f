import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import pty from '@lydell/node-pty';
import { hangUp } from './hang-up.ts';

/**
 * A shell on a pseudo-terminal, read to its last byte.
 *
 * node-pty's own `spawn` loses the end of the output: it destroys its socket 200 ms after the child exits, and libuv
 * takes a short read followed by a hang-up for the end of the stream (`uv__stream_io`), while a terminal's reads are
 * always short. So only its `open` is used. Our own end of the slave stays open, which keeps the hang-up away, and when
 * the shell is gone a mark is written behind everything that it wrote: when the mark arrives, all of it has.
 */
export interface PseudoTerminal {
  readonly pid: number;
  write(text: string): void;
  resize(columns: number, rows: number): void;
  /** Stops reading: the kernel's buffer fills and the programs wait. */
  pause(): void;
  resume(): void;
  /** Hangs up: the shell and its jobs get SIGHUP, and what is left of the session a second later SIGKILL. */
  hangUp(): void;
}

export interface PseudoTerminalOptions {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly columns: number;
  readonly rows: number;
  readonly onOutput: (bytes: Buffer) => void;
  /** After the last output. @param code the exit code, or 128 + signal as shells count it. */
  readonly onEnd: (code: number) => void;
}

/** What `open` really returns on Unix; its typings know the Windows-compatible part only. */
interface OpenedTerminal {
  readonly ptsName: string;
  readonly fd: number;
  readonly master: ReadStream;
  readonly slave: ReadStream;
  resize(columns: number, rows: number): void;
}

/** Files of this process that a shell must not inherit: node-pty opens masters without O_CLOEXEC. */
const masters = new Set<number>();

const DRAIN_PATIENCE_MS = 3_000;

/**
 * `sh` opens the terminal by name: as the leader of a fresh session it so becomes the terminal's controlling process.
 * Then it becomes the shell, under the same process id.
 */
const BECOME_SHELL = 'exec <"$0" >"$0" 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-; stty iutf8 2>/dev/null; exec "$@"';

/** @throws {Error} when the system gives no pseudo-terminal. */
export function openPseudoTerminal(options: PseudoTerminalOptions): PseudoTerminal {
  const { file, args, environment, folder, columns, rows, onOutput, onEnd } = options;
  const terminal = (pty as unknown as { open(options: object): OpenedTerminal }).open({
    cols: columns,
    rows,
    encoding: null,
  });
  const { master, ptsName } = terminal;
  const slave = openSync(ptsName, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  closeForgottenSlave(ptsName, terminal.slave, slave);
  terminal.slave.destroy();
  masters.add(terminal.fd);

  const mark = Buffer.from(`\x1b]6973;end;${randomUUID()}\x07`, 'latin1');
  let exitCode: number | null = null;
  let ended = false;
  /** After the exit: the last bytes, which may be the start of the mark. */
  let tail: Buffer = Buffer.alloc(0);

  function end(): void {
    if (ended) return;
    ended = true;
    masters.delete(terminal.fd);
    master.destroy();
    closeSync(slave);
    onEnd(exitCode ?? 0);
  }
  function receive(bytes: Buffer): void {
    if (ended) return;
    if (exitCode === null) {
      onOutput(bytes);
      return;
    }
    const seen = Buffer.concat([tail, bytes]);
    const at = seen.indexOf(mark);
    const certain = at === -1 ? Math.max(0, seen.length - mark.length + 1) : at;
    if (certain > 0) onOutput(seen.subarray(0, certain));
    tail = seen.subarray(certain);
    if (at !== -1) end();
  }
  function exited(code: number): void {
    exitCode = code;
    // Whoever paused us waits for a reader that may be gone; what is left is no more than the kernel's buffer.
    master.resume();
    writeWhenPossible(slave, mark, () => ended);
    setTimeout(() => {
      if (ended) return;
      if (tail.length > 0) onOutput(tail);
      end();
    }, DRAIN_PATIENCE_MS);
  }

  master.on('data', receive);
  master.on('error', () => end());

  const nowhere = openSync('/dev/null', constants.O_RDWR);
  const child = spawn('/bin/sh', ['-c', BECOME_SHELL, ptsName, file, ...args], {
    cwd: folder,
    env: { ...environment },
    detached: true,
    stdio: withoutMasters(nowhere),
  });
  closeSync(nowhere);
  child.once('error', (error) => {
    onOutput(Buffer.from(`Gatehouse could not start the shell: ${error.message}\r\n`));
    exited(127);
  });
  child.once('exit', (code, signal) => exited(code ?? 128 + (signal ? (SIGNALS[signal] ?? 0) : 0)));

  const pid = child.pid ?? -1;
  return {
    pid,
    write: (text) => {
      if (!ended) master.write(text);
    },
    resize: (newColumns, newRows) => {
      if (!ended) terminal.resize(newColumns, newRows);
    },
    pause: () => {
      if (exitCode === null) master.pause();
    },
    resume: () => {
      if (!ended) master.resume();
    },
    hangUp: () => hangUp(pid),
  };
}

const SIGNALS: Partial<Record<NodeJS.Signals, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

/** Files for a child in which every master of ours stands for nothing, so that no shell can read another's terminal. */
function withoutMasters(nowhere: number): Array<number | 'ignore'> {
  const files = new Array<number | 'ignore'>(Math.max(2, ...masters) + 1).fill('ignore');
  for (const master of masters) files[master] = nowhere;
  return files;
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

/** The slave does not block; what does not fit is tried again until it does. */
function writeWhenPossible(descriptor: number, bytes: Buffer, givenUp: () => boolean): void {
  if (givenUp()) return;
  let written = 0;
  try {
    written = writeSync(descriptor, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
  }
  if (written === bytes.length) return;
  setTimeout(() => writeWhenPossible(descriptor, bytes.subarray(written), givenUp), 5);
}
