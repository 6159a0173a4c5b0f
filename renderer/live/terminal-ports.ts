/**
 * Ports on their way from preload to a terminal's frame. Preload posts `{ terminalPort: id }` to this window as soon
 * as main hands it one; the frame may not be ready yet, so a port waits here until it is taken.
 */
export class TerminalPorts {
  readonly #waiting = new Map<string, MessagePort>();
  readonly #takers = new Map<string, (port: MessagePort) => void>();

  readonly #window: Window;

  constructor(window: Window) {
    this.#window = window;
    window.addEventListener('message', this.#receive);
  }

  /** Gives this terminal's ports, now and later, to `taker`. Returns an unsubscribe function. */
  take(id: string, taker: (port: MessagePort) => void): () => void {
    this.#takers.set(id, taker);
    const port = this.#waiting.get(id);
    if (port) {
      this.#waiting.delete(id);
      taker(port);
    }
    return () => {
      if (this.#takers.get(id) === taker) this.#takers.delete(id);
    };
  }

  #receive = (event: MessageEvent<unknown>): void => {
    // Only preload posts from this very window; a frame's messages have the frame as their source.
    if (event.source !== this.#window || typeof event.data !== 'object' || event.data === null) return;
    const id = (event.data as { terminalPort?: unknown }).terminalPort;
    const port = event.ports[0];
    if (typeof id !== 'string' || port === undefined) return;
    const taker = this.#takers.get(id);
    if (taker) taker(port);
    else this.#waiting.set(id, port);
  };
}
