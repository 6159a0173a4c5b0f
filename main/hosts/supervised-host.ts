import { type UtilityProcess, utilityProcess } from 'electron';
import { HostClient } from './host-client.ts';
import { type Channel, HostError, type HostProtocol } from './protocol.ts';
import { restartBackoff } from './restart-backoff.ts';

export type HostState = 'starting' | 'running' | 'restarting' | 'failed' | 'stopped';

export interface SupervisedHostOptions<Protocol extends HostProtocol> {
  readonly protocol: Protocol;
  /** The host's built entry file. */
  readonly entry: string;
  /** The whole environment of the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where each line of the process's own output goes. */
  readonly log: (line: string) => void;
  /** Brings a fresh process to the state that the last one had; it runs once this settles. */
  readonly prepare: (client: HostClient<Protocol>) => Promise<void>;
  readonly onState: (state: HostState, error: HostError | null) => void;
}

/** One utility process that is started again when it ends by itself, with backoff, until it ends too often. */
export class SupervisedHost<const Protocol extends HostProtocol> {
  readonly #options: SupervisedHostOptions<Protocol>;
  #process: UtilityProcess | null = null;
  #client: HostClient<Protocol> | null = null;
  #ends: number[] = [];
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;
  restarts = 0;

  constructor(options: SupervisedHostOptions<Protocol>) {
    this.#options = options;
  }

  /** The running process. @throws {HostError} `host-unavailable` while it is down. */
  client(): HostClient<Protocol> {
    if (this.#client) return this.#client;
    throw new HostError(
      'host-unavailable',
      `The ${this.#options.protocol.name} process is not running; it is started again by itself`,
    );
  }

  /** Starts the process and settles when it runs. @throws {HostError} when the first start fails. */
  async start(): Promise<void> {
    this.#stopping = false;
    this.#ends = [];
    this.#options.onState('starting', null);
    await this.#launch();
  }

  /** Ends the process, or starts a failed one afresh, at a person's request. */
  async restart(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#ends = [];
    if (this.#process) this.#process.kill();
    else await this.#launch();
  }

  /** @param farewell the last call, e.g. `stop`; the process is killed when it has not ended 5 s later. */
  async stop(farewell: (client: HostClient<Protocol>) => Promise<unknown>): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const running = this.#process;
    if (!running) return;
    const ended = new Promise<void>((resolve) => running.once('exit', () => resolve()));
    const client = this.#client;
    if (client) await Promise.race([farewell(client).catch(() => undefined), patience(5_000)]);
    running.kill();
    await Promise.race([ended, patience(2_000)]);
  }

  async #launch(): Promise<void> {
    const { protocol, entry, environment, log, prepare, onState } = this.#options;
    const child = utilityProcess.fork(entry, [], {
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
      onState('running', null);
    } catch (error) {
      const cause = error instanceof HostError ? error : new HostError('internal-error', String(error));
      log(`start failed: ${cause.code} ${cause.message}`);
      onState('failed', cause);
      child.kill();
      throw cause;
    }
  }

  #ended(code: number): void {
    this.#process = null;
    this.#client = null;
    if (this.#stopping) {
      this.#options.onState('stopped', null);
      return;
    }
    const name = this.#options.protocol.name;
    this.#ends.push(Date.now());
    this.restarts += 1;
    const { delayMs } = restartBackoff(this.#ends);
    if (delayMs === null) {
      this.#options.onState(
        'failed',
        new HostError(
          'host-keeps-failing',
          `The ${name} process ended too often (code ${code}) and is not started again by itself`,
        ),
      );
      return;
    }
    this.#options.onState('restarting', null);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      // A start that fails ends its process, and the next end is counted here again.
      this.#launch().catch(() => undefined);
    }, delayMs);
  }
}

function channelTo(child: UtilityProcess): Channel {
  return {
    post: (message, ports = []) => child.postMessage(message, ports as Electron.MessagePortMain[]),
    onMessage: (listener) => child.on('message', (message) => listener(message, [])),
  };
}

function patience(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds).unref());
}
