import { describe, expect, it } from 'vitest';
import { containsMaskToken, isKeyId, maskToken, textContainsMaskToken } from '../../../proxy/masking/mask-token.ts';
import { KEY } from './requests.ts';

const PLACE = { kindClass: 'secrets', namespace: 'team-a', name: 'db', fieldPath: 'data.password' };
const value = Buffer.from('aHVudGVyMg==');

describe('mask token', () => {
  it('has the format gatehouse-masked.v1.<kid>.<22 characters of base64url>', () => {
    expect(maskToken(KEY, PLACE, value)).toMatch(/^gatehouse-masked\.v1\.k1\.[A-Za-z0-9_-]{22}$/);
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
});
