import { describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../model/decision.ts';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { Random, seeds } from './random.ts';
import { apiRequest, arriving, KEY } from './requests.ts';

const CREDENTIALS: MaskObligation = {
  resource: '*',
  fields: [],
  annotations: [],
  keep: [],
  patterns: ['builtin:credentials'],
};

const CANARY = 'c4n4ry-value-of-it';

async function mask(pieces: ReadonlyArray<string | Uint8Array>): Promise<string> {
  const request = apiRequest({ resource: 'things', apiGroup: 'example.com' });
  const { chunks, rest } = await maskDocument(
    arriving(...pieces),
    { request, obligations: [CREDENTIALS] },
    { key: KEY },
  );
  const more: Uint8Array[] = [];
  if (rest !== null) for await (const piece of rest) more.push(piece);
  return Buffer.concat([...chunks, ...more]).toString('utf8');
}

describe('objects that nobody knows the form of', () => {
  it.each(seeds(30))('lose their credentials and nothing else, however the bytes are cut (seed %i)', async (seed) => {
    for (let round = 0; round < 10; round += 1) {
      const random = new Random(seed * 100 + round);
      const holder = () => ({
        env: shuffled(random, [
          { name: 'DB_PASSWORD', value: CANARY },
          { value: CANARY, name: 'API_TOKEN' },
          { name: 'LEVEL', value: 'info' },
        ]),
        args: ['run', `--password=${CANARY}`],
      });
      const object = nested(random, holder);
      const text = JSON.stringify({
        kind: 'Thing',
        ...entries(random, { metadata: { name: 'a' }, spec: object, extra: random.json() }),
      });
      const masked = await mask(random.pieces(Buffer.from(text)));
      expect(masked).not.toContain('c4n4ry');
      const back = masked.replace(/gatehouse-masked\.v1\.k1\.[\w-]{22}/g, CANARY);
      expect(back).toBe(text);
    }
  });
});

/** A holder somewhere inside a random structure. */
function nested(random: Random, holder: () => object): object {
  let inner: unknown = holder();
  for (let depth = random.below(6); depth > 0; depth -= 1) {
    inner = random.pick([
      () => ({ [random.pick(['spec', 'template', 'items', 'a<b', 'containers'])]: inner, more: random.json() }),
      () => [random.json(), inner],
    ])();
  }
  return { inner };
}

function entries(random: Random, object: object): object {
  return Object.fromEntries(shuffled(random, Object.entries(object)));
}

function shuffled<T>(random: Random, items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
