const MAGIC = Buffer.from('k8s\0', 'latin1');

function field(number: number, bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes as string);
  if (content.length > 127) throw new RangeError('a length of one byte is enough for these seeds');
  return Buffer.concat([Buffer.from([(number << 3) | 2, content.length]), content]);
}

/** `runtime.Unknown` of apimachinery: the type, then the object's own bytes. */
function object(apiVersion: string, kind: string, ...fields: readonly Buffer[]): Buffer {
  const type = field(1, Buffer.concat([field(1, apiVersion), field(2, kind)]));
  return Buffer.concat([MAGIC, type, field(2, Buffer.concat(fields))]);
}

const named = (name: string): Buffer => field(1, Buffer.concat([field(1, name), field(3, 'foo')]));
const entry = (key: string, value: string): Buffer => Buffer.concat([field(1, key), field(2, value)]);

/** Objects as kubectl and helm send them. */
export const PROTOBUF_BODIES: readonly Buffer[] = [
  object(
    'v1',
    'Secret',
    named('s1'),
    field(2, entry('password', 'hunter22')),
    field(3, 'Opaque'),
    field(4, entry('a', 'b')),
  ),
  object('v1', 'ConfigMap', named('c'), field(2, entry('key', 'value')), field(3, entry('bin', '\0\u0001'))),
  object(
    'v1',
    'Pod',
    named('p'),
    field(2, Buffer.concat([field(2, Buffer.concat([field(1, 'c'), field(2, 'image')])), field(8, 'sa')])),
  ),
  object(
    'authentication.k8s.io/v1',
    'TokenRequest',
    field(1, ''),
    field(2, Buffer.concat([field(1, 'aud'), Buffer.from([0x20, 0x90, 0x1c])])),
  ),
  object(
    'meta.k8s.io/v1',
    'DeleteOptions',
    Buffer.from([0x08, 0x1e]),
    field(2, field(1, 'uid')),
    field(4, 'Background'),
    field(5, 'All'),
  ),
  object(
    'rbac.authorization.k8s.io/v1',
    'ClusterRoleBinding',
    named('b'),
    field(2, Buffer.concat([field(1, 'User'), field(3, 'eve')])),
  ),
  object('example.com/v1', 'Widget', named('w')),
];
