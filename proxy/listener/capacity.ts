export interface CapacityLimits {
  /** Requests under way at one time; kube-apiserver's own default is as many (`--max-requests-inflight`). */
  readonly requests: number;
  /** Of these, as many for one session, so that a script in one terminal leaves the others room. */
  readonly requestsOfSession: number;
  /** Watches, followed logs, streams, and requests that wait for a person. */
  readonly lasting: number;
  /** Of these, as many for one session. */
  readonly lastingOfSession: number;
}

export const CAPACITY: CapacityLimits = {
  requests: 400,
  requestsOfSession: 200,
  lasting: 12_000,
  lastingOfSession: 10_000,
};

/** One request's place. */
export interface Place {
  /** The request will last: it gives its place to others and takes one among those that last. False: there is none. */
  readonly lasting: () => boolean;
  /** The request is over. */
  readonly leave: () => void;
}

/**
 * How much is served at one time. Beyond it a client is told to come again (429 with `Retry-After`, which client-go heeds
 * by itself), so that a flood costs its sender time and everybody else nothing.
 */
export class Capacity {
  readonly #short: Places;
  readonly #lasting: Places;

  constructor(limits: CapacityLimits = CAPACITY) {
    this.#short = new Places(limits.requests, limits.requestsOfSession);
    this.#lasting = new Places(limits.lasting, limits.lastingOfSession);
  }

  /** @returns null when there is no room. */
  enter(session: string): Place | null {
    if (!this.#short.take(session)) return null;
    let taken: Places | null = this.#short;
    return {
      lasting: () => {
        if (taken !== this.#short) return taken === this.#lasting;
        if (!this.#lasting.take(session)) return false;
        this.#short.give(session);
        taken = this.#lasting;
        return true;
      },
      leave: () => {
        taken?.give(session);
        taken = null;
      },
    };
  }
}

/** So many places in all, and so many of them for one session. */
class Places {
  readonly #most: number;
  readonly #mostOfSession: number;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(most: number, mostOfSession: number) {
    this.#most = most;
    this.#mostOfSession = mostOfSession;
  }

  /** @returns false where there is none left. */
  take(session: string): boolean {
    const taken = this.#taken.get(session) ?? 0;
    if (this.#all >= this.#most || taken >= this.#mostOfSession) return false;
    this.#all += 1;
    this.#taken.set(session, taken + 1);
    return true;
  }

  give(session: string): void {
    this.#all -= 1;
    const left = (this.#taken.get(session) ?? 1) - 1;
    // A session without places takes no room either.
    if (left === 0) this.#taken.delete(session);
    else this.#taken.set(session, left);
  }
}
