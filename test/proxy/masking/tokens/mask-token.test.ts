import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  containsMaskToken,
  isKeyId,
  isTokenOfAnotherKey,
  keyOfCluster,
  maskToken,
  textContainsMaskToken,
} from '../../../../proxy/masking/tokens/mask-token.ts';
import { Random, seeds } from '../random.ts';
import { KEY } from '../requests.ts';

const PLACE = { kindClass: 'secrets', namespace: 'team-a', name: 'db', fieldPath: 'data.password' };
const value = Buffer.from('aHVudGVyMg==');

describe('mask token', () => {
  it('has the format gatehouse-masked.v1.<kid>.<22 characters of base64url>', () => {
    expect(maskToken(KEY, PLACE, value)).toMatch(/^gatehouse-masked\.v1\.k1\.[A-Za-z0-9_-]{22}$/);
  });

  it('says nothing of equal values under equal names in two clusters', () => {
    const [one, other] = [keyOfCluster(KEY, 'prod'), keyOfCluster(KEY, 'staging')];
    expect(maskToken(one, PLACE, value)).not.toBe(maskToken(other, PLACE, value));
    expect(maskToken(one, PLACE, value)).toBe(maskToken(keyOfCluster(KEY, 'prod'), PLACE, value));
    expect(one.kid).toBe(KEY.kid);
  });

  it('is the same for the same value in the same place, and as long for a longer value', () => {
    expect(maskToken(KEY, PLACE, value)).toBe(maskToken(KEY, PLACE, value));
    expect(maskToken(KEY, PLACE, Buffer.alloc(10_000, 65))).toHaveLength(maskToken(KEY, PLACE, value).length);
  });

  it.each([
    ['another object', { ...PLACE, name: 'db2' }],
    ['another namespace', { ...PLACE, namespace: 'team-b' }],
    ['another field', { ...PLACE, fieldPath: 'data.user' }],
    ['another kind', { ...PLACE, kindClass: 'configmaps' }],
    ['a boundary moved between namespace and name', { ...PLACE, namespace: 'team-', name: 'adb' }],
  ])('differs for %s', (_, place) => {
    expect(maskToken(KEY, place, value)).not.toBe(maskToken(KEY, PLACE, value));
  });

  it('differs for another value and another key', () => {
    expect(maskToken(KEY, PLACE, Buffer.from('x'))).not.toBe(maskToken(KEY, PLACE, value));
    expect(maskToken({ ...KEY, key: Buffer.alloc(32, 8) }, PLACE, value)).not.toBe(maskToken(KEY, PLACE, value));
  });

  it.each(seeds(20))(
    'is HMAC-SHA256 as RFC 2104 has it, cut to 128 bits, for any key, place and value (seed %i)',
    (seed) => {
      const random = new Random(seed);
      const bytes = (length: number) => Buffer.from(Array.from({ length }, () => random.below(256)));
      for (let round = 0; round < 20; round += 1) {
        const key = bytes(random.pick([1, 32, 64, 65, 200]));
        const longName = random.pick(['', 'n', '漢'.repeat(16_384), 'x'.repeat(20_000)]);
        const texts = [random.text(), random.text(), longName, random.text()] as const;
        const [kindClass, namespace, name, fieldPath] = texts;
        const content = bytes(random.pick([0, 1, 40, 3000, 16_384, 16_385]));
        const mac = createHmac('sha256', key)
          .update(texts.map((text) => `${text.length}:${text},`).join(''))
          .update(content);
        const expected = `gatehouse-masked.v1.k.${mac.digest().toString('base64url', 0, 16)}`;
        expect(maskToken({ kid: 'k', key }, { kindClass, namespace, name, fieldPath }, content)).toBe(expected);
      }
    },
  );

  it('keeps its value over time: tokens that clients have stored are recognised', () => {
    expect(maskToken(KEY, PLACE, value)).toBe('gatehouse-masked.v1.k1.8JCgNQpdhVZ6HFnAp3hUKg');
  });

  it('takes key ids that stay inside the alphabet only', () => {
    expect(isKeyId('k-1_A')).toBe(true);
    for (const kid of ['', 'a.b', 'a/b', 'a b', 'x'.repeat(33)]) expect(isKeyId(kid)).toBe(false);
  });
});

describe('recognising a token', () => {
  const token = maskToken(KEY, PLACE, value);
  it.each([0, 1, 2, 3, 4, 5])('finds it in base64 behind %i other bytes, with other bytes behind', (before) => {
    const encoded = Buffer.from(`${'x'.repeat(before)}${token}\n`).toString('base64');
    expect(containsMaskToken(Buffer.from(`{"data":{"a":"${encoded}"}}`))).toBe(true);
    expect(textContainsMaskToken(encoded)).toBe(true);
  });

  it('finds it plain, and in base64 that is broken into lines', () => {
    expect(containsMaskToken(Buffer.from(`a${token}b`))).toBe(true);
    const wrapped = Buffer.from(token)
      .toString('base64')
      .replace(/(.{10})/g, '$1\n');
    expect(textContainsMaskToken(wrapped)).toBe(true);
  });

  it('is not taken in by what only looks alike', () => {
    expect(containsMaskToken(Buffer.from('gatehouse-masked.v2.k1.x gatehouse_masked.v1.'))).toBe(false);
    expect(containsMaskToken(Buffer.from(Buffer.from('gatehouse-mask').toString('base64')))).toBe(false);
  });

  it('tells a whole token of another key from its own, from a part and from more than one', () => {
    const own = KEY.kid;
    expect(isTokenOfAnotherKey(Buffer.from(token), 'another')).toBe(true);
    expect(isTokenOfAnotherKey(Buffer.from(token), own)).toBe(false);
    for (const text of [`${token} `, ` ${token}`, token.slice(0, -1), `${token}x`, `${token}${token}`, '']) {
      expect(isTokenOfAnotherKey(Buffer.from(text), 'another')).toBe(false);
    }
  });
});
