/** How long something must have been as it is before it may be decided on: less is no time to have seen it. */
export const REST_MS = 500;

/** Since when something has been the same. */
export class RestingTime {
  #what: string | null = null;
  #since = 0;

  /** @param what what it is like now; another one begins anew. */
  note(what: string, now: number): void {
    if (this.#what === what) return;
    this.#what = what;
    this.#since = now;
  }

  has(now: number): boolean {
    return this.#what !== null && now - this.#since >= REST_MS;
  }
}
