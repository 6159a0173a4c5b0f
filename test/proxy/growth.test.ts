import { expect, it } from 'vitest';
import { growth, LINEAR } from './growth.ts';

const work = (times: number): void => {
  for (let count = 0, sum = 0; count < times; count += 1) sum += Math.sqrt(count + sum);
};

it('tells what grows with the length of what it reads from what grows with its square', async () => {
  expect(await growth((size) => work(size * 500), 20_000)).toBeLessThan(LINEAR);
  expect(await growth((size) => work(size * size), 10_000)).toBeGreaterThan(LINEAR);
});
