type Close = () => unknown;

/** What a command has opened, and the order in which it is closed: not simply the other way round. */
export class Opened {
  readonly #closers: Close[] = [];

  /** Closed before all that is open already: what lets others in, or says that they may come. */
  closeFirst(close: Close): void {
    this.#closers.unshift(close);
  }

  /** Closed after all that is open already: what hears of how that ends. */
  closeLast(close: Close): void {
    this.#closers.push(close);
  }

  async close(): Promise<void> {
    for (const close of this.#closers) await close();
  }
}
