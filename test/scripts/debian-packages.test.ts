import { expect, it } from 'vitest';
import { findMissing } from '../../scripts/set-up/debian-packages.mjs';

it('counts a library as there under either of its names', () => {
  const wanted = [['libgtk-3-0t64', 'libgtk-3-0'], ['xvfb']];
  expect(findMissing(wanted, new Set(['libgtk-3-0t64', 'xvfb']))).toEqual([]);
  expect(findMissing(wanted, new Set(['libgtk-3-0']))).toEqual([['xvfb']]);
});
