import type { Place } from '../place.ts';

/** Values that must never reach a client through the gateway. */
export const SECRET_VALUES: readonly string[] = ['hunter2-correct-horse', 'battery-staple-9000'];
const [PASSWORD = '', OTHER = ''] = SECRET_VALUES;

/** The Secret as a person's file has it. */
export const SECRET = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'applied' },
  stringData: { password: PASSWORD, other: OTHER },
});

export function configMap(value: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { value, big: '9007199254740993' },
  });
}

const container = {
  name: 'main',
  image: 'registry.example/web:1',
  command: ['sleep', 'infinity'],
  ports: [{ name: 'http', containerPort: 80 }],
};
const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [container] } };
const OBJECTS = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', labels: { app: 'web' } },
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  },
  {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'box', labels: { app: 'box' } },
    spec: { containers: [container] },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db' },
    data: { password: base64(PASSWORD), other: base64(OTHER) },
  },
];

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** What every side begins with; made directly. */
export function fixture(namespace: string): string {
  return OBJECTS.map((object) => JSON.stringify({ ...object, metadata: { ...object.metadata, namespace } })).join(
    '\n---\n',
  );
}

/** The values that the cluster holds for a Secret, read past the gateway. */
export async function storedValues(place: Place, secret: string): Promise<string> {
  const { stdout } = await place.truth(['-n', place.namespace, 'get', 'secret', secret, '-o', 'json']);
  try {
    const { data = {} } = JSON.parse(stdout) as { data?: Record<string, string> };
    return Object.entries(data)
      .map(([key, value]) => `${key}=${Buffer.from(value, 'base64')}`)
      .sort()
      .join(' ');
  } catch {
    return 'not there';
  }
}
