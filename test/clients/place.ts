import { setTimeout as delay } from 'node:timers/promises';
import { type CommandResult, type RunningCommand, start } from '../gateway/environment/command.ts';

export interface PlaceOptions {
  /** What both sides call alike: `direct` or `gateway`. */
  readonly side: 'direct' | 'gateway';
  readonly kubeconfig: string;
  readonly namespace: string;
  /** Holds the client's files and caches; nothing of the other side's. */
  readonly folder: string;
  /** The program under comparison. */
  readonly program: string;
  /** The cluster itself, for looking at what is really stored, with a client that is not compared. */
  readonly truth: (args: readonly string[]) => Promise<CommandResult>;
}

export interface Way {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Another program than the one under comparison. */
  readonly program?: string;
}

/** Longer than any hold of a client that nobody decides on here. */
const SECONDS = 60;

/** One side of the comparison: a client with its own namespace, its own home, and a way to the cluster. */
export class Place {
  readonly side: PlaceOptions['side'];
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly folder: string;
  readonly program: string;
  readonly truth: PlaceOptions['truth'];

  constructor(options: PlaceOptions) {
    this.side = options.side;
    this.kubeconfig = options.kubeconfig;
    this.namespace = options.namespace;
    this.folder = options.folder;
    this.program = options.program;
    this.truth = options.truth;
  }

  start(args: readonly string[], way: Way = {}): RunningCommand {
    return start(way.program ?? this.program, args, {
      kubeconfig: this.kubeconfig,
      ...(way.input === undefined ? {} : { input: way.input }),
      environment: { HOME: this.folder, ...way.environment },
    });
  }

  /** Runs the client to its end; one that does not end is stopped and has the code -1. */
  async run(args: readonly string[], way: Way = {}): Promise<CommandResult> {
    const command = this.start(args, way);
    const tooLong = new AbortController();
    const ended = delay(SECONDS * 1000, null, { signal: tooLong.signal }).catch(() => null);
    void ended.then(() => command.stop());
    const result = await command.done;
    tooLong.abort();
    return result;
  }

  /** In the namespace of this side. */
  inNamespace(args: readonly string[], way: Way = {}): Promise<CommandResult> {
    return this.run(['-n', this.namespace, ...args], way);
  }
}
