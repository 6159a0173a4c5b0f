import { describe, expect, it } from 'vitest';
import { findDifference } from '../../scripts/set-up/dependencies.mjs';

const wanted = {
  'node_modules/react': { version: '19.3.1', integrity: 'sha512-a' },
  'node_modules/native-mac': { version: '1.0.0', integrity: 'sha512-b', optional: true },
};

describe('what is missing from node_modules', () => {
  it.each([
    ['nothing was installed', null, 'not installed'],
    ['all is there', wanted, null],
    ['only packages for other platforms are not', { 'node_modules/react': wanted['node_modules/react'] }, null],
    ['a package is missing', {}, 'react is missing'],
    [
      'another version is there',
      { 'node_modules/react': { version: '18.0.0', integrity: 'sha512-c' } },
      'react is 18.0.0, package-lock.json has 19.3.1',
    ],
    [
      'other bytes of the same version are there',
      { 'node_modules/react': { version: '19.3.1', integrity: 'sha512-c' } },
      'react is 19.3.1, package-lock.json has 19.3.1',
    ],
  ])('when %s', (_case, installed, expected) => {
    expect(findDifference(wanted, installed)).toBe(expected);
  });
});
