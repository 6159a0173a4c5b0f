import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { OrderedSplices } from '../../../proxy/masking/walk/ordered-splices.ts';
import { apiRequest, arriving, KEY, MASK_SECRETS } from './requests.ts';

const TOKEN = /^gatehouse-masked\.v1\.k1\.[\w-]{22}$/;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

function dataOf(keys: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${index}`, base64(`v4lue-${index}-Zq`)]));
}

async function mask(metadata: object, data: Record<string, string>) {
  const secret = { kind: 'Secret', apiVersion: 'v1', metadata: { name: 'db', namespace: 'a', ...metadata }, data };
  const masked = await maskDocument(
    arriving(JSON.stringify(secret)),
    { request: apiRequest({ verb: 'get', name: 'db' }), obligations: [MASK_SECRETS] },
    { key: KEY },
  );
  const pieces = [...masked.chunks];
  for await (const piece of masked.rest ?? []) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as {
    metadata: { annotations: Record<string, string>; labels?: Record<string, string> };
    data: Record<string, string>;
  };
}

describe('case 59: what looking for own values may cost', () => {
  it('of tens of thousands of keys each is looked at once, not once for each other', async () => {
    const masked = await mask({ annotations: { note: 'x'.repeat(300) } }, dataOf(40_000));
    expect(Object.keys(masked.data)).toHaveLength(40_000);
  });

  it('a text that may hold any of very many values is masked unseen, and names that hold none stay', async () => {
    const labels = { app: 'shop', tier: 'back-end' };
    const masked = await mask({ annotations: { note: 'nothing '.repeat(50) }, labels }, dataOf(600));
    expect(masked.metadata).toMatchObject({ annotations: { note: expect.stringMatching(TOKEN) }, labels });
  });

  it('names are masked where one of very many values stands among them', async () => {
    const masked = await mask({ annotations: {}, labels: { app: 'v4lue-577-Zq' } }, dataOf(600));
    expect(Object.values(masked.metadata.labels ?? {})).toEqual([expect.stringMatching(TOKEN)]);
  });

  it('of many values the one that is said is found, and a text without any stays', async () => {
    const annotations = { note: 'is v4lue-433-Zq now', other: 'nothing '.repeat(50) };
    const masked = await mask({ annotations }, dataOf(450));
    expect(masked.metadata.annotations).toMatchObject({ note: expect.stringMatching(TOKEN), other: annotations.other });
  });

  const long = 250_000;
  it.each([
    ['%41'.repeat(long / 3)],
    ['\\'.repeat(long)],
    ['eJw'.repeat(long / 3)],
    ['abcdefghijkl '.repeat(long / 13)],
    [Array.from({ length: 20 }, (_, index) => gzipSync(`${index} `.repeat(300_000)).toString('base64')).join(' ')],
  ])('a text that is dear to look into is masked unseen, and short ones beside it stay: %.20s', async (text) => {
    const labels = { app: 'shop', tier: 'back-end' };
    const masked = await mask({ annotations: { note: text, team: 'a team' }, labels }, dataOf(3));
    expect(masked.metadata.annotations).toEqual({ note: expect.stringMatching(TOKEN), team: 'a team' });
    expect(masked.metadata.labels).toEqual(labels);
  });
});

describe('ordered splices', () => {
  const splices = new OrderedSplices([
    { start: 20, end: 30 },
    { start: 5, end: 9 },
  ]);

  it.each([
    [5, 9, true, true],
    [6, 8, true, false],
    [4, 9, false, true],
    [0, 40, false, true],
    [9, 20, false, false],
    [25, 31, false, false],
    [29, 30, true, false],
  ])('[%i, %i): around %s, within %s', (start, end, around, within) => {
    expect([splices.around({ start, end }), splices.within({ start, end })]).toEqual([around, within]);
  });

  it('leaves what is between them', () => {
    expect(splices.between(2, 30)).toEqual([
      { start: 0, end: 3 },
      { start: 7, end: 18 },
      { start: 28, end: 30 },
    ]);
    expect(splices.between(0, 30)).toEqual([
      { start: 0, end: 5 },
      { start: 9, end: 20 },
    ]);
  });
});
