// Longer than 300 lines: tables of bodies, what becomes of each and what is refused, on the same live objects.
import { describe, expect, it } from 'vitest';
import type { MaskObligation } from '../../../model/decision.ts';
import { MASK_SECRETS } from '../masking/requests.ts';
import { clusterOf, type Loose, masked, refused, write, written } from './bodies.ts';

const PATH = '/api/v1/namespaces/team-a/secrets/db';
const LIST = '/api/v1/namespaces/team-a/secrets';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const plainToken = (encoded: string) => Buffer.from(encoded, 'base64').toString();

const applied = `${JSON.stringify({ kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'hunter2' } })}\n`;
const SECRET = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    namespace: 'team-a',
    uid: 'u1',
    resourceVersion: '7',
    annotations: { [LAST_APPLIED]: applied },
  },
  data: {
    password: base64('hunter2'),
    user: base64('admin'),
    binary: Buffer.from([0xff, 0xfe, 0]).toString('base64'),
    '.dockerconfigjson': base64('{"auths":{"r.io":{"auth":"YTpi"}}}'),
  },
  type: 'Opaque',
};
const shown = masked(SECRET, PATH);
const cluster = () => clusterOf({ [PATH]: SECRET });
const tokens = shown.data as Record<string, string>;
const merge = 'application/merge-patch+json';
const strategic = 'application/strategic-merge-patch+json';
const apply = 'application/apply-patch+yaml';
const jsonPatch = 'application/json-patch+json';
const fields = (refusal: Loose) => refusal.details.causes.map(({ field }: Loose) => field);

describe('case 37: a mask that comes back becomes the value it stands for', () => {
  it('kubectl replace of what was read: data, and the copy in last-applied, byte for byte', async () => {
    expect(JSON.stringify(shown)).not.toContain('hunter2');
    expect(await written({ method: 'PUT', target: PATH, body: shown }, cluster())).toEqual(SECRET);
  });

  it('keeps the version that the client names, and adds the one that was read where it names none', async () => {
    const own = await write({ method: 'PUT', target: PATH, body: shown }, cluster());
    expect(own?.pinnedTo).toBeNull();
    const { resourceVersion: _, ...metadata } = shown.metadata;
    const body = { ...shown, metadata };
    const pinned = await write({ method: 'PUT', target: PATH, body }, cluster());
    expect(pinned?.pinnedTo).toBe('7');
    expect(JSON.parse(String(pinned?.body))).toEqual(SECRET);
  });

  it.each([
    ['merge patch', merge],
    ['strategic merge patch', strategic],
    ['server-side apply', apply],
  ])('%s', async (_, contentType) => {
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, data: { password: tokens.password } };
    expect(await written({ method: 'PATCH', target: PATH, contentType, body }, cluster())).toEqual({
      ...body,
      metadata: { name: 'db', resourceVersion: '7', ...(contentType === apply ? { uid: 'u1' } : {}) },
      data: { password: SECRET.data.password },
    });
  });

  it('server-side apply in YAML goes out as JSON, which is YAML too; a comment with a mask in it is gone', async () => {
    const body = `# was ${tokens.password}\nkind: Secret\ndata:\n  password: ${tokens.password}\n`;
    expect(await written({ method: 'PATCH', target: PATH, contentType: apply, body }, cluster())).toEqual({
      kind: 'Secret',
      metadata: { resourceVersion: '7', uid: 'u1' },
      data: { password: SECRET.data.password },
    });
  });

  it('JSON Patch: the values that are added, and the version is checked by the API server', async () => {
    const body = [
      { op: 'replace', path: '/data/password', value: tokens.password },
      { op: 'add', path: '/data', value: { user: tokens.user } },
    ];
    expect(await written({ method: 'PATCH', target: PATH, contentType: jsonPatch, body }, cluster())).toEqual([
      { op: 'replace', path: '/data/password', value: SECRET.data.password },
      { op: 'add', path: '/data', value: { user: SECRET.data.user } },
      { op: 'replace', path: '/metadata/resourceVersion', value: '7' },
    ]);
  });

  it('last-applied that kubectl apply --server-side builds from the masked answer', async () => {
    const rebuilt = JSON.stringify({ ...shown, metadata: { ...shown.metadata, annotations: {} } });
    const body = { metadata: { annotations: { [LAST_APPLIED]: `${rebuilt}\n` } } };
    const sent = await written({ method: 'PATCH', target: PATH, contentType: apply, body }, cluster());
    const copy = JSON.parse(sent.metadata.annotations[LAST_APPLIED]);
    expect(copy.data).toEqual(SECRET.data);
    expect(sent.metadata.annotations[LAST_APPLIED]).toMatch(/\n$/);
  });

  it('two tokens in one annotation, and copies inside copies', async () => {
    const inner = JSON.stringify({ data: { password: tokens.password, user: tokens.user } });
    const outer = JSON.stringify({ data: tokens, metadata: { annotations: { [LAST_APPLIED]: inner } } });
    const body = { metadata: { annotations: { [LAST_APPLIED]: outer } } };
    const sent = await written({ method: 'PATCH', target: PATH, contentType: merge, body }, cluster());
    const copy = JSON.parse(sent.metadata.annotations[LAST_APPLIED]);
    expect(copy.data).toEqual(SECRET.data);
    expect(JSON.parse(copy.metadata.annotations[LAST_APPLIED]).data).toEqual({
      password: SECRET.data.password,
      user: SECRET.data.user,
    });
  });

  it('stringData is another way to write data: the same field', async () => {
    const body = { stringData: { password: plainToken(tokens.password ?? '') } };
    const sent = await written({ method: 'PATCH', target: PATH, contentType: merge, body }, cluster());
    expect(sent.stringData).toEqual({ password: 'hunter2' });
    const patch = [{ op: 'add', path: '/stringData/password', value: plainToken(tokens.password ?? '') }];
    const patched = await written({ method: 'PATCH', target: PATH, contentType: jsonPatch, body: patch }, cluster());
    expect(patched[0].value).toBe('hunter2');
  });

  it('but a value that is no text has no form as stringData', async () => {
    const body = { stringData: { binary: plainToken(tokens.binary ?? '') } };
    expect(fields(await refused({ method: 'PATCH', target: PATH, contentType: merge, body }, cluster()))).toEqual([
      'stringData.binary',
    ]);
  });

  it('a line break that a shell put behind the mask (base64 -d | base64) is not part of the value', async () => {
    const body = { data: { password: base64(`${plainToken(tokens.password ?? '')}\n`) } };
    const sent = await written({ method: 'PATCH', target: PATH, contentType: merge, body }, cluster());
    expect(sent.data.password).toBe(SECRET.data.password);
  });

  it('base64 broken into lines', async () => {
    const body = { data: { password: (tokens.password ?? '').replace(/(.{20})/g, '$1\n') } };
    const sent = await written({ method: 'PATCH', target: PATH, contentType: merge, body }, cluster());
    expect(sent.data.password).toBe(SECRET.data.password);
  });

  it('hidden behind escapes of JSON', async () => {
    const text = `{"data":{"password":"\\u005a${(tokens.password ?? '').slice(1)}"}}`;
    const sent = await written({ method: 'PATCH', target: PATH, contentType: merge, body: text }, cluster());
    expect(sent.data.password).toBe(SECRET.data.password);
  });

  it('a deleted key stays deleted, an immutable Secret stays the same, a big number its digits', async () => {
    const live = { ...SECRET, immutable: true };
    const { user: _, ...rest } = tokens;
    const body = JSON.stringify({ ...shown, immutable: true, data: rest, x: 0 }).replace(
      '"x":0',
      '"x":9007199254740993',
    );
    const sent = await write({ method: 'PUT', target: PATH, body }, clusterOf({ [PATH]: live }));
    expect(String(sent?.body)).toContain('9007199254740993');
    expect(Object.keys(JSON.parse(String(sent?.body)).data)).toEqual(Object.keys(rest));
  });

  it('what holds no mask is not read, not changed, and asks the cluster nothing', async () => {
    const objects = cluster();
    for (const body of [
      { data: { password: base64('new') } },
      { stringData: { note: 'gatehouse-masked is our prefix' } },
    ]) {
      expect(await write({ method: 'PATCH', target: PATH, contentType: merge, body }, objects)).toBeNull();
    }
    expect(objects.reads).toEqual([]);
  });
});

describe('case 37: a mask is never written over a value, nor a value where it would be read', () => {
  const password = tokens.password ?? '';
  it.each<[string, object, string, RegExp]>([
    ['another field', { data: { user: password } }, 'data.user', /belongs to data\.password/],
    ['a renamed key', { data: { renamed: password } }, 'data.renamed', /belongs to data\.password/],
    ['a key with a dot', { data: { 'tls.key': password } }, 'data[tls.key]', /belongs to data\.password/],
    [
      'an annotation',
      { metadata: { annotations: { a: plainToken(password) } } },
      'metadata.annotations.a',
      /belongs to/,
    ],
    ['a label', { metadata: { labels: { a: plainToken(password) } } }, 'metadata.labels.a', /belongs to/],
    ['behind other bytes', { data: { password: base64(`x${plainToken(password)}`) } }, 'data.password', /was changed/],
    ['before other bytes', { data: { password: base64(`${plainToken(password)}x`) } }, 'data.password', /was changed/],
    ['in clear in data', { data: { password: plainToken(password) } }, 'data.password', /was changed/],
    ['as a key', { data: { [plainToken(password)]: 'eA==' } }, 'data', /belongs to/],
    ['in base64 in base64', { data: { password: base64(password) } }, 'data.password', /was changed/],
    [
      'in another annotation of JSON',
      { metadata: { annotations: { other: JSON.stringify({ data: { password } }) } } },
      'metadata.annotations.other.data.password',
      /belongs to/,
    ],
  ])('%s: 422 that names the field and says why', async (_, body, field, why) => {
    const found = await refused({ method: 'PATCH', target: PATH, contentType: merge, body }, cluster());
    expect(found).toMatchObject({ code: 'mask-written-back', status: 422, details: { name: 'db' } });
    expect(fields(found)).toEqual([field]);
    expect(found.details.causes[0]).toMatchObject({
      reason: 'FieldValueForbidden',
      message: expect.stringMatching(why),
    });
    expect(found.message).toContain(field);
    expect(JSON.stringify([found.message, found.details])).not.toMatch(/hunter2|gatehouse-masked\.v1\.k1/);
  });

  it('a stale mask: the value was changed since it was read', async () => {
    const now = { ...SECRET, data: { ...SECRET.data, password: base64('rotated') } };
    const origin = { kindClass: 'secrets', namespace: 'team-a', name: 'db', field: 'data.password' };
    const body = { data: { password } };
    const put = { method: 'PATCH', target: PATH, contentType: merge, body } as const;
    const found = await refused(put, clusterOf({ [PATH]: now }), { originOf: () => origin });
    expect(found.details.causes[0].message).toMatch(/stale: data\.password was changed/);
    const unknown = await refused(put, clusterOf({ [PATH]: now }));
    expect(unknown.details.causes[0].message).toMatch(/stale .* or belongs to another object/);
  });

  it('the mask of another object, namespace or cluster', async () => {
    const other = '/api/v1/namespaces/team-b/secrets/db';
    const theirs = { ...SECRET, metadata: { ...SECRET.metadata, namespace: 'team-b' } };
    const origin = { kindClass: 'secrets', namespace: 'team-a', name: 'db', field: 'data.password' };
    const body = { data: { password } };
    const found = await refused(
      { method: 'PATCH', target: other, contentType: merge, body },
      clusterOf({ [other]: theirs }),
      { originOf: () => origin },
    );
    expect(found.details.causes[0].message).toMatch(/belongs to secrets team-a\/db \(data\.password\)/);
  });

  it('a create, under another name or the same', async () => {
    for (const name of ['copy', 'db']) {
      const body = { ...shown, metadata: { name } };
      const found = await refused({ method: 'POST', target: LIST, body }, cluster());
      expect(found).toMatchObject({ code: 'mask-written-back', details: { name } });
      expect(fields(found)).toEqual(expect.arrayContaining(['data.password', 'data.user', 'data.binary']));
    }
  });

  it('in any other resource', async () => {
    const target = '/api/v1/namespaces/team-a/configmaps';
    const body = { metadata: { name: 'copy' }, data: { key: plainToken(password) } };
    expect(fields(await refused({ method: 'POST', target, body }, cluster()))).toEqual(['data.key']);
  });

  it('in a JSON Patch: the field that the operation writes', async () => {
    const body = [{ op: 'add', path: '/metadata/annotations/a~1b', value: plainToken(password) }];
    const found = await refused({ method: 'PATCH', target: PATH, contentType: jsonPatch, body }, cluster());
    expect(fields(found)).toEqual(['metadata.annotations[a/b]']);
  });

  it('of an object that does not exist', async () => {
    const body = { metadata: { name: 'db' }, data: { password } };
    const found = await refused({ method: 'PATCH', target: PATH, contentType: apply, body }, clusterOf({}));
    expect(found.details.causes[0].message).toMatch(/does not exist yet/);
  });

  it('in protobuf that cannot be read', async () => {
    const contentType = 'application/vnd.kubernetes.protobuf';
    for (const body of [Buffer.from(`junk${plainToken(password)}`), Buffer.from(`k8s\0${plainToken(password)}`)]) {
      expect(await refused({ method: 'PUT', target: PATH, contentType, body }, cluster())).toMatchObject({
        code: 'mask-written-back',
      });
    }
  });
});

describe('case 37: a value comes back only where it is masked again', () => {
  const WORKLOAD = '/apis/example.com/v1/namespaces/team-a/rollouts/web';
  const credentials = [{ resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:credentials'] }];
  const web = {
    kind: 'Rollout',
    metadata: { name: 'web', resourceVersion: '4' },
    spec: {
      args: ['serve', '--password', 5, 'orange', '--secret=apple', '-v'],
      env: [{ name: 'DB_PASSWORD', value: 'orange' }],
    },
  };
  const objects = clusterOf({ [WORKLOAD]: web }, credentials, WORKLOAD);
  const { args, env } = masked(web, WORKLOAD, credentials).spec;
  const merged = (spec: object) => ({ method: 'PATCH', target: WORKLOAD, contentType: merge, body: { spec } }) as const;

  it.each<[string, object]>([
    ['a word without the flag before it', { args: ['serve', args[3]] }],
    ['a word behind another flag', { args: ['--color', args[3]] }],
    ['a word in the first place', { args: [args[3]] }],
    ['a variable without its name', { env: [{ value: env[0].value }] }],
    ['a variable whose name is none', { env: [{ name: 1, value: env[0].value }] }],
  ])('%s: refused', async (_, spec) => {
    expect(JSON.stringify([args, env])).not.toMatch(/orange|apple/);
    expect(await refused(merged(spec), objects)).toMatchObject({ code: 'mask-written-back' });
  });

  it('a word added to a JSON Patch of its list: refused', async () => {
    const body = [{ op: 'add', path: '/spec/args/-', value: args[3] }];
    const found = await refused({ ...merged({}), contentType: jsonPatch, body }, objects);
    expect(found).toMatchObject({ code: 'mask-written-back' });
  });

  it('what is redacted says not which value it was: among several the wrong one would be stored, so none is', async () => {
    const USERS = '/apis/example.com/v1/namespaces/team-a/realms/r';
    const realm = {
      metadata: { name: 'r', resourceVersion: '4' },
      spec: {
        users: [
          { login: 'a', key: 'one' },
          { login: 'b', key: 'two' },
        ],
        keys: ['one', 'two'],
      },
    };
    const redacted: MaskObligation[] = [
      {
        ...{ resource: 'realms.example.com', fields: ['spec.users[*].key', 'spec.keys[*]'] },
        ...{ annotations: [], keep: [], as: 'redact' },
      },
    ];
    const { users, keys } = masked(realm, USERS, redacted).spec;
    expect([users[1].key, keys[1]]).toEqual([users[0].key, keys[0]]);
    for (const spec of [{ users: [users[1]] }, { keys: [keys[1]] }, { users }]) {
      const body = { method: 'PATCH', target: USERS, contentType: merge, body: { spec } } as const;
      const found = await refused(body, clusterOf({ [USERS]: realm }, redacted, USERS));
      expect(found).toMatchObject({ code: 'mask-written-back' });
    }
    const inBase64: MaskObligation[] = [{ ...MASK_SECRETS, as: 'redact' }];
    const { data } = masked(SECRET, PATH, inBase64);
    const body = { method: 'PATCH', target: PATH, contentType: merge, body: { data } } as const;
    expect(await refused(body, clusterOf({ [PATH]: SECRET }, inBase64))).toMatchObject({ code: 'mask-written-back' });
  });

  it('words behind their flags, wherever these are', async () => {
    const sent = await written(merged({ args: ['-x', args[4], '--password', args[3]], env }), objects);
    expect(sent.spec).toEqual({ args: ['-x', '--secret=apple', '--password', 'orange'], env: web.spec.env });
  });
});
