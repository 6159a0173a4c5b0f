import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** An object of the largest kind that an API server takes, and where it lives. */
export interface LargeObject {
  readonly what: string;
  readonly collection: string;
  readonly name: string;
  readonly object: { readonly kind: string; readonly metadata: object } & Readonly<Record<string, unknown>>;
}

const base64 = (bytes: Buffer | string): string => Buffer.from(bytes).toString('base64');
const many = <Item>(count: number, item: (index: number) => Item): Item[] =>
  Array.from({ length: Math.floor(count) }, (_, i) => item(i));

/** Bytes that no compression makes smaller, the same each time. */
function noise(bytes: number, seed: string | number): Buffer {
  const blocks = many(Math.ceil(bytes / 64), (index) => createHash('sha512').update(`${seed} ${index}`).digest());
  return Buffer.concat(blocks).subarray(0, bytes);
}

const password = (index: number | string): string => base64(noise(12, `password ${index}`));

function keys(count: number, value: (index: number) => string): Record<string, string> {
  return Object.fromEntries(many(count, (index) => [`key-${index}`, value(index)]));
}

const SOME_WORDS = ['server', 'the', 'timeout', 'of', 'enabled', 'true', 'db.shop.svc', 'info', '8080'];

/**
 * @param place of the namespace, e.g. `default`.
 * @param part of their size: 1 is as large as an API server takes.
 */
export function largeObjects(place: string, part = 1): readonly LargeObject[] {
  const object = (what: string, kind: 'Secret' | 'ConfigMap', name: string, fields: object, metadata: object = {}) => ({
    what,
    collection: `/api/v1/namespaces/${place}/${kind === 'Secret' ? 'secrets' : 'configmaps'}`,
    name,
    object: { apiVersion: 'v1', kind, metadata: { name, namespace: place, ...metadata }, ...fields },
  });
  return [
    object('a Secret with one value of 700 KB', 'Secret', 'one-value', {
      data: { blob: base64(noise(700_000 * part, 'blob')) },
    }),
    object('a Secret with 20,000 keys', 'Secret', 'many-keys', {
      data: keys(20_000 * part, (index) => base64(password(index))),
    }),
    object(
      'a Secret whose annotations have 250 KB',
      'Secret',
      'annotated',
      { data: keys(50, (index) => base64(noise(200, index))) },
      { annotations: { note: base64(noise(90_000 * part, 'note')), text: words(120_000 * part) } },
    ),
    helmRelease(place, part),
    object('a ConfigMap of one text', 'ConfigMap', 'one-text', { data: { text: words(950_000 * part) } }),
    object('a ConfigMap with 20,000 keys', 'ConfigMap', 'many-keys', {
      data: keys(20_000 * part, (index) => `value ${index}`),
    }),
    object('a ConfigMap with 15,000 passwords', 'ConfigMap', 'passwords', {
      data: {
        'app.properties': many(15_000 * part, (index) => `db.${index}.password=${password(`of a line ${index}`)}`).join(
          '\n',
        ),
      },
    }),
    object('a ConfigMap with a deep document', 'ConfigMap', 'deep', {
      data: {
        'deep.json': `${'{"a":'.repeat(400)}${JSON.stringify(many(15_000 * part, (i) => ({ user: `u${i}`, port: i })))}${'}'.repeat(400)}`,
      },
    }),
    object('a ConfigMap with 720 KB of bytes', 'ConfigMap', 'bytes', {
      binaryData: { blob: base64(noise(720_000 * part, 'bytes')) },
    }),
  ];
}

/** What is evaluated when it is written, beside being kept. The last two are for an API server that takes other kinds. */
export function largeWrites(place: string, part = 1) {
  const containers = many(50 * part, (index) => ({
    name: `c-${index}`,
    image: `registry.example/shop/c-${index}:1`,
    env: many(100, (at) => ({
      name: `SETTING_${index}_${at}`,
      value: `value ${at} of the container ${index}, ${words(100)}`,
    })),
  }));
  const labels = { app: 'large' };
  const template = { metadata: { labels }, spec: { serviceAccountName: 'large', containers } };
  const deployment: LargeObject = {
    what: 'a Deployment of 50 containers with 100 variables each',
    collection: `/apis/apps/v1/namespaces/${place}/deployments`,
    name: 'large',
    object: {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'large', namespace: place },
      spec: { replicas: 0, selector: { matchLabels: labels }, template },
    },
  };
  const fields = many(2_800 * part, (index) => [
    `field${index}`,
    {
      type: 'object',
      description: words(200),
      properties: { name: { type: 'string', maxLength: 63 }, tags: { type: 'array', items: { type: 'string' } } },
    },
  ]);
  const definition: LargeObject = {
    what: 'a CustomResourceDefinition of 1 MB, which waits for a person',
    collection: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
    name: 'wides.large.example.com',
    object: customKind('wides', 'Wide', Object.fromEntries(fields)),
  };
  let inner: object = { items: many(10_000 * part, (port) => ({ user: `u${port}`, port, image: `shop:${port}` })) };
  for (let depth = 0; depth < 200; depth += 1) inner = { a: inner };
  const custom: LargeObject = {
    what: 'a custom resource of 200 levels and 10,000 entries',
    collection: `/apis/large.example.com/v1/namespaces/${place}/deeps`,
    name: 'large',
    object: {
      apiVersion: 'large.example.com/v1',
      kind: 'Deep',
      metadata: { name: 'large', namespace: place },
      spec: { serviceAccountName: 'large', inner },
    },
  };
  return { deployment, definition, custom };
}

/** The definition of a kind that takes any field. */
export function customKind(plural: string, kind: string, properties: object = {}): LargeObject['object'] {
  const anything = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const openAPIV3Schema = { ...anything, properties: { spec: { ...anything, properties } } };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.large.example.com` },
    spec: {
      group: 'large.example.com',
      scope: 'Namespaced',
      names: { plural, singular: kind.toLowerCase(), kind, listKind: `${kind}List` },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }],
    },
  };
}

/** Five hundred Secrets of ten kilobytes. */
export function manySecrets(place: string, part = 1): ReadonlyArray<LargeObject['object']> {
  return many(500 * part, (index) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `one-of-many-${index}`, namespace: place, labels: { many: 'secrets' } },
    data: keys(10, (at) => base64(noise(700, `${index} ${at}`))),
  }));
}

function words(length: number): string {
  const text = many(
    length / 4,
    (i) => `${SOME_WORDS[(i * 7 + (i >> 3)) % SOME_WORDS.length]}${i % 13 === 0 ? '\n' : ' '}`,
  );
  return text.join('').slice(0, length);
}

/** As helm 3 stores a revision: five hundred documents, a third of them Secrets. */
function helmRelease(place: string, part: number): LargeObject {
  const documents = many(
    500 * part,
    (index) => `---\n# Source: chart/templates/${index}.yaml\n${DOCUMENTS[index % 3]?.(index)}\n`,
  );
  const release = {
    name: 'shop',
    info: { status: 'deployed', notes: '' },
    chart: {
      metadata: { name: 'shop', version: '1.0.0' },
      templates: [],
      values: { password: password('of the chart') },
    },
    config: { database: { password: password('of the values') } },
    manifest: documents.join(''),
    version: 1,
    namespace: place,
  };
  const name = 'sh.helm.release.v1.shop.v1';
  return {
    what: 'a helm release of 500 documents',
    collection: `/api/v1/namespaces/${place}/secrets`,
    name,
    object: {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace: place, labels: { owner: 'helm', name: 'shop', status: 'deployed', version: '1' } },
      data: { release: base64(base64(gzipSync(JSON.stringify(release)))) },
      type: 'helm.sh/release.v1',
    },
  };
}

const DOCUMENTS: ReadonlyArray<(index: number) => string> = [
  (index) =>
    `apiVersion: v1\nkind: Secret\nmetadata:\n  name: s-${index}\ndata:\n  password: ${base64(password(`s ${index}`))}`,
  (index) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: d-${index}\nspec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: shop:1\n        args: ["--token=${password(`d ${index}`)}"]`,
  (index) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-${index}\ndata:\n  text: "${base64(noise(900, index))}"\n  app.properties: |\n    password=${password(`c ${index}`)}`,
];
