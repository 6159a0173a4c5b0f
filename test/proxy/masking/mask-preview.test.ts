import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { maskPreview } from '../../../proxy/masking/mask-preview.ts';
import { apiRequest } from './requests.ts';

const JSON_PATCH = 'application/json-patch+json';

function preview(body: unknown, resource = 'secrets', contentType = 'application/json'): string | null {
  const bytes = typeof body === 'string' ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  return maskPreview(bytes, apiRequest({ resource }, { contentType }));
}

describe('the body on an approval card', () => {
  it('is indented JSON as it was sent: order, numbers and escapes stay', () => {
    expect(preview('{"b":12345678901234567890,"a":[true,null,{"c":"\\u003cx\\n"}],"d":{},"e":[]}', 'pods')).toBe(
      '{\n  "b": 12345678901234567890,\n  "a": [\n    true,\n    null,\n    {\n      "c": "\\u003cx\\n"\n    }\n  ],\n  "d": {},\n  "e": []\n}',
    );
  });

  it('case 60: shows the files of a ConfigMap without their credentials, and the rest of them', () => {
    const data = { 'a.properties': 'size=1\ndb.password=hunter2\n', DB_PASSWORD: 'hunter2', colour: 'blue' };
    expect(JSON.parse(preview({ data }, 'configmaps') ?? '')).toEqual({
      data: { 'a.properties': 'size=1\ndb.password=<masked>\n', DB_PASSWORD: '<masked>', colour: 'blue' },
    });
  });

  it.each<[string, unknown, string, string]>([
    [
      'data and stringData of a Secret',
      { data: { a: 'hunter2' }, stringData: { b: 'hunter2', n: 77771 } },
      'secrets',
      'application/json',
    ],
    [
      'last-applied',
      { metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' } } },
      'deployments',
      'application/json',
    ],
    [
      'JSON Patch of a Secret',
      [
        { op: 'add', path: '/data/a', value: 'hunter2' },
        { value: 'hunter2', path: '/data/b', op: 'add' },
      ],
      'secrets',
      JSON_PATCH,
    ],
    [
      'JSON Patch of a whole Secret',
      [{ op: 'replace', path: '', value: { data: { a: 'hunter2' } } }],
      'secrets',
      JSON_PATCH,
    ],
    [
      'environment variables',
      { spec: { containers: [{ env: [{ name: 'DB_PASSWORD', value: 'hunter2' }] }] } },
      'pods',
      'application/json',
    ],
    [
      'fields that say so',
      { spec: { token: 'hunter2', apiKey: 'hunter2', passwords: ['hunter2'], tokens: ['hunter2'] } },
      'tokenreviews',
      'application/json',
    ],
    ['URLs with a password', { args: ['postgres://app:hunter2@db/x'] }, 'pods', 'application/json'],
    ['YAML', 'kind: Secret\nstringData:\n  a: hunter2\n', 'secrets', 'application/apply-patch+yaml'],
  ])('does not show %s', (_, body, resource, contentType) => {
    const shown = preview(body, resource, contentType);
    expect(shown).not.toMatch(/hunter2|77771/);
    expect(shown).toContain('<masked>');
  });

  it('shows what an approver judges by: names, references, other variables', () => {
    const shown = preview(
      {
        spec: {
          volumes: [{ secret: { secretName: 'db' } }],
          containers: [
            {
              image: 'postgres:17',
              args: ['pg_dump'],
              env: [
                { name: 'MODE', value: 'dump' },
                { name: 'P', valueFrom: { secretKeyRef: { name: 'db', key: 'pw' } } },
              ],
            },
          ],
        },
      },
      'pods',
    );
    for (const text of ['"secretName": "db"', '"dump"', '"pg_dump"', '"key": "pw"', 'postgres:17'])
      expect(shown).toContain(text);
    expect(preview([{ op: 'add', path: '/metadata/labels/a', value: 'b' }], 'secrets', JSON_PATCH)).toContain(
      '"value": "b"',
    );
  });

  it('is cut at 16 KiB, after masking, and says so', () => {
    const shown = preview({ stringData: { a: 'hunter2'.repeat(5000) }, list: Array(5000).fill('x') }) ?? '';
    expect(shown.length).toBeLessThan(17 * 1024);
    expect(shown).toMatch(/cut here; the body has \d+ bytes$/);
    expect(shown).not.toContain('hunter2');
  });

  it.each([
    ['nothing', ''],
    ['protobuf', 'k8s\0\n\u0002v1'],
    ['half a document', '{"data":{"a":"hunter2"'],
    ['a bare text', 'hunter2'],
  ])('is null for %s', (_, body) => {
    expect(preview(body)).toBeNull();
  });

  const VALUE = 'Xk9pQz7mVw2r';
  const inBase64 = Buffer.from(VALUE).toString('base64');
  const packed = gzipSync(JSON.stringify({ x: VALUE })).toString('base64');
  it.each<[string, unknown, string?]>([
    [
      'annotations, labels, keys and finalizers of a Secret',
      {
        metadata: {
          annotations: { note: `is ${VALUE}`, diff: `data:\n  x: ${inBase64}\n`, packed, [VALUE]: 'y' },
          labels: { app: VALUE },
          finalizers: [`example.com/${VALUE}`],
          managedFields: [{ fieldsV1: { 'f:metadata': { [`f:${VALUE}`]: {} } } }],
        },
        data: { password: inBase64 },
      },
    ],
    ['stringData', { metadata: { annotations: { packed, note: inBase64 } }, stringData: { password: VALUE } }],
    [
      'what only the copy in last-applied says',
      {
        metadata: {
          annotations: {
            'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ stringData: { password: VALUE } }),
            note: VALUE,
          },
        },
      },
    ],
    [
      'a JSON Patch',
      [
        { op: 'add', path: '/metadata/labels/app', value: VALUE },
        { op: 'add', path: `/metadata/labels/${VALUE}`, value: 'x' },
        { op: 'add', path: '/data/password', value: inBase64 },
      ],
      JSON_PATCH,
    ],
    [
      'YAML',
      `metadata:\n  labels: {app: ${VALUE}}\nstringData: {password: ${VALUE}}\n`,
      'application/apply-patch+yaml',
    ],
  ])('case 59: shows no value of a Secret in its metadata: %s', (_name, body, contentType) => {
    const shown = preview(body, 'secrets', contentType) ?? '';
    expect(shown).toContain('<masked>');
    for (const form of [VALUE, inBase64, packed]) expect(shown).not.toContain(form);
  });

  it('shows what of a Secret holds none of its values', () => {
    const shown = preview({ metadata: { labels: { app: 'postgres' } }, stringData: { username: 'postgres' } });
    expect(shown).toContain('"app": "postgres"');
  });
});
