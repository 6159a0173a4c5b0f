import { expect, test, vi } from 'vitest';

vi.mock('electron', () => ({ app: {}, dialog: {} }));
const { consequence } = await import('../../../main/windows/quit.ts');

test.each([
  [{ terminals: 0, waiting: 0 }, null],
  [{ terminals: 1, waiting: 0 }, '1 open terminal ends.'],
  [{ terminals: 3, waiting: 1 }, '3 open terminals end, and 1 waiting request is refused.'],
  [{ terminals: 0, waiting: 2 }, '2 waiting requests are refused.'],
])('quitting with %j says %s', (atStake, words) => {
  expect(consequence(atStake)).toBe(words);
});
