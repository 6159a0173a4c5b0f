import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { visible } from '../../model/visible-text.ts';
import type { GatewayLog } from '../../proxy/gateway-log.ts';

/** Variables by which a service manager hands over its protocol: for this process, and for no program that it runs. */
export const SERVICE_VARIABLES = ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID'] as const;

/** Milliseconds for one message: `systemd-notify` itself waits 5 s for the manager to have read it. */
const TIME_LIMIT = 10_000;
/** Milliseconds; what is longer Node makes 1. */
const TIMER_AT_MOST = 2 ** 31 - 1;
/** A status is one line; what is longer is cut. */
const STATUS_LENGTH = 400;

/** A line of sd_notify(3): `READY=1`. */
type Assignment = `${string}=${string}`;

/** The service manager that started this process, where one did and wants to hear of it. */
export interface ServiceManager {
  /** Clients are served. */
  ready(status: string): void;
  status(status: string): void;
  /** What the process was told by SIGHUP begins. {@link ready} says when it is done. */
  reloading(): void;
  /** Settles when it was told, so that it is before the end of the process. */
  stopping(): Promise<void>;
}

export interface ServiceManagerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly log: GatewayLog;
  readonly program?: string;
}

/**
 * Speaks sd_notify(3) to whoever stands behind `NOTIFY_SOCKET`. Node has no datagram sockets of the Unix kind, so
 * systemd's own `systemd-notify` sends each message; it waits until the manager has read it, or a message of a process
 * that is gone already could not be told apart. What cannot be said is said once in the log, and stops nothing.
 */
export function serviceManager(options: ServiceManagerOptions): ServiceManager {
  const { environment, log, program = 'systemd-notify' } = options;
  const socket = environment['NOTIFY_SOCKET'] ?? '';
  if (socket === '') return NOBODY;
  /** One after the other: READY must not overtake RELOADING. */
  let last = Promise.resolve();
  let statusDue: string | null = null;
  let pingDue = false;
  let hasComplained = false;

  /** What is said is asked for when its turn comes. */
  const say = (assignments: () => readonly Assignment[]): Promise<void> => {
    last = last.then(async () => {
      const why = await run(program, assignments(), { PATH: environment['PATH'], NOTIFY_SOCKET: socket });
      if (why === null || hasComplained) return;
      hasComplained = true;
      log.warn(
        { event: 'service-manager-untold', program, why },
        'the service manager cannot be told how the gateway is: in a unit use Type=exec instead',
      );
    });
    return last;
  };
  const watchdog = watchdogInterval(environment);
  if (watchdog !== null) {
    // That it comes is the sign: a loop that stands still says nothing.
    setInterval(() => {
      if (pingDue) return;
      pingDue = true;
      void say(() => {
        pingDue = false;
        return ['WATCHDOG=1'];
      });
    }, watchdog).unref();
  }
  return {
    ready: (status) => void say(() => ['READY=1', statusLine(status)]),
    status(status) {
      const isQueued = statusDue !== null;
      statusDue = status;
      if (isQueued) return;
      void say(() => {
        const newest = statusDue ?? status;
        statusDue = null;
        return [statusLine(newest)];
      });
    },
    reloading() {
      const at = process.hrtime.bigint() / 1_000n;
      void say(() => ['RELOADING=1', `MONOTONIC_USEC=${at}`]);
    },
    stopping: () => say(() => ['STOPPING=1', statusLine('stopping')]),
  };
}

const NOBODY: ServiceManager = {
  ready: () => undefined,
  status: () => undefined,
  reloading: () => undefined,
  stopping: async () => undefined,
};

/** Half of what the manager waits, as sd_watchdog_enabled(3) advises; null where it waits for another process or not at all. */
export function watchdogInterval(
  environment: Readonly<Record<string, string | undefined>>,
  { pid, ppid }: { readonly pid: number; readonly ppid: number } = process,
): number | null {
  const microseconds = Number(environment['WATCHDOG_USEC']);
  if (!Number.isSafeInteger(microseconds) || microseconds <= 0) return null;
  const meant = environment['WATCHDOG_PID'];
  // An older Node starts a newer one, which serves: it stands in for its parent, which is what the unit started.
  if (meant !== undefined && Number(meant) !== pid && Number(meant) !== ppid) return null;
  return Math.min(TIMER_AT_MOST, Math.max(1, Math.floor(microseconds / 2_000)));
}

function statusLine(status: string): Assignment {
  return `STATUS=${visible(status).slice(0, STATUS_LENGTH)}`;
}

/** @returns why it could not be said; null where it was. */
function run(
  program: string,
  assignments: readonly Assignment[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  return new Promise((resolve) => {
    const child = spawn(program, assignments, {
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: TIME_LIMIT,
      killSignal: 'SIGKILL',
    });
    let complaint = '';
    // It has none where this process has no file descriptor left (`EMFILE`): the error comes a moment later.
    (child.stderr as Readable | undefined)?.on('data', (chunk: Buffer) => {
      if (complaint.length < 400) complaint += chunk.toString('utf8');
    });
    child.once('error', (error: NodeJS.ErrnoException) => resolve(`${program} cannot be run (${error.code})`));
    child.once('close', (code, signal) => {
      const said = complaint.trim().split('\n')[0] ?? '';
      resolve(code === 0 ? null : said || `${program} ended with ${signal ?? code}`);
    });
  });
}
