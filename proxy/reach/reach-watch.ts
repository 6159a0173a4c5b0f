import type { ClusterReach, ReachLook } from '../../model/cluster-reach.ts';
import type { JournalRecord } from '../../model/journal-record.ts';

/** Milliseconds between two looks at a cluster that is as it should be. */
const CALM = 60_000;
/** Milliseconds until the next look at one that is not; doubled each time, up to `CALM`. */
const TROUBLED = 5_000;
/** Milliseconds between the beginnings of two looks that nobody asked for. */
const LEAST = 3_000;
/** Part of an interval by which it varies, so that clusters, and people, do not ask all at once. */
const JITTER = 0.2;

/** Codes of the gateway's own answers to clients that say that a cluster is not as it was. */
const TROUBLE_CODES: ReadonlySet<string> = new Set([
  'upstream-unreachable',
  'upstream-certificate-invalid',
  'upstream-credential-unavailable',
  'upstream-rejected-credential',
]);

export interface ReachWatchOptions {
  readonly look: (slug: string, look: ReachLook) => Promise<ClusterReach>;
  /** Null: not known any more, or not yet. */
  readonly onReach: (slug: string, reach: ClusterReach | null) => void;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** A connected cluster, and when it is looked at. */
interface Followed {
  reach: ClusterReach | null;
  timer: NodeJS.Timeout | null;
  /** Looks in a row that found trouble. */
  failures: number;
  begunAt: number;
  running: Promise<ClusterReach> | null;
}

/**
 * Looks at the connected clusters now and then: soon after trouble, when the network changes or the machine wakes, and
 * not at all while nobody sees it. A look by itself is always a quiet one.
 */
export class ReachWatch {
  readonly #options: Required<ReachWatchOptions>;
  readonly #followed = new Map<string, Followed>();
  #paused = false;

  constructor(options: ReachWatchOptions) {
    this.#options = { random: Math.random, ...options };
  }

  /** Exactly these are followed from now on; one that is new is looked at by who connected it. */
  follow(slugs: readonly string[]): void {
    for (const [slug, { timer }] of this.#followed) {
      if (slugs.includes(slug)) continue;
      if (timer) clearTimeout(timer);
      this.#followed.delete(slug);
    }
    for (const slug of slugs) {
      if (this.#followed.has(slug)) continue;
      const fresh = { reach: null, timer: null, failures: 0, begunAt: Number.NEGATIVE_INFINITY, running: null };
      this.#followed.set(slug, fresh);
      this.#plan(slug, fresh, CALM);
    }
  }

  /** What a person asked for: at once, whatever was planned. */
  async lookNow(slug: string, look: ReachLook): Promise<void> {
    const followed = this.#followed.get(slug);
    if (followed) await this.#look(slug, followed, look);
  }

  /** Something happened that may have changed them: the network, a sleep, a file. */
  lookSoon(slugs: Iterable<string> = this.#followed.keys()): void {
    if (this.#paused) return;
    for (const slug of slugs) {
      const followed = this.#followed.get(slug);
      if (followed) this.#plan(slug, followed, Math.max(0, followed.begunAt + LEAST - Date.now()));
    }
  }

  /** Nothing is known of any of them: the gateway that knew is gone. */
  forget(): void {
    for (const [slug, followed] of this.#followed) {
      followed.reach = null;
      this.#options.onReach(slug, null);
    }
  }

  /** What clients met with: their trouble is news of a good cluster, and their success of a bad one. */
  recorded(records: readonly JournalRecord[]): void {
    const finished = records.filter((record) => record.type === 'finished');
    const troubled = finished.some(({ code }) => code !== null && TROUBLE_CODES.has(code));
    const served = finished.some(({ code, upstreamMs }) => code === null && upstreamMs !== null);
    if (!troubled && !served) return;
    const changed = [...this.#followed].filter(([, { reach }]) => {
      const bad = reach !== null && (reach.trouble !== null || reach.signIn.due);
      return bad ? served : troubled;
    });
    this.lookSoon(changed.map(([slug]) => slug));
  }

  /** Nobody sees it. */
  pause(): void {
    this.#paused = true;
    for (const { timer } of this.#followed.values()) if (timer) clearTimeout(timer);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.lookSoon();
  }

  #plan(slug: string, followed: Followed, delay: number): void {
    if (followed.timer) clearTimeout(followed.timer);
    if (this.#paused) return;
    followed.timer = setTimeout(() => {
      followed.timer = null;
      this.#look(slug, followed, 'quietly').catch(() => undefined);
    }, delay);
    followed.timer.unref();
  }

  async #look(slug: string, followed: Followed, look: ReachLook): Promise<void> {
    if (followed.running && look === 'quietly') return;
    followed.begunAt = Date.now();
    const running = this.#options.look(slug, look);
    followed.running = running;
    try {
      const reach = await running;
      // A later look, which a person asked for, may have begun and even ended meanwhile; or the cluster is another.
      if (followed.running !== running || this.#followed.get(slug) !== followed) return;
      followed.reach = reach;
      followed.failures = reach.trouble === null ? 0 : followed.failures + 1;
      this.#options.onReach(slug, reach);
    } finally {
      if (followed.running === running) {
        followed.running = null;
        this.#plan(slug, followed, this.#interval(followed));
      }
    }
  }

  #interval({ failures }: Followed): number {
    const base = failures === 0 ? CALM : Math.min(CALM, TROUBLED * 2 ** (failures - 1));
    return base * (1 - JITTER + 2 * JITTER * this.#options.random());
  }
}
