import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, writeSync } from 'node:fs';
import { inheritNothing } from '../../proxy/inherit-nothing.ts';
import { openTerminalPair } from '../terminal-pair.ts';
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

const DRAIN_PATIENCE_MS = 3_000;

/**
 * Opens the terminal by its name: as the leader of a fresh session the process so becomes the terminal's controlling
 * process. Once, for reading and writing, and the same for all three, as login and sshd do it: some programs read from
 * their standard output or write to their standard input (tmux finds its terminal by that one alone, less its keys).
 */
const OPEN_TERMINAL = 'exec <>"$0" >&0 2>&0 || exit 126; stty iutf8 2>/dev/null';

/** @throws {Error} when the system gives no pseudo-terminal. */
export function openPseudoTerminal(options: PseudoTerminalOptions): PseudoTerminal {
  const { file, args, environment, folder, columns, rows, onOutput, onEnd } = options;
  const terminal = openTerminalPair(columns, rows);
  const { master, slave, name: ptsName } = terminal;

  const mark = Buffer.from(`\x1b]6973;end;${randomUUID()}\x07`, 'latin1');
  let exitCode: number | null = null;
  let ended = false;
  /** After the exit: the last bytes, which may be the start of the mark. */
  let tail: Buffer = Buffer.alloc(0);

  function end(): void {
    if (ended) return;
    ended = true;
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

  const start = inheritNothing(file, args, environment, { first: OPEN_TERMINAL, name: ptsName });
  const child = spawn(start.file, start.args, {
    cwd: folder,
    env: { ...environment },
    detached: true,
    stdio: 'ignore',
  });
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
