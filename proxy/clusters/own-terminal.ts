import { readFile } from 'node:fs/promises';
import { OneAtATime } from './one-at-a-time.ts';
import type { AskingPlugin, PluginTerminal } from './plugin-terminal.ts';

/**
 * The terminal that the gateway itself runs in, lent to one credential plugin at a time: of two that ask for a password
 * at once, each would get half of it.
 */
export class OwnTerminal implements PluginTerminal {
  readonly #turns = new OneAtATime();

  /** Runs what asks, once whatever asked before has ended. */
  use<T>(_plugin: AskingPlugin, run: (lent: null) => Promise<T>): Promise<T> {
    return this.#turns.run(() => run(null));
  }

  /**
   * False where the gateway was sent to the background (`&`): a plugin that reads there is stopped by the kernel and
   * never heard of again. True where that cannot be told.
   */
  async isInFront(): Promise<boolean> {
    const status = await readFile('/proc/self/stat', 'utf8').catch(() => null);
    // After the name in brackets: state, parent, process group, session, terminal, group in front (proc_pid_stat(5)).
    const [, , group, , , inFront] = status?.slice(status.lastIndexOf(')') + 2).split(' ') ?? [];
    return group === inFront;
  }
}
