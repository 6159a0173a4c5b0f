import { type ChildProcess, spawn } from 'node:child_process';
import { inheritNothing } from '../../../proxy/inherit-nothing.ts';
import { oneLine } from '../../../proxy/one-line.ts';
import { type Channel, notSent, type Sent } from './channel.ts';
import type { OutgoingNotification } from './notification.ts';

export interface NotifyProgramOptions {
  /** An absolute path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Milliseconds after which it is ended. */
  readonly timeLimit: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Milliseconds that it gets between SIGTERM and SIGKILL. */
const LAST_MOMENT = 1_000;
/** Bytes of what it prints that are kept for the log. */
const SAID_AT_MOST = 1_000;

/** What a program needs to find its way and a person's desktop, and nothing that may be a credential. */
const HANDED_ON = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'SystemRoot'],
  ...['DISPLAY', 'WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'],
];

/** A program that gets each notification on its standard input, one at a time, and no shell in between. */
export function notifyProgram(options: NotifyProgramOptions): Channel {
  return {
    name: `command ${options.program}`,
    atOnce: 1,
    pauses: [],
    send: (notification, signal) => runOnce(options, notification, signal),
  };
}

function runOnce(
  { program, args, timeLimit, environment }: NotifyProgramOptions,
  { body }: OutgoingNotification,
  signal: AbortSignal,
): Promise<Sent> {
  const env = Object.fromEntries(HANDED_ON.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
  const start = inheritNothing(program, args, env);
  return new Promise((resolve) => {
    // A group of its own, so that what it starts ends with it.
    const child: Started = spawn(start.file, start.args, { env, cwd: '/', detached: true, stdio: 'pipe' });
    const said = listenTo(child);
    let overdue: 'time' | 'stop' | null = null;
    let lastMoment: NodeJS.Timeout | null = null;
    const end = (why: 'time' | 'stop') => {
      overdue ??= why;
      killGroup(child.pid, 'SIGTERM');
      lastMoment ??= setTimeout(() => killGroup(child.pid, 'SIGKILL'), LAST_MOMENT);
    };
    const timer = setTimeout(() => end('time'), timeLimit);
    const stop = () => end('stop');
    const settle = (sent: Sent) => {
      clearTimeout(timer);
      if (lastMoment !== null) clearTimeout(lastMoment);
      signal.removeEventListener('abort', stop);
      killGroup(child.pid, 'SIGKILL');
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
      resolve(sent);
    };
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    child.on('error', ({ message }) => settle(notSent(oneLine(message), false)));
    // Not `close`: what it left behind may hold its output open for as long as it likes.
    child.on('exit', (code, killed) => {
      if (code === 0 && overdue === null) return settle({ isSent: true, says: `it ended with 0${said()}` });
      const ended = code === null ? `it was ended by ${killed}` : `it ended with ${code}`;
      const late = `it did not end in ${timeLimit / 1_000} s, and was ended`;
      settle(notSent(`${overdue === 'time' ? late : ended}${said()}`, false));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(`${body}\n`);
  });
}

/**
 * Its pipes are not there where this process has no file descriptor left for them (`EMFILE`), which Node says by an event
 * a moment later; its types do not tell.
 */
type Started = Pick<ChildProcess, 'pid' | 'on'> & {
  readonly [Stream in 'stdin' | 'stdout' | 'stderr']: ChildProcess[Stream] | undefined;
};

/** Reads all that it prints, so that it is never held up, and keeps the beginning. */
function listenTo(child: Started): () => string {
  let kept = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('error', () => undefined);
    stream?.on('data', (chunk: Buffer) => {
      if (kept.length < SAID_AT_MOST) kept += chunk.subarray(0, SAID_AT_MOST).toString('utf8');
    });
  }
  return () => {
    const words = oneLine(kept.slice(0, SAID_AT_MOST)).trim();
    return words === '' ? '' : `: ${words}`;
  };
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of it is left.
  }
}
