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
  readonly #limits: CapacityLimits;
  readonly #ofSession = new Map<string, number>();
  readonly #lastingOfSession = new Map<string, number>();
  #requests = 0;
  #lasting = 0;

  constructor(limits: CapacityLimits = CAPACITY) {
    this.#limits = limits;
  }

  /** @returns null when there is no room. */
  enter(session: string): Place | null {
    const ofSession = this.#ofSession.get(session) ?? 0;
    if (this.#requests >= this.#limits.requests || ofSession >= this.#limits.requestsOfSession) return null;
    this.#requests += 1;
    add(this.#ofSession, session, 1);
    let kind: 'short' | 'lasting' | 'left' = 'short';
    return {
      lasting: () => {
        if (kind !== 'short') return kind === 'lasting';
        const lasting = this.#lastingOfSession.get(session) ?? 0;
        if (this.#lasting >= this.#limits.lasting || lasting >= this.#limits.lastingOfSession) return false;
        this.#leaveShort(session);
        this.#lasting += 1;
        add(this.#lastingOfSession, session, 1);
        kind = 'lasting';
        return true;
      },
      leave: () => {
        if (kind === 'short') this.#leaveShort(session);
        if (kind === 'lasting') {
          this.#lasting -= 1;
          add(this.#lastingOfSession, session, -1);
        }
        kind = 'left';
      },
    };
  }

  #leaveShort(session: string): void {
    this.#requests -= 1;
    add(this.#ofSession, session, -1);
  }
}

/** A session without places takes no room either. */
function add(counts: Map<string, number>, session: string, change: 1 | -1): void {
  const left = (counts.get(session) ?? 0) + change;
  if (left <= 0) counts.delete(session);
  else counts.set(session, left);
}
