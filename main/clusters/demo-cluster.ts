import { EventEmitter } from 'node:events';
import { type DemoProtocol, demoProtocol } from '../demo-host/protocol.ts';
import type { Environment } from '../environment/login-shell-environment.ts';
import { type Fork, SupervisedHost } from '../hosts/supervised-host.ts';
import type { LogLine } from '../log.ts';

/** The demo cluster's process, once the person asked for it. */
export class DemoCluster {
  readonly events = new EventEmitter<{
    /** It ended by itself and is back, with its first contents, perhaps at another port. */
    restarted: [];
  }>();
  readonly #host: SupervisedHost<DemoProtocol>;
  #started: { readonly kubeconfig: string; readonly context: string } | null = null;

  constructor(options: {
    readonly fork: Fork;
    readonly entry: string;
    readonly environment: Environment;
    readonly folder: string;
    readonly log: LogLine;
  }) {
    let launches = 0;
    this.#host = new SupervisedHost({
      fork: options.fork,
      protocol: demoProtocol,
      entry: options.entry,
      environment: options.environment,
      log: options.log,
      prepare: async (client) => {
        this.#started = await client.call('start', { folder: options.folder });
        launches += 1;
      },
      onState: (state) => {
        if (state === 'running' && launches > 1) this.events.emit('restarted');
        if (state !== 'running') this.#started = null;
      },
    });
  }

  /** Its kubeconfig file and context; null while it does not run. */
  get started(): { readonly kubeconfig: string; readonly context: string } | null {
    return this.#started;
  }

  async start(): Promise<{ readonly kubeconfig: string; readonly context: string }> {
    if (!this.#started) await this.#host.start();
    if (!this.#started) throw new Error('the demo cluster did not start');
    return this.#started;
  }

  stop(): Promise<void> {
    return this.#host.stop((client) => client.call('stop', undefined));
  }
}
