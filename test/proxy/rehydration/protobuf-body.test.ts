import { describe, expect, it } from 'vitest';
import { readProtobufObject } from '../../../proxy/request/protobuf/read-object.ts';
import { clusterOf, masked, refused, write } from './bodies.ts';

const PATH = '/api/v1/namespaces/team-a/secrets/db';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const long = 'a value of more than 127 bytes, so that its length takes two bytes on the wire: '.repeat(4);
const SECRET = {
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'team-a', resourceVersion: '7' },
  data: { password: base64(long), user: base64('admin') },
  type: 'Opaque',
};
const shown = masked(SECRET, PATH);
const token = (key: string) => Buffer.from(shown.data[key], 'base64');

function field(number: number, ...parts: Array<Buffer | string>): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), content]);
}

/** As kubectl and helm send it: Go writes empty texts too. */
function body(kind: string, ...fields: Buffer[]): Buffer {
  const unknown = [field(1, field(1, 'v1'), field(2, kind)), field(2, ...fields), field(3), field(4)];
  return Buffer.concat([Buffer.from('k8s\0'), ...unknown]);
}

const metadata = (version: string) => field(1, field(1, 'db'), field(3, 'team-a'), field(6, version));
const entry = (key: string, value: Buffer | string) => field(2, field(1, key), field(2, value));
const put = (bytes: Buffer) =>
  ({ method: 'PUT', target: PATH, contentType: 'application/vnd.kubernetes.protobuf', body: bytes }) as const;

describe('a protobuf body with masks', () => {
  const objects = clusterOf({ [PATH]: SECRET });

  it('gets the values, which are bytes there and not base64, and is bound to the version that was read', async () => {
    const bytes = body(
      'Secret',
      metadata(''),
      entry('password', token('password')),
      entry('user', 'root'),
      field(3, 'Opaque'),
    );
    const sent = await write(put(bytes), objects);
    expect(sent?.pinnedTo).toBe('7');
    expect(readProtobufObject(sent?.body ?? Buffer.alloc(0))).toEqual({
      apiVersion: 'v1',
      ...SECRET,
      data: { password: SECRET.data.password, user: base64('root') },
    });
  });

  it('keeps the version that it names, and every byte that is no mask', async () => {
    const immutable = Buffer.from([5 * 8, 1]);
    const fields = (value: Buffer | string) => [
      metadata('5'),
      entry('user', value),
      field(4, field(1, 'x'), field(2, 'y')),
      immutable,
    ];
    const sent = await write(put(body('Secret', ...fields(token('user')))), objects);
    expect(sent?.pinnedTo).toBeNull();
    expect(sent?.body).toEqual(body('Secret', ...fields('admin')));
  });

  it('adds the version where the client left the field out', async () => {
    const sent = await write(put(body('Secret', field(1, field(1, 'db')), entry('user', token('user')))), objects);
    expect(readProtobufObject(sent?.body ?? Buffer.alloc(0))).toMatchObject({
      metadata: { name: 'db', resourceVersion: '7' },
    });
  });

  it('names the fields of masks that stand elsewhere', async () => {
    const bytes = body(
      'Secret',
      metadata(''),
      entry('user', token('password')),
      field(4, field(1, 'other'), field(2, token('user'))),
    );
    const found = await refused(put(bytes), objects);
    expect(found.details.causes.map(({ field: name }: { field: string }) => name)).toEqual([
      'data.user',
      'stringData.other',
    ]);
  });

  it('of a kind that the table does not have is refused whole', async () => {
    expect(await refused(put(body('Unheard', entry('user', token('user')))), objects)).toMatchObject({
      code: 'mask-written-back',
    });
  });
});
