import { expect, it } from 'vitest';
import { describeProgress } from '../../scripts/set-up/progress.mjs';

it.each([
  [5_000_000, 20_000_000, 'bytes', '5.0 MB of 20.0 MB (25%)'],
  [5_000_000, null, 'bytes', '5.0 MB'],
  // What is fetched can be more than was announced: it stays at the whole.
  [21_000_000, 20_000_000, 'bytes', '21.0 MB of 20.0 MB (100%)'],
  [7, 0, 'count', '7'],
  [7, 8, 'count', '7 of 8 (87%)'],
] as const)('says how far %s of %s %s is', (done, total, unit, words) => {
  expect(describeProgress(done, total, unit)).toBe(words);
});
