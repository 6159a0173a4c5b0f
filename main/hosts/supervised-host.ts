import type { LogLine } from '../log.ts';
import { HostClient } from './host-client.ts';
import { type Channel, HostError, type HostProtocol } from './protocol.ts';
import { restartBackoff } from './restart-backoff.ts';

export type HostState = 'starting' | 'running' | 'restarting' | 'failed' | 'stopped';

/** The part of Electron's `UtilityProcess` that a host is. */
export interface HostProcess {
  readonly stdout: NodeJS.ReadableStream | null;
  readonly stderr: NodeJS.ReadableStream | null;
  postMessage(message: unknown, ports?: readonly unknown[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  once(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

/** Electron's `utilityProcess.fork`. */
export type Fork = (
  entry: string,
  words: string[],
  options: { readonly serviceName: string; readonly stdio: 'pipe'; readonly env: Record<string, string> },
) => HostProcess;

export interface SupervisedHostOptions<Protocol extends HostProtocol> {
  readonly fork: Fork;
  readonly protocol: Protocol;
  /** The host's built entry file. */
  readonly entry: string;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where each line of the process's own output goes. */
  readonly log: LogLine;
  /** Brings a fresh process to the state that the last one had; it runs once this settles. */
  readonly prepare: (client: HostClient<Protocol>) => Promise<void>;
  readonly onState: (state: HostState, error: HostError | null) => void;
}

/** The last call to a process, e.g. `stop`. */
type Farewell<Protocol extends HostProtocol> = (client: HostClient<Protocol>) => Promise<unknown>;

/** Longer than the backoff's longest delay and a slow start together. */
const START_PATIENCE_MS = 15_000;

/** One utility process that is started again when it ends by itself, with backoff, until it ends too often. */
export class SupervisedHost<const Protocol extends HostProtocol> {
  readonly #options: SupervisedHostOptions<Protocol>;
  #process: HostProcess | null = null;
  #client: HostClient<Protocol> | null = null;
  #ends: number[] = [];
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;
  #state: HostState = 'stopped';
  /** Why the last start failed; null once one succeeded. */
  #startError: HostError | null = null;
  /** Callers that wait for the process to come up. */
  #waiting: Array<() => void> = [];
  restarts = 0;

  constructor(options: SupervisedHostOptions<Protocol>) {
    this.#options = options;
  }

  /**
   * The running process; waits while it is being started or restarted.
   * @throws {HostError} `host-unavailable` when it is down for good or does not come up in time.
   */
  async client(): Promise<HostClient<Protocol>> {
    if (this.#client) return this.#client;
    if (this.#state === 'starting' || this.#state === 'restarting') {
      await Promise.race([new Promise<void>((resolve) => this.#waiting.push(resolve)), patience(START_PATIENCE_MS)]);
    }
    if (this.#client) return this.#client;
    throw (
      this.#startError ?? new HostError('host-unavailable', `The ${this.#options.protocol.name} process is not running`)
    );
  }

  /** Starts the process and settles when it runs. @throws {HostError} why it does not, also after its retries. */
  async start(): Promise<void> {
    this.#stopping = false;
    if (!this.#process && !this.#timer) {
      this.#ends = [];
      this.#setState('starting', null);
      void this.#launch();
    }
    await this.client();
  }

  /** Ends the process, or starts a failed one afresh, at a person's request. @param farewell as {@link stop} has it. */
  async restart(farewell: Farewell<Protocol>): Promise<void> {
    this.#cancelTimer();
    this.#ends = [];
    const running = this.#process;
    if (!running) return this.start();
    this.#setState('restarting', null);
    await this.#bid(farewell);
    running.kill();
  }

  /** @param farewell the last call, e.g. `stop`; the process is killed when it has not ended 5 s later. */
  async stop(farewell: Farewell<Protocol>): Promise<void> {
    this.#stopping = true;
    this.#cancelTimer();
    const running = this.#process;
    if (!running) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    await this.#bid(farewell);
    running.kill();
    await Promise.race([ended, patience(2_000)]);
  }

  async #bid(farewell: Farewell<Protocol>): Promise<void> {
    const client = this.#client;
    // Whoever asks from now on waits for the next process.
    this.#client = null;
    if (client) await Promise.race([farewell(client).catch(() => undefined), patience(5_000)]);
  }

  async #launch(): Promise<void> {
    const { fork, protocol, entry, environment, log, prepare } = this.#options;
    const child = fork(entry, [], {
      serviceName: `Gatehouse ${protocol.name}`,
      stdio: 'pipe',
      env: { ...environment },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        for (const line of text.split('\n')) if (line) log(line);
      });
    }
    const client = new HostClient(protocol, channelTo(child));
    this.#process = child;
    child.once('exit', (code) => {
      client.end(`The ${protocol.name} process ended (code ${code})`);
      if (this.#process === child) this.#ended(code);
    });
    try {
      await prepare(client);
      this.#client = client;
      this.#startError = null;
      this.#setState('running', null);
    } catch (error) {
      this.#startError = error instanceof HostError ? error : new HostError('internal-error', String(error));
      log(`start failed: ${this.#startError.code} ${this.#startError.message}`, error);
      // Its end is counted, and answered with the next try.
      child.kill();
    }
  }

  #cancelTimer(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #setState(state: HostState, error: HostError | null): void {
    this.#state = state;
    if (state === 'running' || state === 'failed' || state === 'stopped') {
      for (const waiting of this.#waiting.splice(0)) waiting();
    }
    this.#options.onState(state, error);
  }

  #ended(code: number): void {
    this.#process = null;
    this.#client = null;
    if (this.#stopping) {
      this.#setState('stopped', null);
      return;
    }
    const { name } = this.#options.protocol;
    this.#ends.push(Date.now());
    this.restarts += 1;
    const { delayMs } = restartBackoff(this.#ends);
    if (delayMs === null) {
      const often = `The ${name} process ended too often (code ${code}) and is not started again by itself`;
      this.#setState('failed', this.#startError ?? new HostError('host-keeps-failing', often));
      return;
    }
    this.#setState('restarting', this.#startError);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#launch();
    }, delayMs);
  }
}

function channelTo(child: HostProcess): Channel {
  return {
    post: (message, ports = []) => child.postMessage(message, ports),
    onMessage: (listener) => child.on('message', (message) => listener(message, [])),
  };
}

function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
