import { describe, expect, it } from 'vitest';
import { stopSignals } from '../../cli/stop-signals.ts';

/** Sends signals at these times, in milliseconds. */
function signalsAt(...times: number[]) {
  let now = 0;
  let left = 0;
  const signals = stopSignals(
    () => now,
    () => {
      left += 1;
    },
  );
  for (const time of times) {
    now = time;
    signals.asked();
  }
  return { stopped: signals.stop.aborted, left };
}

describe('a command that gets signals', () => {
  it.each([
    ['goes on without any', [], false, 0],
    ['stops at the first', [5000], true, 0],
    ['takes one that comes from two sides for one', [5000, 5000, 5900], true, 0],
    ['goes at once when asked again later', [5000, 6000], true, 1],
    ['counts the time from the first', [5000, 5900, 6100], true, 1],
  ])('%s', (_what, times, stopped, left) => {
    expect(signalsAt(...times)).toEqual({ stopped, left });
  });
});
