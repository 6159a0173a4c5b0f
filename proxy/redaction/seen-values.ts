/** Shorter values are too common in ordinary output to be taken out of it. Bytes. */
export const SHORTEST_REDACTED = 6;

/** How many values are kept, and of how many bytes together: the newest stay. */
const MOST_VALUES = 20_000;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * The Secret values that passed this gateway since it started, in clear and in memory only: what logs, exec output and
 * error messages are searched for. One for each cluster, because a value of one cluster says nothing about another.
 */
export class SeenValues {
  readonly #values = new Map<string, Buffer>();
  #bytes = 0;
  #version = 0;

  /** Rises with each new value: a matcher that was built for another version is out of date. */
  get version(): number {
    return this.#version;
  }

  /** @param value the decoded bytes, not their base64. Values shorter than `SHORTEST_REDACTED` are not kept. */
  add(value: Uint8Array): void {
    if (value.length < SHORTEST_REDACTED) return;
    const bytes = Buffer.from(value);
    const id = bytes.toString('latin1');
    const known = this.#values.delete(id);
    this.#values.set(id, bytes);
    if (known) return;
    this.#bytes += bytes.length;
    this.#version += 1;
    for (const [oldest, old] of this.#values) {
      if (this.#values.size <= MOST_VALUES && this.#bytes <= MOST_BYTES) break;
      this.#values.delete(oldest);
      this.#bytes -= old.length;
    }
  }

  /** Oldest first. */
  values(): readonly Buffer[] {
    return [...this.#values.values()];
  }
}
