import { describe, expect, it } from 'vitest';
import { maskToken } from '../../../proxy/masking/mask-token.ts';
import { protectWrite } from '../../../proxy/masking/write-protection.ts';
import { Refusal } from '../../../proxy/refusal.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';
import { apiRequest, KEY } from './requests.ts';

const TOKEN = maskToken(
  KEY,
  { kindClass: 'secrets', namespace: 'team-a', name: 'db', fieldPath: 'data.password' },
  Buffer.from('x'),
);
const encoded = Buffer.from(TOKEN).toString('base64');

function refusal(
  body: unknown,
  contentType = 'application/json',
  info: Parameters<typeof apiRequest>[0] = { verb: 'update', name: 'db' },
): Refusal | null {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  try {
    protectWrite(apiRequest(info, { contentType }), bytes, Buffer.isBuffer(body) ? null : readStrictJson(bytes));
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

const fields = (found: Refusal | null) => found?.details.causes?.map(({ field }) => field);

describe('case 37: a mask is never written over a value', () => {
  it.each<[string, object, string]>([
    ['in data, as base64', { data: { user: 'YQ==', password: encoded } }, 'data.password'],
    ['in stringData, plain', { stringData: { password: TOKEN } }, 'stringData.password'],
    ['in a key with a dot', { data: { 'tls.key': encoded } }, 'data[tls.key]'],
    ['behind other bytes in base64', { data: { k: Buffer.from(`ab${TOKEN}\n`).toString('base64') } }, 'data.k'],
    ['in base64 of several lines', { data: { k: encoded.replace(/(.{20})/g, '$1\n') } }, 'data.k'],
    [
      'in last-applied',
      {
        metadata: {
          annotations: { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { k: encoded } }) },
        },
      },
      'metadata.annotations[kubectl.kubernetes.io/last-applied-configuration]',
    ],
    [
      'in a list',
      { spec: { containers: [{ env: [{ name: 'A', value: `x${TOKEN}` }] }] } },
      'spec.containers[0].env[0].value',
    ],
    ['as a key', { data: { [TOKEN]: 'x' } }, 'data'],
  ])('%s: 422 that names the field', (_, body, field) => {
    const found = refusal(body);
    expect(found).toMatchObject({ code: 'mask-written-back', status: 422 });
    expect(fields(found)).toEqual([field]);
    expect(found?.details.causes?.[0]?.reason).toBe('FieldValueForbidden');
    expect(found?.message).toContain(field);
    expect(found?.message).not.toContain(TOKEN);
  });

  it('names each field, in order, and the object from the body of a create', () => {
    const found = refusal({ metadata: { name: 'copy' }, data: { a: encoded, b: encoded } }, 'application/json', {
      verb: 'create',
    });
    expect(fields(found)).toEqual(['data.a', 'data.b']);
    expect(found?.details.name).toBe('copy');
  });

  it('in any resource', () => {
    expect(refusal({ data: { k: TOKEN } }, 'application/json', { resource: 'configmaps' })?.code).toBe(
      'mask-written-back',
    );
  });

  it('in a JSON Patch: the field that the operation writes', () => {
    const patch = 'application/json-patch+json';
    expect(fields(refusal([{ op: 'replace', path: '/data/tls.key', value: encoded }], patch))).toEqual([
      'data[tls.key]',
    ]);
    expect(fields(refusal([{ op: 'add', path: '', value: { data: { 'a/b': encoded } } }], patch))).toEqual([
      'data[a/b]',
    ]);
  });

  it('hidden behind escapes, which only the reader sees through', () => {
    const text = `{"stringData":{"k":"\\u0067${TOKEN.slice(1)}"}}`;
    expect(() =>
      protectWrite(
        apiRequest({}, { contentType: 'application/json' }),
        Buffer.from(text),
        readStrictJson(Buffer.from(text)),
      ),
    ).toThrow(expect.objectContaining({ code: 'mask-written-back' }));
  });

  it('in bytes that the reader leaves out, such as a comment in YAML', () => {
    const bytes = Buffer.from(`# ${TOKEN}\nkind: Secret\n`);
    expect(() =>
      protectWrite(
        apiRequest({}, { contentType: 'application/apply-patch+yaml' }),
        bytes,
        new Map([['kind', 'Secret']]),
      ),
    ).toThrow(expect.objectContaining({ code: 'mask-written-back' }));
  });

  it('in protobuf, where the key of the entry is named', () => {
    const field = (number: number, ...parts: Array<Buffer | string>) => {
      const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
      const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
      return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
    };
    const secret = Buffer.concat([
      field(1, field(1, 'db')),
      field(2, field(1, 'user'), field(2, 'admin')),
      field(2, field(1, 'password'), field(2, TOKEN)),
      field(4, field(1, 'other'), field(2, TOKEN)),
    ]);
    const body = Buffer.concat([Buffer.from('k8s\0'), field(1, field(1, 'v1'), field(2, 'Secret')), field(2, secret)]);
    const protobuf = 'application/vnd.kubernetes.protobuf';
    expect(fields(refusal(body, protobuf))).toEqual(['data.password', 'stringData.other']);
    expect(fields(refusal(body, protobuf, { resource: 'configmaps' }))).toEqual(['']);
    expect(refusal(Buffer.from(`junk${TOKEN}`), protobuf)?.code).toBe('mask-written-back');
  });

  it('lets everything else through, whatever it looks like', () => {
    for (const body of [
      { data: { k: 'aHVudGVyMg==' } },
      { stringData: { note: 'gatehouse-masked is our prefix' } },
      [],
      null,
      'x',
      3,
    ]) {
      expect(refusal(body)).toBeNull();
    }
    expect(refusal(Buffer.alloc(0))).toBeNull();
  });
});

describe('a JSON Patch of a Secret reads nothing', () => {
  const patch = (...operations: unknown[]) =>
    refusal(operations, 'application/json-patch+json', { verb: 'patch', name: 'db' });

  it.each([
    ['copy', { op: 'copy', from: '/data/password', path: '/metadata/annotations/x' }],
    ['move', { op: 'move', from: '/data/password', path: '/metadata/annotations/x' }],
    ['test', { op: 'test', path: '/data/password', value: 'aHVudGVyMg==' }],
    ['test of the whole object', { op: 'test', path: '', value: {} }],
    [
      'test of last-applied',
      { op: 'test', path: '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration', value: 'x' },
    ],
    ['an operation that is none', { path: '/data/x' }],
    ['an operation that is no object', 'copy'],
  ])('%s is refused', (_, operation) => {
    expect(patch({ op: 'add', path: '/metadata/labels/a', value: 'b' }, operation)).toMatchObject({
      code: 'patch-reads-secret',
      status: 403,
    });
  });

  it('add, replace, remove and the tests that guard against a race are let through', () => {
    expect(
      patch(
        { op: 'test', path: '/metadata/resourceVersion', value: '7' },
        { op: 'test', path: '/metadata/uid', value: 'u' },
        { op: 'replace', path: '/data/password', value: 'bmV3' },
        { op: 'remove', path: '/data/old' },
        { op: 'add', path: '/data/new', value: 'bmV3' },
      ),
    ).toBeNull();
  });

  it('one that was not read is refused', () => {
    expect(refusal(Buffer.from('[]'), 'application/json-patch+json')?.code).toBe('body-not-readable');
  });

  it('other resources may copy, move and test', () => {
    const operations = [{ op: 'test', path: '/data/x', value: '1' }];
    expect(refusal(operations, 'application/json-patch+json', { resource: 'configmaps' })).toBeNull();
  });
});
