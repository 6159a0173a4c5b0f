import { describe, expect, test } from 'vitest';
import { REST_MS, RestingTime } from '../../../renderer/decision/resting-time.ts';

describe('something that must have been the same for a moment', () => {
  test.each<[string, ReadonlyArray<readonly [string, number]>, number, boolean]>([
    ['was never seen', [], 10_000, false],
    ['was seen just now', [['10,20', 1_000]], 1_000, false],
    ['was seen a little less long ago', [['10,20', 1_000]], 1_000 + REST_MS - 1, false],
    ['was seen long enough ago', [['10,20', 1_000]], 1_000 + REST_MS, true],
    [
      'was seen again meanwhile',
      [
        ['10,20', 1_000],
        ['10,20', 1_400],
      ],
      1_000 + REST_MS,
      true,
    ],
    [
      'moved meanwhile',
      [
        ['10,20', 1_000],
        ['10,21', 1_400],
      ],
      1_000 + REST_MS,
      false,
    ],
    [
      'moved and came back',
      [
        ['10,20', 1_000],
        ['90,20', 1_300],
        ['10,20', 1_400],
      ],
      1_000 + REST_MS,
      false,
    ],
  ])('and %s', (_what, notes, now, rested) => {
    const time = new RestingTime();
    for (const [what, at] of notes) time.note(what, at);
    expect(time.has(now)).toBe(rested);
  });
});
