import { describe, expect, test } from 'vitest';
import {
  age,
  byteSize,
  countdown,
  countdownWords,
  duration,
  position,
  relativeTime,
  rowTime,
} from '../../../renderer/ui/time-words.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-03-01T12:00:00Z');

test.each([
  [0, 'now'],
  [12 * SECOND, '12 s ago'],
  [4 * 60 * SECOND, '4 min ago'],
  [3 * HOUR, '3 h ago'],
  [2 * DAY, '2 d ago'],
  [40 * DAY, '2026-01-20'],
  [-3 * HOUR, 'in 3 h'],
])('%i ms ago is “%s”', (distance, words) => {
  expect(relativeTime(NOW - distance, NOW)).toBe(words);
});

test.each([
  [59 * SECOND, '59s'],
  [5 * 60 * SECOND, '5m'],
  [30 * HOUR, '30h'],
  [12 * DAY, '12d'],
  [-5 * SECOND, '0s'],
])('an object of %i ms has the age %s, as in kubectl', (distance, words) => {
  expect(age(NOW - distance, NOW)).toBe(words);
});

test.each([
  [0, '0:00'],
  [7_900, '0:07'],
  [754_000, '12:34'],
  [3_723_000, '1:02:03'],
])('position %i ms is %s', (milliseconds, words) => {
  expect(position(milliseconds)).toBe(words);
});

test.each([
  [3.4, '3 ms'],
  [1_234, '1.2 s'],
  [125_000, '2 min 5 s'],
])('%d ms took %s', (milliseconds, words) => {
  expect(duration(milliseconds)).toBe(words);
});

test.each([
  [512, '512 B'],
  [4_096, '4.0 KiB'],
  [12 * 1024 * 1024, '12 MiB'],
  [5 * 1024 ** 4, '5120 GiB'],
])('%i bytes are %s', (bytes, words) => {
  expect(byteSize(bytes)).toBe(words);
});

describe('a countdown', () => {
  test('says 1 second until nothing is left', () => {
    expect(countdown(NOW, NOW + 30_000, NOW + 29_900)).toMatchObject({ seconds: 1, over: false });
    expect(countdown(NOW, NOW + 30_000, NOW + 30_000)).toEqual({ seconds: 0, fraction: 0, over: true });
  });

  test('empties its ring in step', () => {
    expect(countdown(NOW, NOW + 40_000, NOW + 10_000).fraction).toBe(0.75);
  });

  test('stays within bounds when clocks disagree', () => {
    expect(countdown(NOW, NOW + 10_000, NOW - 5_000).fraction).toBe(1);
    expect(countdown(NOW, NOW, NOW + 1)).toMatchObject({ seconds: 0, fraction: 0, over: true });
  });

  test('has minutes above a minute', () => {
    expect([59, 60, 125].map(countdownWords)).toEqual(['59 s', '1:00', '2:05']);
  });
});

test.each([
  ['of today', new Date(2026, 2, 1, 14, 5, 9), '14:05:09'],
  ['of another day', new Date(2026, 1, 28, 23, 59, 1), '02-28 23:59'],
  ['of another year', new Date(2025, 11, 31, 23, 59, 1), '2025-12-31'],
])('a row %s', (_name, time, words) => {
  expect(rowTime(time.getTime(), new Date(2026, 2, 1, 15, 0).getTime())).toBe(words);
});
