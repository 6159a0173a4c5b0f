import { describe, expect, it } from 'vitest';
import { unescapeText } from '../../../../proxy/masking/scan/escaped-text.ts';
import { Random, seeds } from '../random.ts';

/** A JSON string in one of its many spellings. */
function spell(random: Random, text: string): string {
  let spelled = '';
  for (const unit of text.split('')) {
    const code = unit.charCodeAt(0);
    const mayStand = code >= 0x20 && unit !== '"' && unit !== '\\' && !(code >= 0xd800 && code <= 0xdfff);
    if (mayStand && random.next() < 0.7) spelled += unit;
    else if (random.next() < 0.5 && JSON.stringify(unit).length === 4) spelled += JSON.stringify(unit).slice(1, -1);
    else spelled += `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return spelled;
}

describe('the text of a JSON string', () => {
  it.each(seeds(30))(
    'is what JSON.parse reads, in UTF-8, and every place leads back to where it was written (seed %i)',
    (seed) => {
      const random = new Random(seed);
      for (let round = 0; round < 50; round += 1) {
        const text = random.text() + random.pick(['', '\ud800', '\udc00x', '😀\ud83d']) + random.text();
        const raw = Buffer.from(spell(random, text));
        const { bytes, written } = unescapeText(raw);
        const plain = JSON.parse(`"${raw.toString()}"`) as string;
        expect(bytes).toEqual(Buffer.from(plain));
        let before = '';
        for (const character of plain) {
          const place = written(Buffer.byteLength(before));
          expect(JSON.parse(`"${raw.toString('utf8', 0, place)}"`)).toBe(before);
          before += character;
        }
        expect(written(bytes.length)).toBe(raw.length);
      }
    },
  );
});
