/** How far the disk is behind the records that came: when the oldest of them came that is not on it. */
export class JournalLag {
  /** Of what is being written. */
  #writing: number | null = null;
  /** Of what is written and may still be in the system's cache. */
  #cached: number | null = null;

  /** @param since when the oldest record of the batch came; of `performance.now`, as all times here. */
  begun(since: number | null): void {
    this.#writing = since;
  }

  /** @param durable it is on the disk, with all that was written before. */
  written(durable: boolean): void {
    if (durable) this.#cached = null;
    else this.#cached ??= this.#writing;
    this.#writing = null;
  }

  failed(): void {
    this.#writing = null;
  }

  /** All that was written is on the disk. The journal's one loop does not write while the disk works. */
  synced(): void {
    this.#cached = null;
  }

  /** @param waiting when the oldest record came that waits to be written; null where none does. */
  milliseconds(waiting: number | null, now = performance.now()): number {
    const oldest = Math.min(...[this.#cached, this.#writing, waiting].map((since) => since ?? now));
    return Math.max(0, now - oldest);
  }
}
