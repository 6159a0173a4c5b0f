import { expect, test } from 'vitest';
import { homeOf, nameOf } from '../../cli/os-user.ts';

const none = (): never => {
  throw new Error('uv_os_get_passwd returned ENOENT');
};

test('a user without an entry in passwd has no home folder, and a number that nobody is called', () => {
  expect(homeOf(none)).toBe('');
  expect(nameOf(none, 1_000_650_000)).toBe('uid:1000650000');
  expect(nameOf(none, null)).toBe('unknown');
  expect(homeOf(() => '/home/ada')).toBe('/home/ada');
  expect(nameOf(() => ({ username: 'ada' }), 1000)).toBe('ada');
});
