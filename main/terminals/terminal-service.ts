import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { MessagePortMain } from 'electron';
import type { Environment } from '../environment/login-shell-environment.ts';
import type { Folders } from '../folders.ts';
import type { HostAnswer, HostArgument, HostEventName, HostPayload } from '../hosts/protocol.ts';
import { type Fork, type HostState, SupervisedHost } from '../hosts/supervised-host.ts';
import type { LogLine } from '../log.ts';
import { type TerminalProtocol, terminalProtocol } from '../terminal-host/protocol.ts';

/** What the terminal host tells, and what becomes of its process. */
export type TerminalServiceEvents = {
  [Name in HostEventName<TerminalProtocol>]: [HostPayload<TerminalProtocol, Name>];
} & { state: [HostState] };

/** The terminal host as main sees it. Its shells die with it; its recordings are ended when it comes back. */
export class TerminalService {
  readonly events = new EventEmitter<TerminalServiceEvents>();
  readonly #host: SupervisedHost<TerminalProtocol>;
  readonly #openChannel: () => { readonly port1: MessagePortMain; readonly port2: MessagePortMain };

  constructor(options: {
    readonly fork: Fork;
    /** Electron's `MessageChannelMain`. */
    readonly openChannel: () => { readonly port1: MessagePortMain; readonly port2: MessagePortMain };
    readonly entry: string;
    readonly environment: Environment;
    readonly folders: Folders;
    readonly log: LogLine;
  }) {
    const { fork, entry, environment, folders, log } = options;
    this.#openChannel = options.openChannel;
    this.#host = new SupervisedHost({
      fork,
      protocol: terminalProtocol,
      entry,
      environment,
      log,
      onState: (state) => this.events.emit('state', state),
      prepare: async (client) => {
        client.on('exited', (exited) => this.events.emit('exited', exited));
        client.on('prompt', (prompt) => this.events.emit('prompt', prompt));
        client.on('folder', (folder) => this.events.emit('folder', folder));
        client.on('recordingFailed', (failed) => this.events.emit('recordingFailed', failed));
        const { recovered } = await client.call('start', {
          recordingsFolder: folders.recordings,
          sessionsFolder: join(folders.data, 'sessions'),
          shellFolder: folders.shell,
        });
        if (recovered.length > 0) log(`ended ${recovered.length} recordings whose writer died`);
      },
    });
  }

  start(): Promise<void> {
    return this.#host.start();
  }
  stop(): Promise<void> {
    return this.#host.stop((client) => client.call('stop', undefined));
  }

  async call<
    Name extends 'open' | 'close' | 'foreground' | 'request' | 'recordings' | 'readRecording' | 'byteRecording',
  >(name: Name, argument: HostArgument<TerminalProtocol, Name>): Promise<HostAnswer<TerminalProtocol, Name>> {
    return (await this.#host.client()).call(name, argument);
  }

  /** A line straight to the terminal: one end goes to the host, the other is returned for the page. */
  attach(id: string): MessagePortMain {
    const { port1, port2 } = this.#openChannel();
    this.#host
      .client()
      .then((client) => client.call('attach', id, [port1]))
      .catch(() => port1.close());
    return port2;
  }
}
