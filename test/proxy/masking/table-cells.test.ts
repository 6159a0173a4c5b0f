import { describe, expect, it } from 'vitest';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { REDACTED } from '../../../proxy/masking/tokens/mask-token.ts';
import { apiRequest, arriving, KEY } from './requests.ts';

/** The cells of one row of a custom resource of which `spec.pin` is masked. */
async function cellsOf(cells: readonly unknown[], pin: string): Promise<unknown[]> {
  const request = apiRequest({ verb: 'list', resource: 'vaults', apiGroup: 'example.com' });
  const rule = { resource: 'vaults.example.com', fields: ['spec.pin'], annotations: [], keep: [] };
  const object = { kind: 'Vault', metadata: { name: 'v' }, spec: { pin } };
  const text = JSON.stringify({ kind: 'Table', columnDefinitions: [], rows: [{ cells, object }] });
  const { chunks } = await maskDocument(arriving(text), { request, obligations: [rule] }, { key: KEY });
  return JSON.parse(Buffer.concat(chunks).toString()).rows[0].cells;
}

describe('a cell of a Table', () => {
  it.each<[string, string, readonly unknown[], readonly unknown[]]>([
    ['that is what is masked, however short', 'pw', ['v', 'pw'], ['v', REDACTED]],
    ['that quotes it', 'hunter2', ['v', 'pin: hunter2!'], ['v', REDACTED]],
    ['that quotes it with escapes', 'a"b\\c', ['v', 'pin: a"b\\c'], ['v', REDACTED]],
    ['that has a few of its letters by chance', 'pw', ['pwned', 'spw'], ['pwned', 'spw']],
    ['beside an empty value', '', ['v', ''], ['v', '']],
    ['that is no text', 'hunter2', [5432, null, true], [5432, null, true]],
  ])('%s', async (_, pin, cells, expected) => {
    expect(await cellsOf(cells, pin)).toEqual(expected);
  });
});
