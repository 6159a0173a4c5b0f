import { describe, expect, it } from 'vitest';
import { newNameOf } from '../../../proxy/request/new-name.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';

const create = { verb: 'create', name: '' };
const read = (body: object) => readStrictJson(Buffer.from(JSON.stringify(body)));

describe('the name of what a create makes', () => {
  it.each<[string, object, string | null]>([
    ['is the one in its body', { metadata: { name: 'web' } }, 'web'],
    ['is a prefix where the API server makes it up', { metadata: { generateName: 'web-' } }, 'web-*'],
    ['is the name where both are there', { metadata: { name: 'web', generateName: 'x-' } }, 'web'],
    ['is unknown without either', { metadata: {} }, null],
    ['is unknown where it is no text', { metadata: { name: 7 } }, null],
    ['is unknown without metadata', { kind: 'Pod' }, null],
    ['is unknown where metadata is a list', { metadata: ['name'] }, null],
    ['is cut where no object could have it', { metadata: { name: 'a'.repeat(2_000) } }, 'a'.repeat(253)],
  ])('%s', (_what, body, name) => {
    expect(newNameOf(create, () => read(body))).toBe(name);
  });

  it('is none of a request that names its object itself, of another verb, or of a body that is not read', () => {
    const body = read({ metadata: { name: 'other' } });
    expect(newNameOf({ verb: 'create', name: 'web' }, () => body)).toBeNull();
    expect(newNameOf({ verb: 'deletecollection', name: '' }, () => body)).toBeNull();
    expect(newNameOf(create, () => null)).toBeNull();
  });
});
