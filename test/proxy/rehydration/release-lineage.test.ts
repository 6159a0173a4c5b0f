import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { clusterOf, type Loose, masked, refused, write, written } from './bodies.ts';

const LIST = '/api/v1/namespaces/team-a/secrets';
const STORED = `${LIST}/sh.helm.release.v1.web.v1`;
const REVISIONS = `${LIST}?labelSelector=${encodeURIComponent('owner=helm,name=web')}`;
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64');
const seal = (release: object) => base64(base64(gzipSync(JSON.stringify(release))));
const open = (text: string): Loose =>
  JSON.parse(gunzipSync(Buffer.from(Buffer.from(text, 'base64').toString(), 'base64')).toString());

// An ordinary word, which is not looked for in other texts: the hardest to keep.
const PASSWORD = 'orange';
const manifest = `---\nkind: Secret\nmetadata: {name: web-db}\ndata: {password: ${base64(PASSWORD)}}\n`;
const release = {
  name: 'web',
  version: 1,
  info: { status: 'deployed' },
  config: { db: { password: PASSWORD } },
  manifest,
};
const stored = {
  kind: 'Secret',
  metadata: {
    name: 'sh.helm.release.v1.web.v1',
    namespace: 'team-a',
    resourceVersion: '5',
    labels: { owner: 'helm', name: 'web' },
  },
  data: { release: seal(release) },
  type: 'helm.sh/release.v1',
};
const annotations = { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'team-a' };
const rendered = {
  kind: 'Secret',
  metadata: { name: 'web-db', namespace: 'team-a', resourceVersion: '6', annotations },
  data: { password: base64('changed since') },
};
const kept = {
  kind: 'Secret',
  metadata: { name: 'web-kept', namespace: 'team-a', annotations },
  data: { made: base64('kept-v4lue') },
};
const objects = () =>
  clusterOf({
    [STORED]: stored,
    [REVISIONS]: { kind: 'SecretList', items: [stored] },
    [`${LIST}/web-db`]: rendered,
    [`${LIST}/web-kept`]: kept,
  });
const shown = open(masked(stored, STORED).data.release);
const token = shown.config.db.password as string;

const next = (change: object) => ({ ...shown, version: 2, ...change });
const create = (body: object) => ({
  method: 'POST' as const,
  target: LIST,
  body: { kind: 'Secret', metadata: { name: 'sh.helm.release.v1.web.v2' }, data: { release: seal(body) } },
});
const patch = (name: string, body: object) => ({
  method: 'PATCH' as const,
  target: `${LIST}/${name}`,
  contentType: 'application/apply-patch+yaml',
  body: { kind: 'Secret', metadata: { name, annotations }, ...body },
});

describe('case 38: the values of a release come back', () => {
  it('into the revision that is written again, bound to what was read', async () => {
    const body = { ...masked(stored, STORED), metadata: { name: stored.metadata.name } };
    const sent = await written({ method: 'PUT', target: STORED, body }, objects());
    expect(open(sent.data.release)).toEqual(release);
    expect(sent.metadata.resourceVersion).toBe('5');
  });

  it('into the next revision, in its values and where they were rendered', async () => {
    const text = manifest.replace(base64(PASSWORD), base64(token));
    const sent = await written(create(next({ manifest: text, info: { notes: `use ${token}` } })), objects());
    expect(open(sent.data.release)).toMatchObject({ config: { db: { password: PASSWORD } }, manifest });
  });

  it('of a Secret that the chart looked up, into the manifest that renders it', async () => {
    const made = masked(kept, `${LIST}/web-kept`).data.made;
    const text = `kind: Secret\nmetadata: {name: web-kept}\ndata: {made: ${made}}\n`;
    const sent = await written(create(next({ manifest: text })), objects());
    expect(open(sent.data.release).manifest).toBe(text.replace(made, kept.data.made));
  });

  it('into the object that a revision renders them into, whatever stands there now', async () => {
    const sent = await written(patch('web-db', { data: { password: base64(token) } }), objects());
    expect(sent.data).toEqual({ password: base64(PASSWORD) });
  });

  it('a release without masks goes out as it is', async () => {
    expect(await write(create(release), objects())).toBeNull();
  });
});

describe('case 38: and nowhere else', () => {
  it.each<[string, string, Loose]>([
    ['JSON Patch', 'application/json-patch+json', [{ op: 'replace', path: '/data/release', value: seal(shown) }]],
    [
      'JSON Patch of all data',
      'application/json-patch+json',
      [{ op: 'add', path: '/data', value: { release: seal(shown) } }],
    ],
    [
      'stringData',
      'application/merge-patch+json',
      { stringData: { release: Buffer.from(seal(shown), 'base64').toString() } },
    ],
  ])('a masked release is not stored by way of %s, where nothing is put back', async (_, contentType, body) => {
    const sent = { method: 'PATCH', target: STORED, contentType, body } as const;
    expect(await refused(sent, objects())).toMatchObject({ code: 'mask-written-back' });
  });

  it.each<[string, object]>([
    ['under a key that is not masked', { config: { color: token }, manifest: '' }],
    ['in a ConfigMap of the manifest', { manifest: `kind: ConfigMap\ndata: {a: ${token}}\n` }],
    ['in base64 there', { manifest: `kind: ConfigMap\ndata: {a: ${base64(`x:${token}`)}}\n` }],
    ['in base64 of base64', { manifest: `kind: ConfigMap\ndata: {a: ${base64(`x ${base64(`y:${token}`)}`)}}\n` }],
    ['in the description', { info: { status: 'deployed', description: token }, config: {}, manifest: '' }],
    ['in the labels of the release', { labels: { a: token } }],
    ['in a template of the chart', { chart: { templates: [{ name: 'x', data: base64(`a: ${token}`) }] } }],
    ['half of a name', { config: { [token]: 'x' } }],
  ])('%s: refused', async (_, change) => {
    const found = await refused(create(next(change)), objects());
    expect(found).toMatchObject({ code: 'mask-written-back', status: 422 });
    expect(JSON.stringify([found.message, found.details])).not.toContain(PASSWORD);
  });

  it.each<[string, Loose]>([
    ['another Secret of the release', patch('web-kept', { data: { made: base64(token) } })],
    [
      'an annotation of the right one',
      patch('web-db', { metadata: { name: 'web-db', annotations: { ...annotations, a: token } } }),
    ],
    [
      'a release of another name',
      { ...create(next({})), body: { ...create(next({})).body, metadata: { name: 'sh.helm.release.v1.other.v1' } } },
    ],
    [
      'a Secret that does not say it is of the release',
      { ...patch('plain', {}), body: { kind: 'Secret', metadata: { name: 'plain' }, data: { a: base64(token) } } },
    ],
    [
      'a JSON Patch',
      {
        ...patch('web-db', {}),
        contentType: 'application/json-patch+json',
        body: [{ op: 'replace', path: '/data/password', value: base64(token) }],
      },
    ],
  ])('%s: refused', async (_, request) => {
    expect(await refused(request, objects())).toMatchObject({ code: 'mask-written-back', status: 422 });
  });
});

/** A label can be put on anything, and an annotation on what one writes oneself: they say nothing by themselves. */
describe('case 38: whose release it is', () => {
  const theirs = (metadata: object) => ({ ...stored, metadata: { ...stored.metadata, ...metadata } });
  const listing = (...items: object[]) =>
    clusterOf({ [REVISIONS]: { kind: 'SecretList', items }, [`${LIST}/web-db`]: rendered });

  it.each<[string, Loose]>([
    ['another release under the same labels', theirs({ name: 'sh.helm.release.v1.other.v1' })],
    ['a release whose name goes on', theirs({ name: 'sh.helm.release.v1.web.v1.v1' })],
    ['a release of another namespace', theirs({ namespace: 'team-b' })],
  ])('the values of %s are not its own', async (_, other) => {
    const { namespace, name } = other.metadata;
    const theirToken = open(masked(other, `/api/v1/namespaces/${namespace}/secrets/${name}`).data.release).config.db
      .password;
    expect(theirToken).not.toBe(token);
    const request = (shownToken: string) => create(next({ config: { db: { password: shownToken } }, manifest: '' }));
    expect(await refused(request(theirToken), listing(other, stored))).toMatchObject({ code: 'mask-written-back' });
    expect(await refused(request(token), listing(other))).toMatchObject({ code: 'mask-written-back' });
    expect(await write(request(token), listing(other, stored))).not.toBeNull();
  });

  it('an object gets nothing of a release of another namespace, though that renders one of its name', async () => {
    const elsewhere = theirs({ namespace: 'team-b' });
    const path = LIST.replace('team-a', 'team-b');
    const shownThere = open(masked(elsewhere, `${path}/sh.helm.release.v1.web.v1`).data.release);
    const of = { ...annotations, 'meta.helm.sh/release-namespace': 'team-b' };
    const live = { ...rendered, metadata: { ...rendered.metadata, annotations: of } };
    const everything = clusterOf({
      [REVISIONS.replace('team-a', 'team-b')]: { kind: 'SecretList', items: [elsewhere] },
      [`${LIST}/web-db`]: live,
    });
    const request = patch('web-db', { data: { password: base64(shownThere.config.db.password) } });
    expect(await refused(request, everything)).toMatchObject({ code: 'mask-written-back' });
  });

  it('what is there says which release it is of, not what is written', async () => {
    const live = (metadata: object) => ({ ...rendered, metadata: { ...rendered.metadata, ...metadata } });
    const request = patch('web-db', { data: { password: base64(token) } });
    const objectsWith = (metadata: object) =>
      clusterOf({ [REVISIONS]: { kind: 'SecretList', items: [stored] }, [`${LIST}/web-db`]: live(metadata) });
    expect(await write(request, objectsWith({}))).not.toBeNull();
    for (const of of [
      {},
      { 'meta.helm.sh/release-name': 'other', 'meta.helm.sh/release-namespace': 'team-a' },
      { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'team-b' },
      { 'meta.helm.sh/release-name': 'web' },
    ]) {
      expect(await refused(request, objectsWith({ annotations: of }))).toMatchObject({ code: 'mask-written-back' });
    }
  });
});

describe('case 60: an object that a release renders together with others', () => {
  const secret = (name: string, value: string) => `{metadata: {name: ${name}}, data: {password: ${base64(value)}}}`;
  const releasing = (text: string, more: object = {}) => {
    const one = { ...stored, data: { release: seal({ ...release, manifest: text, ...more }) } };
    return clusterOf({
      [STORED]: one,
      [REVISIONS]: { kind: 'SecretList', items: [one] },
      [ALL]: { kind: 'SecretList', items: [one] },
      [`${LIST}/web-db`]: rendered,
      [`${LIST}/web-hook`]: { ...rendered, metadata: { ...rendered.metadata, name: 'web-hook', annotations: HOOK } },
      [`${LIST}/web-plain`]: { ...rendered, metadata: { name: 'web-plain', namespace: 'team-a' } },
      [`${LIST}/web-kept`]: kept,
    });
  };
  const ALL = `${LIST}?labelSelector=${encodeURIComponent('owner=helm')}`;
  const HOOK = { 'helm.sh/hook': 'pre-upgrade' };

  it.each([
    [
      'a List',
      `kind: List\nitems:\n- {kind: X, metadata: {name: x}}\n- kind: Secret\n  metadata: {name: web-db}\n  data: {password: ${base64(PASSWORD)}}\n`,
    ],
    [
      'a SecretList whose items have no kind',
      `kind: SecretList\nitems:\n- ${secret('other', 'x')}\n- ${secret('web-db', PASSWORD)}\n`,
    ],
    ['a List in a List', `kind: List\nitems:\n- kind: SecretList\n  items:\n  - ${secret('web-db', PASSWORD)}\n`],
    [
      'a document with an alias',
      `kind: Secret\nmetadata: {name: web-db}\nstringData: {password: &p ${PASSWORD}, again: *p}\n`,
    ],
    [
      'a document that merges',
      `kind: List\nitems:\n- {kind: ConfigMap, metadata: {name: x}, data: &d {password: ${PASSWORD}}}\n- {kind: Secret, metadata: {name: web-db}, stringData: {<<: *d}}\n`,
    ],
  ])('gets its value back: %s', async (_, text) => {
    const sent = await written(patch('web-db', { data: { password: base64(token) } }), releasing(text));
    expect(sent.data).toEqual({ password: base64(PASSWORD) });
  });

  it.each([
    [
      'another item of the list',
      `kind: List\nitems:\n- kind: Secret\n  metadata: {name: web-db}\n  data: {password: ${base64(PASSWORD)}}\n- {kind: Secret, metadata: {name: web-kept}}\n`,
    ],
    [
      'what the list itself is called',
      `kind: SecretList\nmetadata: {name: web-kept}\nitems:\n- ${secret('web-db', PASSWORD)}\n`,
    ],
    [
      'an object of another kind by its name',
      `kind: List\nitems:\n- {kind: ConfigMap, metadata: {name: web-kept}, data: {password: ${PASSWORD}}}\n`,
    ],
  ])('and no other: %s', async (_, text) => {
    const request = patch('web-kept', { data: { made: base64(token) } });
    expect(await refused(request, releasing(text))).toMatchObject({ code: 'mask-written-back', status: 422 });
  });

  const hooked = (name: string) =>
    `kind: Secret\nmetadata: {name: ${name}, annotations: {helm.sh/hook: pre-upgrade}}\nstringData: {password: ${PASSWORD}}\n`;
  const hook = (name: string, annotations: object) => ({
    ...patch(name, {}),
    body: { kind: 'Secret', metadata: { name, annotations }, stringData: { password: token } },
  });

  it.each([
    ['that is there', 'web-hook'],
    ['that helm has just deleted, to make it anew', 'web-gone'],
  ])('a hook %s gets its value back, though helm does not say in it which release it is of', async (_, name) => {
    const cluster = releasing('', { hooks: [{ name: 'h', manifest: hooked(name) }] });
    expect((await written(hook(name, HOOK), cluster)).stringData).toEqual({ password: PASSWORD });
  });

  it.each<[string, string, string, object]>([
    ['no release renders it', 'web-gone', 'web-other', HOOK],
    ['it does not say that it is one', 'web-gone', 'web-gone', {}],
    ['what is there does not', 'web-plain', 'web-plain', HOOK],
  ])('a hook gets nothing where %s', async (_, name, rendersInto, given) => {
    const cluster = releasing('', { hooks: [{ name: 'h', manifest: hooked(rendersInto) }] });
    expect(await refused(hook(name, given), cluster)).toMatchObject({ code: 'mask-written-back' });
  });
});
