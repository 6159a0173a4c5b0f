import { Random } from '../../proxy/masking/random.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const FIELDS = ['username', 'password', 'token', 'dsn', 'key'];

/** One Secret of about 2.5 KB as an API server prints it: data, managedFields, and last-applied with the data again. */
export function secretJson(random: Random, index: number): string {
  const name = `secret-${index}`;
  const data = Object.fromEntries(FIELDS.map((field, at) => [field, value(random, 20 + at * 30)]));
  const copy = {
    apiVersion: 'v1',
    data,
    kind: 'Secret',
    metadata: { annotations: {}, name, namespace: 'team-a' },
    type: 'Opaque',
  };
  const fields = Object.fromEntries(FIELDS.map((field) => [`f:${field}`, {}]));
  return JSON.stringify({
    metadata: {
      name,
      namespace: 'team-a',
      uid: `3f2c9a4e-0000-4000-8000-${String(index).padStart(12, '0')}`,
      resourceVersion: String(100_000 + index),
      creationTimestamp: '2026-08-14T09:30:00Z',
      labels: { app: `app-${random.below(50)}`, 'app.kubernetes.io/managed-by': 'kubectl', team: 'Käse & Brot' },
      annotations: { [LAST_APPLIED]: `${JSON.stringify(copy)}\n`, note: 'rotated by\tthe "night" shift ☂' },
      managedFields: ['kubectl-client-side-apply', 'kubectl-edit', 'controller'].map((manager) => ({
        manager,
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-08-14T09:30:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:data': { '.': {}, ...fields },
          'f:metadata': {
            'f:annotations': { '.': {}, [`f:${LAST_APPLIED}`]: {} },
            'f:labels': { '.': {}, 'f:app': {} },
          },
          'f:type': {},
        },
      })),
    },
    data,
    type: 'Opaque',
  });
}

function value(random: Random, bytes: number): string {
  return Buffer.from(Array.from({ length: bytes }, () => random.below(256))).toString('base64');
}

/** A SecretList of about so many bytes, in pieces. */
export function* secretList(bytes: number): Generator<string> {
  const random = new Random(1);
  let written = 0;
  yield '{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"12345"},"items":[';
  for (let index = 0; written < bytes; index += 1) {
    const item = `${index === 0 ? '' : ','}${secretJson(random, index)}`;
    written += Buffer.byteLength(item);
    yield item;
  }
  yield ']}\n';
}
