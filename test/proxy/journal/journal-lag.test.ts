import { expect, it } from 'vitest';
import { JournalLag } from '../../../proxy/journal/journal-lag.ts';

it('is that of the oldest record that is not on the disk', () => {
  const lag = new JournalLag();
  expect(lag.milliseconds(null, 5_000)).toBe(0);
  expect(lag.milliseconds(4_000, 5_000)).toBe(1_000);

  lag.begun(1_000);
  expect(lag.milliseconds(4_000, 5_000)).toBe(4_000);
  lag.written(false);
  expect(lag.milliseconds(null, 6_000)).toBe(5_000);

  lag.begun(5_500);
  lag.written(false);
  expect(lag.milliseconds(null, 6_000)).toBe(5_000);
  lag.synced();
  expect(lag.milliseconds(null, 6_000)).toBe(0);
});

it('ends with a durable write, and of a write that failed nothing waits', () => {
  const lag = new JournalLag();
  lag.begun(1_000);
  lag.written(false);
  lag.begun(2_000);
  lag.written(true);
  expect(lag.milliseconds(null, 9_000)).toBe(0);
  lag.begun(3_000);
  lag.failed();
  expect(lag.milliseconds(null, 9_000)).toBe(0);
});
