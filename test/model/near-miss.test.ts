import { expect, it } from 'vitest';
import { nearMiss } from '../../model/near-miss.ts';

it.each([
  ['podss', ['nodes', 'pods'], 'pods'],
  ['deploymnets', ['deployments', 'daemonsets'], 'deployments'],
  ['prod-ue', ['prod-eu', 'test-eu'], 'prod-eu'],
  ['prdo', ['prod', 'dev'], 'prod'],
  ['PROD', ['prod', 'dev'], 'prod'],
  ['prod', ['prod', 'prd'], null],
  ['a', ['b'], null],
  ['staging', ['prod', 'dev'], null],
  ['', ['a'], null],
  ['anything', [], null],
])('%s among %j probably meant %s', (text, known, meant) => {
  expect(nearMiss(text, known)).toBe(meant);
});
