/** Shorter values are too common in ordinary output to be taken out of it. Bytes. */
export const SHORTEST_REDACTED = 6;

/** How many values are kept, and of how many bytes together: the newest stay. */
const MOST_VALUES = 20_000;
const MOST_BYTES = 4 * 1024 * 1024;
/** Beyond that a quarter goes at once, so that what is built from the values is not built anew for each new one. */
const LEFT_AFTER_TRIM = 0.75;

/**
 * The Secret values that passed this gateway since it started, in clear and in memory only: what logs, exec output and
 * error messages are searched for. One for each cluster, because a value of one cluster says nothing about another.
 */
export class SeenValues {
  readonly #values = new Map<string, Buffer>();
  /** What was added since the last trim, in order; some may have come again since. */
  readonly #added: Buffer[] = [];
  #bytes = 0;
  #version = 0;
  #trims = 0;

  /** Rises with each new value: a matcher that was built for another version is out of date. */
  get version(): number {
    return this.#version;
  }

  /** How often old values were dropped: what was built before the last time knows values that are gone. */
  get trims(): number {
    return this.#trims;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** @param value the decoded bytes, not their base64. Values shorter than `SHORTEST_REDACTED` are not kept. */
  add(value: Uint8Array): void {
    if (value.length < SHORTEST_REDACTED) return;
    const bytes = Buffer.from(value);
    const id = bytes.toString('latin1');
    const known = this.#values.delete(id);
    this.#values.set(id, bytes);
    if (known) return;
    this.#added.push(bytes);
    this.#bytes += bytes.length;
    this.#version += 1;
    if (this.#values.size > MOST_VALUES || this.#bytes > MOST_BYTES) this.#trim();
  }

  /** Oldest first. */
  values(): readonly Buffer[] {
    return [...this.#values.values()];
  }

  /** What was added after the first `count` since the last trim. */
  addedAfter(count: number): readonly Buffer[] {
    return this.#added.slice(count);
  }

  #trim(): void {
    for (const [oldest, old] of this.#values) {
      const small = this.#values.size <= MOST_VALUES * LEFT_AFTER_TRIM && this.#bytes <= MOST_BYTES * LEFT_AFTER_TRIM;
      if (small || this.#values.size === 1) break;
      this.#values.delete(oldest);
      this.#bytes -= old.length;
    }
    this.#added.splice(0, this.#added.length, ...this.#values.values());
    this.#trims += 1;
  }
}
