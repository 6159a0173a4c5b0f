import { describe, expect, it } from 'vitest';
import { holdsToken, tokensIn } from '../../../../proxy/masking/tokens/mask-text.ts';

const TOKEN = 'gatehouse-masked.v1.k1.8JCgNQpdhVZ6HFnAp3hUKg';

/** A text in base64, this often. */
function inLayers(text: string, layers: number): string {
  return layers === 0 ? text : inLayers(btoa(text), layers - 1);
}

describe('a token', () => {
  it.each([0, 1, 2, 3])('is found in %i layers of base64, alone and inside other text', (layers) => {
    for (const text of [TOKEN, `user:${TOKEN}`, `{"auth":"${TOKEN}"}`]) {
      const encoded = inLayers(text, layers);
      expect(holdsToken(encoded)).toBe(true);
      expect(holdsToken(`{"auths": "${encoded}", "more": 1}`)).toBe(true);
    }
  });

  it.each([0, 1, 2])('is told in %i layers of base64', (layers) => {
    expect(tokensIn(inLayers(`user:${TOKEN}`, layers))).toEqual([TOKEN]);
  });

  it('is not found where there is none', () => {
    for (const text of ['', 'plain', btoa('plain text that is long enough to hold one, and more than that')]) {
      expect([holdsToken(text), tokensIn(text)]).toEqual([false, []]);
    }
  });
});
