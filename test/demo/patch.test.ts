import { describe, expect, it } from 'vitest';
import { JsonPatchError, jsonPatch } from '../../demo/patch/json-patch.ts';
import { mergePatch } from '../../demo/patch/merge-patch.ts';
import { strategicMergePatch } from '../../demo/patch/strategic-merge-patch.ts';
import type { Json } from '../../demo/store/json.ts';

describe('a merge patch (RFC 7386)', () => {
  it.each<[string, Json, Json, Json]>([
    ['adds and replaces fields', { a: 'b' }, { a: 'c', d: 1 }, { a: 'c', d: 1 }],
    ['removes with null', { a: 'b', c: 'd' }, { a: null }, { c: 'd' }],
    ['merges objects', { a: { b: 'c' } }, { a: { d: 'e' } }, { a: { b: 'c', d: 'e' } }],
    ['replaces lists whole', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['drops nulls below a new object', {}, { a: { b: { c: null } } }, { a: { b: {} } }],
    ['treats __proto__ as any field', {}, JSON.parse('{"__proto__":{"x":1}}'), JSON.parse('{"__proto__":{"x":1}}')],
  ])('%s', (_title, target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });
});

describe('a JSON patch (RFC 6902)', () => {
  it.each<[string, Json, Json, Json]>([
    ['adds', { a: 1 }, [{ op: 'add', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['inserts into a list', { a: [1, 3] }, [{ op: 'add', path: '/a/1', value: 2 }], { a: [1, 2, 3] }],
    ['appends to a list', { a: [1] }, [{ op: 'add', path: '/a/-', value: 2 }], { a: [1, 2] }],
    ['removes', { a: 1, b: 2 }, [{ op: 'remove', path: '/a' }], { b: 2 }],
    ['replaces', { a: 1 }, [{ op: 'replace', path: '/a', value: 2 }], { a: 2 }],
    ['copies', { a: { x: 1 } }, [{ op: 'copy', from: '/a', path: '/b' }], { a: { x: 1 }, b: { x: 1 } }],
    ['moves', { a: 1 }, [{ op: 'move', from: '/a', path: '/b' }], { b: 1 }],
    ['unescapes pointers', { 'a/b': 1 }, [{ op: 'replace', path: '/a~1b', value: 2 }], { 'a/b': 2 }],
    ['goes on after a test that holds', { a: 1 }, [{ op: 'test', path: '/a', value: 1 }], { a: 1 }],
  ])('%s', (_title, document, patch, result) => {
    expect(jsonPatch(document, patch)).toEqual(result);
  });

  it.each<[string, Json]>([
    ['a test that fails', [{ op: 'test', path: '/a', value: 2 }]],
    ['a path that leads nowhere', [{ op: 'remove', path: '/zz' }]],
    ['an unknown operation', [{ op: 'frob', path: '/a' }]],
    ['an index beyond the end', [{ op: 'add', path: '/list/9', value: 1 }]],
    ['no list', { op: 'add' }],
  ])('refuses %s and leaves the document alone', (_title, patch) => {
    const document = { a: 1, list: [1] };
    expect(() => jsonPatch(document, patch)).toThrow(JsonPatchError);
    expect(document).toEqual({ a: 1, list: [1] });
  });
});

describe('a strategic merge patch', () => {
  const pod = {
    containers: [
      { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }], ports: [{ containerPort: 80 }] },
      { name: 'b', image: 'b:1' },
    ],
    tolerations: [{ key: 'k' }],
  };

  it.each<[string, Json, (result: Json) => void]>([
    [
      'merges containers and their env by name',
      { containers: [{ name: 'a', image: 'a:2', env: [{ name: 'Y', value: '2' }] }] },
      (result) =>
        expect(result).toMatchObject({
          containers: [
            { name: 'a', image: 'a:2', env: [{ name: 'Y' }, { name: 'X' }] },
            { name: 'b', image: 'b:1' },
          ],
        }),
    ],
    [
      'deletes an item with $patch',
      { containers: [{ name: 'a', $patch: 'delete' }] },
      (result) => expect(result).toMatchObject({ containers: [{ name: 'b' }] }),
    ],
    [
      'orders with $setElementOrder',
      { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }], containers: [{ name: 'b', image: 'b:2' }] },
      (result) => expect(result).toMatchObject({ containers: [{ name: 'b', image: 'b:2' }, { name: 'a' }] }),
    ],
    [
      'merges ports by containerPort',
      { containers: [{ name: 'a', ports: [{ containerPort: 81 }] }] },
      (result) =>
        expect(result).toMatchObject({ containers: [{ ports: [{ containerPort: 81 }, { containerPort: 80 }] }, {}] }),
    ],
    [
      'replaces lists that have no merge key',
      { tolerations: [{ key: 'z' }] },
      (result) => expect(result).toMatchObject({ tolerations: [{ key: 'z' }] }),
    ],
    ['removes with null', { tolerations: null }, (result) => expect(result).not.toHaveProperty('tolerations')],
  ])('%s', (_title, patch, check) => {
    check(strategicMergePatch(structuredClone(pod), patch));
  });
});
