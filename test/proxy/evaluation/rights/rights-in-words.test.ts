import { describe, expect, it } from 'vitest';
import { rightsInWords } from '../../../../proxy/evaluation/rights/rights-in-words.ts';

describe('the rights of an account, in words', () => {
  it.each<[Array<[says: string, namespace: string]>, string]>([
    [[], ''],
    [[['reads secrets', 'shop']], 'reads secrets'],
    [[['reads secrets', '']], 'reads secrets everywhere'],
    [
      [
        ['reads secrets', 'shop'],
        ['reads secrets', ''],
      ],
      'reads secrets everywhere',
    ],
    [
      [
        ['reads secrets', 'shop'],
        ['makes pods', 'ci'],
      ],
      'reads secrets, makes pods in ci',
    ],
    [
      [
        ['makes pods', 'd'],
        ['makes pods', 'ci'],
        ['makes pods', 'e'],
      ],
      'makes pods in ci and 2 more',
    ],
    [
      [
        ['makes pods', 'shop'],
        ['makes pods', 'ci'],
      ],
      'makes pods here and in 1 more',
    ],
    [['a', 'b', 'c', 'd'].map((says) => [says, 'shop']), 'a, b, c, and more'],
  ])('%j: %s', (rights, words) => {
    expect(
      rightsInWords(
        rights.map(([says, namespace]) => ({ says, namespace })),
        'shop',
      ),
    ).toBe(words);
  });
});
