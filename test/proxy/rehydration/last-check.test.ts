import { describe, expect, it } from 'vitest';
import { clusterOf, type Loose, masked, refused, write, written } from './bodies.ts';

const PATH = '/api/v1/namespaces/team-a/secrets/db';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const SECRET = {
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'team-a', uid: 'u1', resourceVersion: '7' },
  data: { password: base64('hunter2'), user: base64('admin') },
  type: 'Opaque',
};
const token: string = masked(SECRET, PATH).data.password;
const bare = Buffer.from(token, 'base64').toString();
const jsonPatch = 'application/json-patch+json';
const patch = (...operations: object[]) =>
  ({ method: 'PATCH', target: PATH, contentType: jsonPatch, body: operations }) as const;
const restores = { op: 'replace', path: '/data/password', value: token };
const cluster = () => clusterOf({ [PATH]: SECRET });

/** Places that nothing is put back into, and that nobody who restores looks at. */
describe('a mask that is left in the body when everything was put back', () => {
  it.each<[string, object]>([
    ['the path of a JSON Patch', { op: 'add', path: `/data/${bare}`, value: base64('x') }],
    ['the path of a removal', { op: 'remove', path: `/metadata/annotations/${bare}` }],
    ['a member that JSON Patch does not know', { op: 'add', path: '/data/a', value: base64('x'), note: bare }],
    ['a member deep in one', { op: 'add', path: '/data/a', value: base64('x'), note: [{ [bare]: 1 }] }],
    ['base64 in one', { op: 'add', path: '/data/a', value: base64('x'), note: token }],
    ['the source of a removal', { op: 'remove', path: '/data/a', from: `/data/${bare}` }],
  ])('in %s: is not sent, alone or beside one that was put back', async (_, operation) => {
    for (const body of [patch(operation), patch(restores, operation), patch(operation, restores)]) {
      const found = await refused(body, cluster());
      expect(found).toMatchObject({ code: 'mask-written-back', status: 422 });
      expect(JSON.stringify([found.message, found.details])).not.toContain('hunter2');
    }
  });

  it('in a value that is a mask in the cluster itself, put there by somebody', async () => {
    const stored = { ...SECRET, data: { ...SECRET.data, password: token } };
    const shown = masked(stored, PATH).data.password;
    const body = { data: { password: shown } };
    const sent = { method: 'PATCH', target: PATH, contentType: 'application/merge-patch+json', body } as const;
    expect(shown).not.toBe(token);
    expect(await refused(sent, clusterOf({ [PATH]: stored }))).toMatchObject({ code: 'mask-written-back' });
  });

  it.each([3, 4])('in the envelope of a protobuf body, beside the object (field %i)', async (number) => {
    const field = (key: number, ...parts: Array<Buffer | string>): Buffer => {
      const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
      const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
      return Buffer.concat([Buffer.from([key * 8 + 2, ...length]), content]);
    };
    const raw = [field(1, field(1, 'db'), field(6, '7')), field(2, field(1, 'password'), field(2, bare))];
    const envelope = (...more: Buffer[]) =>
      Buffer.concat([Buffer.from('k8s\0'), field(1, field(1, 'v1'), field(2, 'Secret')), field(2, ...raw), ...more]);
    const contentType = 'application/vnd.kubernetes.protobuf';
    const put = (body: Buffer) => ({ method: 'PUT', target: PATH, contentType, body }) as const;
    expect(await refused(put(envelope(field(number, bare))), cluster())).toMatchObject({ code: 'mask-written-back' });
  });
});

/** Another gateway behind this one shows its own masks, which go back to it as they are. */
describe('masks that the cluster itself holds in clear', () => {
  const WIDGET = '/apis/example.com/v1/namespaces/team-a/widgets/w';
  const widget: Loose = {
    kind: 'Widget',
    metadata: { name: 'w', resourceVersion: '4' },
    spec: { theirs: bare, note: 'x' },
  };
  const objects = () => clusterOf({ [WIDGET]: widget });
  const merge = (spec: object) =>
    ({ method: 'PATCH', target: WIDGET, contentType: 'application/merge-patch+json', body: { spec } }) as const;

  it('pass in their own field', async () => {
    expect((await written(merge({ theirs: bare, note: 'y' }), objects())).spec).toEqual({ theirs: bare, note: 'y' });
  });

  it('do not let another pass beside them', async () => {
    const operations = [
      { op: 'replace', path: '/spec/theirs', value: bare },
      { op: 'add', path: '/spec/note', value: 'y', note: bare },
    ];
    const sent = { method: 'PATCH', target: WIDGET, contentType: jsonPatch, body: operations } as const;
    expect(await refused(sent, objects())).toMatchObject({ code: 'mask-written-back' });
    expect(await refused(merge({ theirs: bare, note: bare }), objects())).toMatchObject({ code: 'mask-written-back' });
  });

  it.each([3, 4])('nor one in the envelope of a protobuf body, or a key in it (field %i)', async (number) => {
    const MAP = '/api/v1/namespaces/team-a/configmaps/m';
    const stored = { kind: 'ConfigMap', metadata: { name: 'm', resourceVersion: '7' }, data: { theirs: bare } };
    const field = (key: number, ...parts: Array<Buffer | string>): Buffer => {
      const content = Buffer.concat(parts.map((part) => Buffer.from(part)));
      const length = content.length < 128 ? [content.length] : [(content.length & 0x7f) | 0x80, content.length >> 7];
      return Buffer.concat([Buffer.from([key * 8 + 2, ...length]), content]);
    };
    const entry = (key: string, value: string) => field(2, field(1, key), field(2, value));
    const put = (entries: Buffer[], ...more: Buffer[]) => {
      const raw = field(2, field(1, field(1, 'm'), field(6, '7')), ...entries);
      const type = field(1, field(1, 'v1'), field(2, 'ConfigMap'));
      const body = Buffer.concat([Buffer.from('k8s\0'), type, raw, ...more]);
      return { method: 'PUT', target: MAP, contentType: 'application/vnd.kubernetes.protobuf', body } as const;
    };
    const objectsThere = () => clusterOf({ [MAP]: stored });
    const theirs = entry('theirs', bare);
    expect((await write(put([theirs]), objectsThere()))?.body.includes(bare)).toBe(true);
    for (const sent of [
      put([theirs], field(number, bare)),
      put([theirs, entry(bare, 'x')]),
      put([theirs, entry('y', bare)]),
    ]) {
      expect(await refused(sent, objectsThere())).toMatchObject({ code: 'mask-written-back' });
    }
  });
});
