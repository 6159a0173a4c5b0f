import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { ValueMatcher } from '../../../proxy/redaction/value-matcher.ts';
import { growth, LINEAR } from '../growth.ts';

const BEGINNING = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.';

function tokens(count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const signature = createHash('sha256').update(String(index)).digest('base64url');
    return `${BEGINNING}${signature.slice(0, 20 + (index % 7))}`;
  });
}

function matcherOf(values: readonly string[]): ValueMatcher {
  const matcher = new ValueMatcher();
  for (const value of values) matcher.add(Buffer.from(value));
  return matcher;
}

function foundIn(matcher: ValueMatcher, text: string): string[] {
  return matcher.searchToEnd(Buffer.from(text)).map(({ start, end }) => text.slice(start, end));
}

it('finds each of many values that begin alike, the longest where one is the beginning of another', () => {
  const values = tokens(100);
  const matcher = matcherOf([...values, BEGINNING, `${values[3]}-and-more`]);
  expect(foundIn(matcher, values.join(' '))).toEqual(values);
  expect(foundIn(matcher, `${values[3]}-and-more, ${BEGINNING}!, ${values[4]}`)).toEqual([
    `${values[3]}-and-more`,
    BEGINNING,
    values[4],
  ]);
});

it('holds back what may become one of many values that begin alike', () => {
  const values = tokens(100);
  const matcher = matcherOf(values);
  const text = `before ${values[7]} ${values[8]?.slice(0, 60)}`;
  const { found, openFrom } = matcher.search(Buffer.from(text));
  expect(found).toHaveLength(1);
  expect(text.slice(openFrom)).toBe(values[8]?.slice(0, 60));
});

// Ten thousand tokens of one issuer have the same first part; each was once compared with all others.
it('case 66: is linear in tokens of one issuer', async () => {
  expect(
    await growth((count) => {
      const values = tokens(count);
      expect(foundIn(matcherOf(values), values.join(' '))).toHaveLength(count);
    }, 12_000),
  ).toBeLessThan(LINEAR);
});
