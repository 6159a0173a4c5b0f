import { expect, test } from 'vitest';
import { SCREEN_NAMES } from '../../preload/screens.ts';

test('the keys of the menu count up in its order, and the settings have the key that every app gives them', () => {
  const keys = Object.entries(SCREEN_NAMES).map(([screen, { key }]) => [key, screen]);
  expect(keys).toEqual([
    ['1', 'terminal'],
    ['2', 'clusters'],
    ['3', 'secrets'],
    ['4', 'approvals'],
    ['5', 'activity'],
    ['6', 'recordings'],
    [',', 'settings'],
  ]);
});
