import { describe, expect, it } from 'vitest';
import { readProtobufObject } from '../../../../proxy/request/protobuf/read-object.ts';

/** One length-delimited protobuf field; short ones only. */
function field(number: number, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([(number << 3) | 2, bytes.length]), bytes]);
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

function envelope(apiVersion: string, kind: string, object: Buffer): Buffer {
  const typeMeta = Buffer.concat([field(1, apiVersion), field(2, kind)]);
  return Buffer.concat([Buffer.from('k8s\0'), field(1, typeMeta), field(2, object)]);
}

const metadata = field(1, Buffer.concat([field(1, 'grant'), field(2, '')]));
const roleRef = field(
  3,
  Buffer.concat([field(1, 'rbac.authorization.k8s.io'), field(2, 'ClusterRole'), field(3, 'cluster-admin')]),
);
const subject = field(2, Buffer.concat([field(1, 'User'), field(2, ''), field(3, 'eve')]));

describe('an object in a protobuf body', () => {
  it('is read whole, without fields that hold nothing', () => {
    const body = envelope(
      'rbac.authorization.k8s.io/v1',
      'ClusterRoleBinding',
      Buffer.concat([metadata, subject, roleRef]),
    );
    expect(readProtobufObject(body)).toEqual({
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: 'grant' },
      subjects: [{ kind: 'User', name: 'eve' }],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    });
  });

  it.each([
    ['a field that the table does not have', envelope('v1', 'Secret', Buffer.concat([metadata, field(9, 'hidden')]))],
    ['a field of a part that the table does not have', envelope('v1', 'Secret', field(1, field(30, 'hidden')))],
    // Go merges the two, as it does with a key that JSON repeats.
    ['a part that comes twice', envelope('v1', 'Secret', Buffer.concat([metadata, metadata]))],
    ['a text that comes twice', envelope('v1', 'Secret', field(1, Buffer.concat([field(1, 'a'), field(1, 'b')])))],
    ['a kind that the table does not have', envelope('v1', 'Nonsense', metadata)],
    ['a group that the table does not have', envelope('example.com/v1', 'Secret', metadata)],
    ['a body that breaks off', envelope('v1', 'Secret', metadata).subarray(0, -3)],
    ['a body that is no protobuf', Buffer.from('{"kind":"Secret"}')],
  ])('is not read in part: %s', (_name, body) => {
    expect(readProtobufObject(body)).toBeNull();
  });

  it.each([
    ['2^29', 2n ** 29n],
    ['2^60', 2n ** 60n],
  ])('case 39: a number of a field has as many bits as the API server reads: %s more is another field', (_, more) => {
    // Cut to 29 bits it was the object itself: the server ran one, policy and people were shown the other.
    const shown = field(1, field(1, 'harmless'));
    const body = Buffer.concat([
      envelope('v1', 'Secret', field(1, field(1, 'meant'))),
      varint((2n + more) * 8n + 2n),
      field(2, shown).subarray(1),
    ]);
    // 2^60 more is cut off by both: the later one counts.
    const name = more === 2n ** 29n ? 'meant' : 'harmless';
    expect(readProtobufObject(body)).toMatchObject({ metadata: { name } });
    const inside = Buffer.concat([metadata, varint((1n + 2n ** 29n) * 8n + 2n), field(1, 'x').subarray(1)]);
    expect(readProtobufObject(envelope('v1', 'Secret', inside))).toBeNull();
  });

  it.each([0n, 2n ** 31n * 8n + 2n])(
    'a field whose number is not positive is an error, as it is to Go: tag %s',
    (tag) => {
      const body = envelope('v1', 'Secret', Buffer.concat([metadata, varint(tag), Buffer.from([0])]));
      expect(readProtobufObject(body)).toBeNull();
    },
  );

  it('shows the object that a ControllerRevision keeps', () => {
    const kept = { spec: { template: { spec: { serviceAccountName: 'strong' } } } };
    const body = envelope('apps/v1', 'ControllerRevision', field(2, field(1, JSON.stringify(kept))));
    expect(readProtobufObject(body)).toMatchObject({ data: kept });
  });

  it.each([
    ['v1', 'Secret'],
    ['v1', 'ConfigMap'],
    ['v1', 'Pod'],
    ['v1', 'PodTemplate'],
    ['v1', 'ReplicationController'],
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'ReplicaSet'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'ControllerRevision'],
    ['batch/v1', 'Job'],
    ['batch/v1', 'CronJob'],
    ['rbac.authorization.k8s.io/v1', 'Role'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
    ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
    ['certificates.k8s.io/v1', 'CertificateSigningRequest'],
    ['authentication.k8s.io/v1', 'TokenRequest'],
    ['policy/v1', 'Eviction'],
  ])('has the table for %s %s', (apiVersion, kind) => {
    expect(readProtobufObject(envelope(apiVersion, kind, metadata))).toEqual({
      apiVersion,
      kind,
      metadata: { name: 'grant' },
    });
  });

  it.each(['v1', 'meta.k8s.io/v1', 'apps/v1'])('reads the options of a DELETE as %s names them', (apiVersion) => {
    expect(readProtobufObject(envelope(apiVersion, 'DeleteOptions', field(4, 'Background')))).toMatchObject({
      propagationPolicy: 'Background',
    });
  });
});
