/** So much of something in all, and so much of it for one session. */
export class Places {
  readonly #most: number;
  readonly #mostOfSession: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(most: number, mostOfSession: number) {
    this.#most = most;
    this.#mostOfSession = mostOfSession;
  }

  /** @returns false where there is not as much left. */
  take(session: string, amount = 1): boolean {
    const taken = (this.#taken.get(session) ?? 0) + amount;
    if (this.#all + amount > this.#most || taken > this.#mostOfSession) return false;
    this.#all += amount;
    this.#taken.set(session, taken);
    return true;
  }

  give(session: string, amount = 1): void {
    this.#all -= amount;
    const left = (this.#taken.get(session) ?? amount) - amount;
    // A session without places takes no room either.
    if (left === 0) this.#taken.delete(session);
    else this.#taken.set(session, left);
  }
}
