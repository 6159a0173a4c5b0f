import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { apiRequest, arriving, KEY } from './requests.ts';

const CREDENTIALS = { resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:credentials'] };
const VALUE = 'hunter2-and-more';

/** A Pod with one environment variable, as its bytes have it. */
async function masked(entry: string): Promise<string> {
  const request = apiRequest({ verb: 'get', resource: 'pods', name: 'web' });
  const pod = `{"kind":"Pod","metadata":{"name":"web"},"spec":{"containers":[{"name":"app","env":[${entry}]}]}}`;
  const { chunks } = await maskDocument(arriving(pod), { request, obligations: [CREDENTIALS] }, { key: KEY });
  return Buffer.concat(chunks).toString();
}

describe('an environment variable', () => {
  it.each([
    ['first', `{"name":"DB_PASSWORD","value":"${VALUE}"}`],
    ['last', `{"value":"${VALUE}","name":"DB_PASSWORD"}`],
  ])('is masked by a name that comes %s', async (_, entry) => {
    expect(await masked(entry)).not.toContain(VALUE);
  });

  it('of another name stays', async () => {
    expect(await masked(`{"name":"COLOUR","value":"${VALUE}"}`)).toContain(VALUE);
  });

  it.each([
    ['two names', `{"name":"DB_PASSWORD","value":"${VALUE}","name":"COLOUR"}`],
    ['two names before its value', `{"name":"COLOUR","name":"DB_PASSWORD","value":"${VALUE}"}`],
    ['two values', `{"name":"DB_PASSWORD","value":"a","value":"${VALUE}"}`],
    ['a name under an escaped key', `{"n\\u0061me":"DB_PASSWORD","value":"${VALUE}"}`],
  ])('with %s is not sent: readers differ in which they take', async (_, entry) => {
    await expect(masked(entry)).rejects.toMatchObject({ code: 'response-not-maskable' });
  });
});
