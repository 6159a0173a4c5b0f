/** Shorter values are too common in ordinary output to be taken out of it. Bytes. */
export const SHORTEST_REDACTED = 6;

/** How many values are kept, and of how many bytes together, beside those that are held: the newest stay. */
const MOST_VALUES = 20_000;
const MOST_BYTES = 4 * 1024 * 1024;
/** Of how many bytes what running streams hold is kept beside the newest; beyond that it is as good as anything seen. */
const MOST_BYTES_HELD = 4 * 1024 * 1024;
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
  /** Values that must not be dropped, and how many hold each. */
  readonly #held = new Map<string, number>();
  #heldBytes = 0;
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
    this.#trimWhereTooMany();
  }

  /**
   * Adds values that stay for as long as somebody needs them, however many others are seen meanwhile.
   * @returns lets go of them; from then on they are values seen like any other.
   */
  hold(values: readonly Uint8Array[]): () => void {
    const ids: string[] = [];
    for (const value of values) {
      if (value.length < SHORTEST_REDACTED) continue;
      const id = Buffer.from(value).toString('latin1');
      const holders = this.#held.get(id) ?? 0;
      if (holders > 0 || this.#heldBytes + value.length <= MOST_BYTES_HELD) {
        if (holders === 0) this.#heldBytes += value.length;
        this.#held.set(id, holders + 1);
        ids.push(id);
      }
      this.add(value);
    }
    return () => {
      for (const id of ids.splice(0)) this.#letGo(id);
      this.#trimWhereTooMany();
    };
  }

  #letGo(id: string): void {
    const holders = this.#held.get(id) ?? 0;
    if (holders > 1) {
      this.#held.set(id, holders - 1);
      return;
    }
    this.#held.delete(id);
    this.#heldBytes -= id.length;
  }

  /** Oldest first. */
  values(): readonly Buffer[] {
    return [...this.#values.values()];
  }

  /** What was added after the first `count` since the last trim. */
  addedAfter(count: number): readonly Buffer[] {
    return this.#added.slice(count);
  }

  /** What was added as the next after the first `count` since the last trim. */
  addedAt(count: number): Buffer | undefined {
    return this.#added[count];
  }

  /** How many were added after the first `count` since the last trim. */
  countAfter(count: number): number {
    return Math.max(0, this.#added.length - count);
  }

  #trimWhereTooMany(): void {
    if (this.#isMoreThan(1)) this.#trim();
  }

  /** Whether more than this part of what may be kept is kept. What is held does not count. */
  #isMoreThan(part: number): boolean {
    const values = this.#values.size - this.#held.size;
    return values > 1 && (values > MOST_VALUES * part || this.#bytes - this.#heldBytes > MOST_BYTES * part);
  }

  #trim(): void {
    for (const [oldest, old] of this.#values) {
      if (!this.#isMoreThan(LEFT_AFTER_TRIM)) break;
      if (this.#held.has(oldest)) continue;
      this.#values.delete(oldest);
      this.#bytes -= old.length;
    }
    this.#added.splice(0, this.#added.length, ...this.#values.values());
    this.#trims += 1;
  }
}
