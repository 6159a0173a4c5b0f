import { beforeEach, expect, test, vi } from 'vitest';
import { hangUp } from '../../cli/hang-up.ts';

const told: string[] = [];
beforeEach(() => {
  told.length = 0;
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

test.each([
  ['a command that can read nothing anew', { before: false, after: false, reloads: false }, 'stop'],
  ['a command in a terminal that can read nothing anew', { before: true, after: true, reloads: false }, 'stop'],
  ['a daemon, which never had a terminal', { before: false, after: false, reloads: true }, 'reload'],
  ['a gateway in a terminal that is told by kill', { before: true, after: true, reloads: true }, 'reload'],
  ['a gateway whose terminal is gone', { before: true, after: false, reloads: true }, 'stop'],
])('SIGHUP of %s', async (_what, { before, after, reloads }, wanted) => {
  let has = before;
  const hangUps = hangUp(
    () => told.push('stop'),
    () => has,
  );
  if (reloads) hangUps.onReload(() => told.push('reload'));
  hangUps.asked();
  // The signal comes a moment before the terminal is gone.
  has = after;
  await vi.runAllTimersAsync();
  expect(told).toEqual([wanted]);
});
