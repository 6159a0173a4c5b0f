import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clusterOf, type Loose, masked, refused, write, written } from './bodies.ts';

const PATH = '/api/v1/namespaces/team-a/secrets/db';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const VALUE = 'Xk9pQz7mVw2r';
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const gzip64 = (text: string) => base64(gzipSync(text));

const SECRET: Loose = {
  kind: 'Secret',
  apiVersion: 'v1',
  metadata: {
    name: 'db',
    namespace: 'team-a',
    uid: 'u1',
    resourceVersion: '7',
    labels: { app: VALUE, tier: 'db', [VALUE]: 'y' },
    annotations: {
      note: `is ${VALUE}`,
      copy: gzip64(JSON.stringify({ password: VALUE })),
      [`x-${VALUE}`]: 'k',
      [LAST_APPLIED]: `${JSON.stringify({ kind: 'Secret', metadata: { annotations: { note: `is ${VALUE}` }, name: 'db' }, stringData: { password: VALUE } })}\n`,
    },
    finalizers: ['example.com/a', `example.com/${VALUE}`],
    ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: `of-${VALUE}`, uid: 'u2' }],
    managedFields: [{ manager: 'a', fieldsV1: { 'f:metadata': { 'f:labels': { [`f:${VALUE}`]: {} } } } }],
  },
  data: { password: base64(VALUE) },
  type: 'Opaque',
};
const shown: Loose = masked(SECRET, PATH);
const keyShown = (map: object) => Object.keys(map).find((key) => key.startsWith('gatehouse-masked')) ?? '';
const cluster = () => clusterOf({ [PATH]: SECRET });
const merge = 'application/merge-patch+json';
const put = (body: object) => ({ method: 'PUT', target: PATH, body }) as const;
const patch = (body: object, contentType = merge) => ({ method: 'PATCH', target: PATH, contentType, body }) as const;

describe('case 59: masks of texts that hold a Secret’s own value, written back', () => {
  it('a whole object becomes what it is; managedFields that were left out stay what they are at the API server', async () => {
    expect(JSON.stringify(shown)).not.toContain(VALUE);
    const back = await written(
      put({ ...shown, metadata: { ...shown.metadata, labels: { ...shown.metadata.labels, b: 'c' } } }),
      cluster(),
    );
    const { labels, ...metadata } = SECRET.metadata;
    expect(back).toEqual({ ...SECRET, metadata: { ...metadata, managedFields: null, labels: { ...labels, b: 'c' } } });
    expect(Object.keys(back.metadata.labels)).toEqual(['app', 'tier', VALUE, 'b']);
  });

  it.each<[string, object, object]>([
    ['a label', { labels: { app: shown.metadata.labels.app } }, { labels: { app: VALUE } }],
    [
      'an annotation',
      { annotations: { note: shown.metadata.annotations.note } },
      { annotations: { note: `is ${VALUE}` } },
    ],
    ['the key of a label', { labels: { [keyShown(shown.metadata.labels)]: 'z' } }, { labels: { [VALUE]: 'z' } }],
    [
      'the key of an annotation that goes',
      { annotations: { [keyShown(shown.metadata.annotations)]: null } },
      { annotations: { [`x-${VALUE}`]: null } },
    ],
    ['finalizers', { finalizers: shown.metadata.finalizers }, { finalizers: SECRET.metadata.finalizers }],
    [
      'owners',
      { ownerReferences: shown.metadata.ownerReferences },
      { ownerReferences: SECRET.metadata.ownerReferences },
    ],
    [
      'a copy of the object in last-applied, made of what was shown',
      {
        annotations: {
          [LAST_APPLIED]: JSON.stringify({ metadata: { labels: shown.metadata.labels }, data: shown.data }),
        },
      },
      {
        annotations: {
          [LAST_APPLIED]: JSON.stringify({ data: SECRET.data, metadata: { labels: sorted(SECRET.metadata.labels) } }),
        },
      },
    ],
  ])('%s', async (_name, sent, expected) => {
    const body = await written(patch({ metadata: sent }), cluster());
    const { resourceVersion, ...metadata } = body.metadata;
    expect(resourceVersion).toBe('7');
    expect(normal(metadata)).toEqual(normal(expected));
  });

  it.each<[string, object]>([
    ['the mask of a label in another', { labels: { other: shown.metadata.labels.app } }],
    ['the mask of a key as a value', { labels: { other: keyShown(shown.metadata.labels) } }],
    ['the mask of a key in another map', { annotations: { [keyShown(shown.metadata.labels)]: 'x' } }],
    ['the mask of a key and the key', { labels: { [keyShown(shown.metadata.labels)]: 'x', [VALUE]: 'y' } }],
    ['a key that no longer is', { labels: { [`${keyShown(shown.metadata.labels).slice(0, -4)}AAAA`]: 'x' } }],
    ['a text around the mask', { annotations: { note: `${shown.metadata.annotations.note}!` } }],
    ['a mask in gzip', { annotations: { copy: gzip64(JSON.stringify(shown)) } }],
    ['a mask in gzip behind a prefix', { annotations: { copy: `v1:${gzip64(JSON.stringify(shown))}` } }],
    ['a mask in zlib', { annotations: { copy: base64(deflateSync(JSON.stringify(shown))) } }],
    ['a mask in gzip in base64', { annotations: { copy: base64(gzip64(JSON.stringify(shown))) } }],
    ['a mask in gzip of gzip', { annotations: { copy: gzip64(gzip64(JSON.stringify(shown))) } }],
    [
      'the mask of a finalizer alone in a strategic merge',
      { '$deleteFromPrimitiveList/finalizers': [shown.metadata.finalizers[1]] },
    ],
  ])('is refused: %s', async (_name, metadata) => {
    const found = await refused(patch({ metadata }), cluster());
    expect(found).toMatchObject({ code: 'mask-written-back', status: 422 });
    expect(JSON.stringify([found.message, found.details])).not.toContain(VALUE);
  });

  it('in a new object that a client packed with what it was shown', async () => {
    const body = { kind: 'ConfigMap', metadata: { name: 'backup' }, data: { all: gzip64(JSON.stringify(shown)) } };
    const post = { method: 'POST', target: '/api/v1/namespaces/team-a/configmaps', body } as const;
    expect(await refused(post, cluster())).toMatchObject({ code: 'mask-written-back' });
  });

  it('what is compressed and holds no mask passes', async () => {
    const body = { metadata: { annotations: { copy: gzip64('{"a":"b"}'), other: 'H4sIAAAAnothing', zip: 'eJwxx' } } };
    expect(await written(patch(body), cluster())).toBeNull();
  });

  it('what the cluster itself holds so passes in its own field', async () => {
    const widget = {
      kind: 'Widget',
      metadata: { name: 'w', resourceVersion: '4' },
      spec: { copy: gzip64(JSON.stringify(shown)) },
    };
    const target = '/apis/example.com/v1/namespaces/team-a/widgets/w';
    const sent = { method: 'PUT', target, body: widget } as const;
    expect((await written(sent, clusterOf({ [target]: widget }))).spec).toEqual(widget.spec);
  });

  it.each<[string, object]>([
    ['a test of a label against a value', { op: 'test', path: '/metadata/labels/app', value: VALUE }],
    [
      'a path that goes through a masked key',
      { op: 'remove', path: `/metadata/labels/${keyShown(shown.metadata.labels)}` },
    ],
  ])('a JSON Patch may not: %s', async (_name, operation) => {
    const found = await refused(patch([operation], 'application/json-patch+json'), cluster());
    expect(found.status).toBeGreaterThanOrEqual(400);
    expect(JSON.stringify([found.message, found.details])).not.toContain(VALUE);
  });

  it('protobuf gets its texts back, and is refused where a key would have to change', async () => {
    const contentType = 'application/vnd.kubernetes.protobuf';
    const send = (metadata: Buffer) =>
      ({ method: 'PUT', target: PATH, contentType, body: secretMessage(metadata) }) as const;
    const entry = (field: number, key: string, value: string) => message(field, message(1, key), message(2, value));
    const label = entry(11, 'app', shown.metadata.labels.app);
    const key = entry(11, keyShown(shown.metadata.labels), 'y');
    const from = clusterOf({ [PATH]: SECRET });
    const body = (await write(send(label), from))?.body.toString('latin1');
    expect(body).toContain(VALUE);
    expect(body).not.toContain('gatehouse-masked');
    expect(await refused(send(Buffer.concat([label, key])), from)).toMatchObject({ code: 'mask-written-back' });
  });
});

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Copies compared by what they say, not by the order of their keys. */
function normal(metadata: Loose): Loose {
  const copy = metadata.annotations?.[LAST_APPLIED];
  return copy === undefined
    ? metadata
    : { ...metadata, annotations: { ...metadata.annotations, [LAST_APPLIED]: JSON.parse(copy) } };
}

function message(field: number, ...parts: Array<Buffer | string>): Buffer {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
  const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
  return Buffer.concat([Buffer.from([field * 8 + 2, ...length]), content]);
}

function secretMessage(metadata: Buffer): Buffer {
  const raw = [message(1, message(1, 'db'), message(6, '7'), metadata), message(2, message(1, 'k'), message(2, 'v'))];
  return Buffer.concat([Buffer.from('k8s\0'), message(1, message(1, 'v1'), message(2, 'Secret')), message(2, ...raw)]);
}
