import { HostError } from '../hosts/protocol.ts';

/** Less than the documents' own wait before their buttons work: a vote that comes sooner was not made by somebody who read. */
const TIME_TO_READ_MS = 300;

/** A window has a few frames that show requests; of those that are gone nobody tells. */
const FRAMES_REMEMBERED = 32;

/**
 * Which request each frame shows. A frame shows one at a time and says so; a vote is taken only for that one, from that
 * frame, so that what was seen and what is decided are the same.
 */
export class ShownApprovals {
  readonly #shown = new Map<string, { readonly id: string; readonly since: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @param id null: the frame shows none any more. */
  shows(frame: string, id: string | null): void {
    if (this.#shown.get(frame)?.id === id) return;
    this.#shown.delete(frame);
    if (id === null) return;
    this.#shown.set(frame, { id, since: this.#now() });
    const [oldest] = this.#shown.keys();
    if (this.#shown.size > FRAMES_REMEMBERED && oldest !== undefined) this.#shown.delete(oldest);
  }

  /** @throws {HostError} `approval-not-shown`. */
  requireShown(frame: string, id: string, windowIsVisible: boolean): void {
    const shown = this.#shown.get(frame);
    if (shown?.id === id && windowIsVisible && this.#now() - shown.since >= TIME_TO_READ_MS) return;
    throw new HostError('approval-not-shown', 'This request has not been on the screen yet; look at it, then decide');
  }
}
