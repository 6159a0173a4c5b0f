import { describe, expect, it } from 'vitest';
import { conform, DecodingError } from '../../demo/store/typed-object.ts';
import { decodeProtobuf, openEnvelope } from '../../proxy/request/protobuf/decode.ts';
import { ProtobufError } from '../../proxy/request/protobuf/wire-reader.ts';

function field(number: number, bytes: Buffer | string): Buffer {
  const value = Buffer.from(bytes);
  return Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), value]);
}

const secret = Buffer.concat([
  field(1, Buffer.concat([field(1, 's1'), field(3, 'foo')])),
  field(2, Buffer.concat([field(1, 'password'), field(2, 'hunter2')])),
  field(3, 'Opaque'),
]);
const envelope = Buffer.concat([
  Buffer.from('k8s\0'),
  field(1, Buffer.concat([field(1, 'v1'), field(2, 'Secret')])),
  field(2, secret),
]);

describe('a protobuf body', () => {
  it('opens to its kind and becomes JSON with bytes in base64', () => {
    const opened = openEnvelope(envelope);
    expect([opened.apiVersion, opened.kind]).toEqual(['v1', 'Secret']);
    expect(decodeProtobuf(opened.raw, 'core.Secret')).toEqual({
      metadata: { name: 's1', namespace: 'foo' },
      data: { password: Buffer.from('hunter2').toString('base64') },
      type: 'Opaque',
    });
  });

  it.each([
    ['without the prefix', secret],
    ['that is cut off', envelope.subarray(0, envelope.length - 3)],
  ])('%s is refused', (_title, body) => {
    expect(() => openEnvelope(body)).toThrow(ProtobufError);
  });
});

describe('an object read as its type', () => {
  it('keeps the declared order and drops zero values and unknown fields, which it names', () => {
    const { object, unknownFields } = conform(
      { type: 'Opaque', dota: {}, metadata: { namespace: '', name: 's', owner: 1 }, data: { a: 'YQ==' } },
      'core.Secret',
    );
    expect(JSON.stringify(object)).toBe('{"metadata":{"name":"s"},"data":{"a":"YQ=="},"type":"Opaque"}');
    expect(unknownFields).toEqual(['dota', 'metadata.owner']);
  });

  it('keeps a zero behind a pointer', () => {
    expect(conform({ spec: { replicas: 0, minReadySeconds: 0 } }, 'apps.Deployment').object).toEqual({
      spec: { replicas: 0 },
    });
  });

  it.each([
    [{ data: { a: 5 } }, 'json: cannot unmarshal number into Go struct field Secret.data of type []uint8'],
    [{ data: 'x' }, 'json: cannot unmarshal string into Go struct field Secret.data of type map[string][]uint8'],
    [{ data: { a: 'b!' } }, 'illegal base64 data at input byte 1'],
  ])('refuses %j in the words of Go', (value, message) => {
    expect(() => conform(value, 'core.Secret')).toThrow(new DecodingError(message));
  });
});
