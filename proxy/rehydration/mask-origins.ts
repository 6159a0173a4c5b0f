/** The field that a mask was shown for. */
export interface Origin {
  /** The resource with its group. */
  readonly kindClass: string;
  readonly namespace: string;
  readonly name: string;
  readonly field: string;
}

/** A field takes some hundred bytes. */
const MOST_TOKENS = 20_000;

/**
 * Which field each of the newest masks was shown for, so that a refusal can name it. Holds no values, and nothing is
 * decided by it: what may be put back is always read from the cluster.
 */
export class MaskOrigins {
  readonly #origins = new Map<string, Origin>();

  note(token: string, origin: Origin): void {
    this.#origins.delete(token);
    this.#origins.set(token, origin);
    if (this.#origins.size <= MOST_TOKENS) return;
    const oldest = this.#origins.keys().next();
    if (!oldest.done) this.#origins.delete(oldest.value);
  }

  get(token: string): Origin | undefined {
    return this.#origins.get(token);
  }
}
