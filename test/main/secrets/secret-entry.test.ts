import { describe, expect, test } from 'vitest';
import { toSecretEntry } from '../../../main/secrets/secret-entry.ts';

const object = {
  metadata: {
    name: 'db',
    namespace: 'payments',
    creationTimestamp: '2026-01-02T03:04:05Z',
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"password":"canary-annotation"}}' },
    ownerReferences: [{ kind: 'ExternalSecret', name: 'db', uid: 'u', apiVersion: 'v1' }],
  },
  type: 'Opaque',
  data: { username: 'Y2FuYXJ5', password: 'canary-value', empty: '' },
  stringData: { other: 'canary-string' },
  immutable: true,
};

describe('a Secret on the way to the screen', () => {
  test('keeps its keys and nothing that values could be guessed from', () => {
    const entry = toSecretEntry(object);
    expect(entry).toEqual({
      namespace: 'payments',
      name: 'db',
      type: 'Opaque',
      keys: ['empty', 'password', 'username'],
      createdAt: '2026-01-02T03:04:05Z',
      owners: ['ExternalSecret/db'],
      immutable: true,
    });
    expect(JSON.stringify(entry)).not.toMatch(/canary|Y2FuYXJ5/);
  });

  test('may have no data', () => {
    expect(toSecretEntry({ metadata: { name: 'a', namespace: 'b' }, data: null }).keys).toEqual([]);
  });

  test('is not shown when it is something else', () => {
    expect(() => toSecretEntry({ kind: 'Status' })).toThrow();
  });
});
