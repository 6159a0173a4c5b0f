import type { Author } from '../../model/caller.ts';
import type { LiveStream } from '../../model/live-stream.ts';
import { EndedByGateway } from '../ended-by-gateway.ts';
import { oneLine } from '../one-line.ts';
import { Refusal } from '../refusal.ts';

/** A stream while it runs. */
export interface OpenStream {
  /** Aborted when the stream must end; the reason is a {@link Refusal} with what the client is told. */
  readonly signal: AbortSignal;
  end(refusal: Refusal): void;
  /** It has ended. */
  close(): void;
}

interface Entry {
  readonly about: LiveStream;
  readonly controller: AbortController;
}

/** Every stream of a gateway, so that each can be ended with a reason. */
export class LiveStreams {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners = new Set<() => void>();
  /** Who ended a stream, by its audit id, until that is on record. */
  readonly #endedBy = new Map<string, Author>();

  /**
   * @param options.signal of the exchange: its end is the stream's.
   * @param options.maxDuration milliseconds; null: as long as it likes.
   */
  open(about: LiveStream, options: { readonly signal: AbortSignal; readonly maxDuration: number | null }): OpenStream {
    const controller = new AbortController();
    const { signal, maxDuration } = options;
    const end = (refusal: Refusal): void => controller.abort(refusal);
    const over = (): void => end(reasonOf(signal));
    const timer = maxDuration === null ? null : setTimeout(() => end(timeIsOver(maxDuration)), maxDuration);
    this.#entries.set(about.auditId, { about, controller });
    this.#changed();
    signal.addEventListener('abort', over, { once: true });
    if (signal.aborted) over();
    return {
      signal: controller.signal,
      end,
      close: () => {
        if (timer !== null) clearTimeout(timer);
        signal.removeEventListener('abort', over);
        if (this.#entries.delete(about.auditId)) this.#changed();
      },
    };
  }

  isOpen(auditId: string): boolean {
    return this.#entries.has(auditId);
  }

  /** The oldest first. */
  list(): readonly LiveStream[] {
    return [...this.#entries.values()].map(({ about }) => about);
  }

  /** @returns false when no stream of this id is open. */
  end(auditId: string, { comment, ...author }: Author & { readonly comment: string | null }): boolean {
    const entry = this.#entries.get(auditId);
    if (entry === undefined) return false;
    const why = comment === null ? '' : `: ${oneLine(comment).trim()}`;
    if (!entry.controller.signal.aborted) this.#endedBy.set(auditId, author);
    entry.controller.abort(new Refusal('stream-ended', `Gatehouse: this stream was ended by ${author.by}${why}`));
    return true;
  }

  /** Who ended a stream that is over, asked once for its record; null where nobody did. */
  takeEndedBy(auditId: string): Author | null {
    const author = this.#endedBy.get(auditId) ?? null;
    this.#endedBy.delete(auditId);
    return author;
  }

  endAll(refusal: Refusal): void {
    for (const { controller } of this.#entries.values()) controller.abort(refusal);
  }

  /** @param listener called whenever a stream opens or has ended. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

function reasonOf(signal: AbortSignal): Refusal {
  const reason: unknown = signal.reason;
  return reason instanceof EndedByGateway
    ? reason.refusal
    : new Refusal('stream-ended', 'Gatehouse: the client went away', { cause: reason });
}

function timeIsOver(maxDuration: number): Refusal {
  const seconds = Math.round(maxDuration / 1000);
  const words = seconds % 3600 === 0 ? `${seconds / 3600}h` : seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
  return new Refusal('stream-time-limit', `Gatehouse: this stream has reached the ${words} that the policy allows it`);
}
