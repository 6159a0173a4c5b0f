import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { maskToken } from '../../../proxy/masking/tokens/mask-token.ts';
import { Random, seeds } from './random.ts';
import { arriving, KEY, secretsSubject } from './requests.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const base64 = (text: string) => Buffer.from(text).toString('base64');

const token = (fieldPath: string, value: string, name: string, namespace: string) =>
  maskToken(KEY, { kindClass: 'secrets', namespace, name, fieldPath }, Buffer.from(value));

/** As Go writes a JSON string. */
const goString = (text: string) =>
  JSON.stringify(text).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);

describe('masking random lists of Secrets', () => {
  it.each(seeds(40))(
    'replaces the values, all of them and nothing else, however the bytes are cut (seed %i)',
    async (seed) => {
      for (let round = 0; round < 10; round += 1) {
        const roundSeed = seed * 100 + round;
        const text = renderList(new Random(roundSeed), (_place, value) => value);
        const expected = renderList(new Random(roundSeed), ({ name, namespace, field }, value) => {
          const made = token(field, value, name, namespace);
          return field.startsWith('data.') ? base64(made) : made;
        });
        const pieces = new Random(roundSeed + 1).pieces(Buffer.from(text));
        const masked = await maskDocument(arriving(...pieces), secretsSubject(), { key: KEY });
        expect(Buffer.concat(masked.chunks).toString('utf8')).toBe(expected);
        JSON.parse(expected);
      }
    },
  );

  type Write = (place: { name: string; namespace: string; field: string }, value: string) => string;

  /** A list of Secrets as text; the same random choices for the same seed, whatever `write` makes of the values. */
  function renderList(random: Random, write: Write): string {
    const items = Array.from({ length: random.below(5) }, () => renderSecret(random, write));
    const members = [
      `"kind":"SecretList"`,
      `"items":[${items.join(random.pick([',', ' ,\n']))}]`,
      `"metadata":{"n":18446744073709551615}`,
    ];
    return `{${shuffled(random, members).join(',')}}${random.pick(['', '\n'])}`;
  }

  function renderSecret(random: Random, write: Write): string {
    const place = { name: `s${random.below(1000)}`, namespace: random.pick(['a', 'b']) };
    const values = (map: string) =>
      Array.from({ length: random.below(4) }, (_, index) => {
        const value = base64(random.text());
        return `"k${index}":${JSON.stringify(write({ ...place, field: `${map}.k${index}` }, value))}`;
      }).join(', ');
    const copy = `{"data":{${values('data')}},"stringData":{${values('stringData')}},"x":${JSON.stringify(otherText(random))}}\n`;
    const annotations = [`"note":${JSON.stringify(otherText(random))}`];
    if (random.next() < 0.5) annotations.push(`"${LAST_APPLIED}":${goString(copy)}`);
    const meta = shuffled(random, [
      `"name":"${place.name}"`,
      `"namespace":"${place.namespace}"`,
      `"annotations":{${shuffled(random, annotations).join(',')}}`,
      `"managedFields":${JSON.stringify([{ [otherText(random)]: otherText(random) }, random.below(9)])}`,
      `"generation":9007199254740993`,
    ]);
    return `{${shuffled(random, [
      `"metadata": {${meta.join(',')}}`,
      `"data":{${values('data')}}`,
      `"type":"Opaque"`,
      `"other":${JSON.stringify(random.json())}`,
    ]).join(',\t')}}`;
  }

  /** In none of the characters that values are made of: what holds a value of its own Secret is masked too. */
  function otherText(random: Random): string {
    const alphabet = ['b', 'Y', '\t', '>', "'", 'ü', '日', '🙂', '(', '\u2029', ';'];
    return Array.from({ length: random.below(12) }, () => random.pick(alphabet)).join('');
  }

  function shuffled<T>(random: Random, items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, order: random.next() }))
      .sort((a, b) => a.order - b.order)
      .map(({ item }) => item);
  }
});
