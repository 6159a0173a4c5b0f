import { describe, expect, it } from 'vitest';
import { admits, howFarBehind } from '../../scripts/how-far-behind.mjs';

describe('engines', () => {
  it.each([
    ['says nothing', {}, true],
    ['says nothing of Node', { engines: { npm: '>=10' } }, true],
    ['asks for an older Node', { engines: { node: '>=18' } }, true],
    ['asks for exactly this one or newer', { engines: { node: '>=20.18.1' } }, true],
    ['asks for a newer one of its line', { engines: { node: '^20.19.0 || >=22.12.0' } }, false],
    ['asks for a newer line', { engines: { node: '>=22' } }, false],
    ['names lines without this one', { engines: { node: '^18.0.0 || ^22.0.0' } }, false],
  ])('of a release that %s', (_what, release, expected) => {
    expect(admits({ version: '1.0.0', ...release }, '20.18.1')).toBe(expected);
  });
});

describe('a dependency', () => {
  const on22 = { engines: { node: '>=22' } };
  it.each([
    ['with nothing newer', [{ version: '1.1.0' }, { version: '0.9.0' }], undefined, null],
    ['with a newer pre-release alone', [{ version: '1.2.0-beta.1' }], undefined, null],
    [
      'that can be moved',
      [{ version: '1.10.0' }, { version: '1.9.0' }],
      undefined,
      { newest: '1.10.0', reachable: '1.10.0', why: '' },
    ],
    [
      'whose newest release asks for more',
      [{ version: '2.0.0', ...on22 }],
      undefined,
      { newest: '2.0.0', reachable: null, why: 'asks for Node >=22, runs on 20.18.1' },
    ],
    [
      'of which an older release still fits',
      [{ version: '2.0.0', ...on22 }, { version: '1.2.0' }],
      undefined,
      { newest: '2.0.0', reachable: '1.2.0', why: 'asks for Node >=22, runs on 20.18.1' },
    ],
    [
      'that is held',
      [{ version: '1.2.0' }],
      { within: '<1.2', why: 'breaks the build' },
      { newest: '1.2.0', reachable: null, why: 'breaks the build' },
    ],
    [
      'that is held, with a release before the hold',
      [{ version: '1.2.0' }, { version: '1.1.1' }],
      { within: '<1.2', why: 'breaks the build' },
      { newest: '1.2.0', reachable: '1.1.1', why: 'breaks the build' },
    ],
  ])('%s', (_what, releases, hold, expected) => {
    expect(howFarBehind('1.1.0', releases, '20.18.1', hold)).toEqual(expected);
  });
});
