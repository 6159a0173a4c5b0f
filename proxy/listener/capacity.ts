import { Places } from './places.ts';

export interface CapacityLimits {
  /** Requests under way at one time; kube-apiserver's own default is as many (`--max-requests-inflight`). */
  readonly requests: number;
  /** Of these, as many for one session, so that a script in one terminal leaves the others room. */
  readonly requestsOfSession: number;
  /** Requests whose body is slow to arrive. */
  readonly slow: number;
  /** Of these, as many for one session. */
  readonly slowOfSession: number;
  /** Watches, followed logs, streams, and requests that wait for a person. */
  readonly lasting: number;
  /** Of these, as many for one session. */
  readonly lastingOfSession: number;
}

export const CAPACITY: CapacityLimits = {
  requests: 400,
  requestsOfSession: 200,
  slow: 96,
  slowOfSession: 48,
  lasting: 12_000,
  lastingOfSession: 10_000,
};

/** One request's place. */
export interface Place {
  /**
   * The request's body is slow: it gives its place to others and takes one among the slow ones, so that however slowly bodies
   * are sent, other requests are served. False: there is none.
   */
  readonly slow: () => boolean;
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
  readonly #slow: Places;
  readonly #lasting: Places;

  constructor(limits: CapacityLimits = CAPACITY) {
    this.#short = new Places(limits.requests, limits.requestsOfSession);
    this.#slow = new Places(limits.slow, limits.slowOfSession);
    this.#lasting = new Places(limits.lasting, limits.lastingOfSession);
  }

  /** @returns null when there is no room. */
  enter(session: string): Place | null {
    if (!this.#short.take(session)) return null;
    let taken: Places | null = this.#short;
    const move = (to: Places): boolean => {
      if (taken === null || taken === to) return taken === to;
      if (!to.take(session)) return false;
      taken.give(session);
      taken = to;
      return true;
    };
    return {
      slow: () => move(this.#slow),
      lasting: () => move(this.#lasting),
      leave: () => {
        taken?.give(session);
        taken = null;
      },
    };
  }
}
