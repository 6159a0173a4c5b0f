import type { LogEvent } from '../../../proxy/log-events.ts';

const WINDOW_MILLISECONDS = 10_000;
/** Lines of one event in a window. */
const USUALLY_AT_MOST = 100;
/** What a client can cause at will, as fast as it likes: some 20 MB a day then. */
const AT_MOST: Readonly<Partial<Record<LogEvent, number>>> = {
  'request-denied': 10,
  'request-refused': 10,
  'stream-ended': 20,
  'exchange-failed': 10,
};

interface Window {
  lines: number;
  dropped: number;
}

/**
 * Lets so many lines of each event by in ten seconds, and says how many more there were: a client that scans, or a disk
 * that fails each write, must not fill the disk of the log.
 */
export class RateBound {
  readonly #windows = new Map<LogEvent, Window>();
  readonly #tell: (event: LogEvent, more: number, seconds: number) => void;
  #timer: NodeJS.Timeout | null = null;

  /** @param tell of what was dropped in a window, at its end. */
  constructor(tell: (event: LogEvent, more: number, seconds: number) => void) {
    this.#tell = tell;
  }

  /** Whether this line is written. */
  admits(event: LogEvent): boolean {
    const window = this.#windows.get(event) ?? { lines: 0, dropped: 0 };
    this.#windows.set(event, window);
    this.#timer ??= setTimeout(() => this.close(), WINDOW_MILLISECONDS).unref();
    if (window.lines < (AT_MOST[event] ?? USUALLY_AT_MOST)) {
      window.lines += 1;
      return true;
    }
    window.dropped += 1;
    return false;
  }

  /** Ends the window now. */
  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const dropped = [...this.#windows].filter(([, window]) => window.dropped > 0);
    this.#windows.clear();
    for (const [event, window] of dropped) this.#tell(event, window.dropped, WINDOW_MILLISECONDS / 1_000);
  }
}
