/** Within this time a second signal is the first one, told by another: a terminal, npm or systemd beside the starter. */
const SAME_REQUEST_MILLISECONDS = 1000;

/** What signals ask of a command: the first to stop, a later one to go at once. */
export interface StopSignals {
  /** Aborted by the first, whose name is its reason. */
  readonly stop: AbortSignal;
  /** To be called for each signal. */
  asked(signal?: string): void;
}

/**
 * @param now milliseconds of a clock that only goes forward.
 * @param leave called when a command that was asked to stop is asked again.
 */
export function stopSignals(now: () => number, leave: () => void): StopSignals {
  const stop = new AbortController();
  let first = 0;
  return {
    stop: stop.signal,
    asked(signal = 'a signal') {
      if (!stop.signal.aborted) {
        first = now();
        stop.abort(signal);
      } else if (now() - first >= SAME_REQUEST_MILLISECONDS) leave();
    },
  };
}
