import { expect, test } from 'vitest';
import { sentence } from '../../../renderer/ui/sentence.ts';

test.each([
  ['needs your confirmation', 'Needs your confirmation.'],
  ['Never on Fridays!', 'Never on Fridays!'],
  ['namespaces "shop" is forbidden: request XKJJ was denied', 'Request XKJJ was denied.'],
  ['', ''],
])('a message %j reads as a sentence', (message, words) => {
  expect(sentence(message)).toBe(words);
});
