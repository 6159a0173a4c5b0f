/** When a process that ended by itself may be started again. */
export interface RestartBackoff {
  /** Milliseconds to wait, or null: it failed too often, a person must ask. */
  readonly delayMs: number | null;
  readonly restarts: number;
}

/** Up to this many ends within {@link WINDOW_MS} are answered with a restart. */
export const MOST_RESTARTS = 6;
const WINDOW_MS = 60_000;
const FIRST_DELAY_MS = 100;

/**
 * Doubles from 100 ms to 3.2 s; a process that ran for a minute starts over.
 * @param ends when the process ended before, in ms, oldest first; the newest is now.
 */
export function restartBackoff(ends: readonly number[]): RestartBackoff {
  const now = ends.at(-1) ?? 0;
  const restarts = ends.filter((end) => now - end < WINDOW_MS).length;
  if (restarts > MOST_RESTARTS) return { delayMs: null, restarts };
  return { delayMs: FIRST_DELAY_MS * 2 ** (restarts - 1), restarts };
}
