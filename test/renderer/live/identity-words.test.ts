import { expect, test } from 'vitest';
import { identityWords } from '../../../renderer/live/identity-words.ts';

test('an identity carries its groups, and none is said as none', () => {
  expect(identityWords({ user: 'ana', uid: '', groups: ['dev', 'ops'], extra: {} })).toBe('ana (groups dev, ops)');
  expect(identityWords(null)).toBeNull();
});
