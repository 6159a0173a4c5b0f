// Longer than 300 lines: tables of the forms in which a Secret says its own value, and of what must stay.
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { maskDocument } from '../../../proxy/masking/mask-document.ts';
import { maskWatch } from '../../../proxy/masking/mask-watch.ts';
import { newMaskReport, type Trim } from '../../../proxy/masking/plan/response-mask.ts';
import { apiRequest, arriving, KEY, MASK_SECRETS } from './requests.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests take objects apart
type Loose = any;

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const TOKEN = /^gatehouse-masked\.v1\.k1\.[\w-]{22}$/;
const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');

/** Letters and digits with what every escaping changes between them. */
const CANARY = 'c4n4ry7Head/"<&>+\\ütail9Zq8';
const PLAIN = 'Xk9pQz7mVw2r';
const LINES = `${PLAIN}line one of it\nand Another5One9here\n`;

/** What may not be left of a value, in whatever it is looked for. */
function leaksOf(text: string, values = [CANARY, PLAIN, LINES]): string[] {
  return values.flatMap((value) => {
    const runs = value.match(/[A-Za-z0-9]{6,}/g) ?? [];
    const encoded = [0, 1, 2].map((before) =>
      Buffer.concat([Buffer.alloc(before), Buffer.from(value)]).toString('base64'),
    );
    return [
      ...runs,
      ...encoded.map((form) => form.slice(4, 16)),
      Buffer.from(value).toString('hex').slice(0, 16),
    ].filter((form) => text.includes(form));
  });
}

interface Metadata {
  readonly annotations?: Record<string, string>;
  readonly labels?: Record<string, string>;
  readonly [field: string]: unknown;
}

function secret(metadata: Metadata, data: Record<string, string | Buffer>, more: object = {}): Loose {
  return {
    kind: 'Secret',
    apiVersion: 'v1',
    metadata: { name: 'db', namespace: 'team-a', uid: 'u-1', resourceVersion: '7', ...metadata },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)])),
    type: 'Opaque',
    ...more,
  };
}

async function maskText(text: string, name = 'db', obligations = [MASK_SECRETS], trim: Trim | null = null) {
  const request = apiRequest({ verb: name === '' ? 'list' : 'get', name });
  const { chunks, rest, report } = await maskDocument(arriving(text), { request, obligations, trim }, { key: KEY });
  const pieces = [...chunks];
  for await (const piece of rest ?? []) pieces.push(piece);
  return { text: Buffer.concat(pieces).toString('utf8'), report };
}

const mask = async (object: Loose, ...more: [string?, (typeof MASK_SECRETS)[]?]): Promise<Loose> =>
  JSON.parse((await maskText(JSON.stringify(object), ...more)).text);

const copy = (value: string, metadata: object = {}): Loose => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db', namespace: 'team-a', ...metadata },
  stringData: { password: value },
});

const gzip64 = (text: string): string => base64(gzipSync(text));

/** Every way in which an annotation may say a value; `value` is one of those above. */
const FORMS: ReadonlyArray<[name: string, write: (value: string) => string]> = [
  ['plain', (value) => value],
  ['in a sentence', (value) => `the password is ${value}, do not tell`],
  ['base64', (value) => base64(value)],
  ['base64 in a sentence', (value) => `see ${base64(value)} there`],
  ['base64 one byte later in a longer text', (value) => base64(`x${value}y`)],
  ['base64 two bytes later in a longer text', (value) => base64(`xx${value}y`)],
  ['base64 of base64', (value) => base64(base64(value))],
  ['base64 of base64 of base64', (value) => base64(base64(base64(value)))],
  ['base64 for URLs', (value) => Buffer.from(`??>${value}`).toString('base64url')],
  ['base64 in lines', (value) => base64(`${'long '.repeat(20)}${value}`).replace(/.{64}/g, '$&\n')],
  ['URL-escaped', (value) => `https://u:${encodeURIComponent(value)}@db/x?y=1`],
  ['URL-escaped, all of it', (value) => [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join('')],
  ['as JSON', (value) => JSON.stringify({ some: [value] })],
  ['as JSON in JSON', (value) => JSON.stringify({ some: JSON.stringify({ other: value }) })],
  ['as JSON in JSON in JSON', (value) => JSON.stringify([JSON.stringify([JSON.stringify([value])])])],
  ['as JSON, all characters escaped', (value) => `["${unicode(value)}"]`],
  ['for HTML', (value) => value.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)],
  ['as YAML', (value) => stringify({ password: value })],
  ['as YAML, folded short', (value) => stringify({ x: `${'word '.repeat(8)}${value}` }, { lineWidth: 20 })],
  [
    'as YAML, quoted and broken in the middle',
    (value) => `x: "${broken(JSON.stringify(value).slice(1, -1), '\\\n    ')}"`,
  ],
  ['as YAML, base64 folded in the middle', (value) => `x: >-\n    ${broken(base64(value), '\n    ')}\n`],
  [
    'as a literal block in a difference',
    (value) =>
      `  x: |\n${value
        .split('\n')
        .map((line) => `+    ${line}`)
        .join('\n')}`,
  ],
  ['hex', (value) => Buffer.from(value).toString('hex')],
  ['hex in capitals', (value) => Buffer.from(value).toString('hex').toUpperCase()],
  ['bytes as Go prints them', (value) => `map[password:[${[...Buffer.from(value)].join(' ')}]]`],
  ['bytes as JSON', (value) => JSON.stringify({ x: [...Buffer.from(value)] })],
  ['gzip in base64', (value) => gzip64(JSON.stringify({ x: value }))],
  ['gzip in base64 behind a prefix', (value) => `v1/${gzip64(value)}`],
  ['gzip in base64 twice', (value) => base64(gzip64(JSON.stringify({ x: value })))],
  ['base64 of gzip of base64', (value) => gzip64(base64(value))],
  ['gzip of gzip', (value) => base64(gzipSync(gzipSync(value)))],
  ['deflate in base64', (value) => base64(deflateRawSync(JSON.stringify({ x: value })))],
  ['base64 of UTF-16', (value) => base64(Buffer.from(Buffer.from(value).toString('latin1'), 'utf16le'))],
  ['bytes as shells print them', (value) => [...Buffer.from(value)].map(octal).join('')],
  ['zlib in base64', (value) => base64(deflateSync(JSON.stringify({ x: value })))],
  ['zlib at its fastest', (value) => base64(deflateSync(`--${value}--`, { level: 1 }))],
  ['gzip of the object', (value) => gzip64(JSON.stringify(copy(value)))],
  ['gzip in base64 in JSON in JSON', (value) => JSON.stringify({ x: JSON.stringify({ y: gzip64(value) }) })],
  ['a copy whose annotation says it', (value) => JSON.stringify(copy(value, { annotations: { note: `is ${value}` } }))],
];

const octal = (byte: number): string => `\\${byte.toString(8).padStart(3, '0')}`;

function unicode(text: string): string {
  return [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

/** With a break behind every five characters, never within an escape. */
function broken(text: string, by: string): string {
  return (text.match(/(?:\\.|[^\\]){1,5}/gs) ?? []).join(by);
}

describe('case 59: a Secret shows its own value in an annotation', () => {
  for (const [what, value] of [
    ['with characters that are escaped', CANARY],
    ['of letters and digits', PLAIN],
    ['of several lines', LINES],
  ] as const) {
    describe(`a value ${what}`, () => {
      it.each(FORMS)('%s', async (_name, write) => {
        const object = secret({ annotations: { 'example.com/copy': write(value), note: 'kept' } }, { password: value });
        for (const text of [
          JSON.stringify(object),
          JSON.stringify({ data: object.data, ...object }),
          goStyle(object),
        ]) {
          const masked = await maskText(text);
          expect(leaksOf(masked.text)).toEqual([]);
          const { metadata } = JSON.parse(masked.text) as Loose;
          expect(metadata.annotations.note).toBe('kept');
          expect(metadata.annotations['example.com/copy']).toMatch(/gatehouse-masked/);
        }
      });
    });
  }

  it.each(FORMS)('%s, when the bytes come one by one, in a list', async (_name, write) => {
    const object = secret({ annotations: { copy: write(CANARY) } }, { password: CANARY });
    const list = JSON.stringify({ kind: 'SecretList', apiVersion: 'v1', metadata: {}, items: [object, object] });
    const request = apiRequest({ verb: 'list' });
    const { chunks } = await maskDocument(
      arriving(...oneByOne(list)),
      { request, obligations: [MASK_SECRETS] },
      { key: KEY },
    );
    const text = Buffer.concat(chunks).toString();
    expect(leaksOf(text)).toEqual([]);
    expect(text).toBe((await maskText(list, '')).text);
  });
});

const oneByOne = (text: string): Uint8Array[] => [...Buffer.from(text)].map((byte) => Uint8Array.of(byte));

function goStyle(document: object): string {
  return JSON.stringify(document).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
}

describe('case 59: in every other place of the metadata', () => {
  it.each([
    ['hex', (value: string) => Buffer.from(value).toString('hex')],
    ['hex in capitals', (value: string) => Buffer.from(value).toString('hex').toUpperCase()],
    ['base64', (value: string) => base64(value).replace(/=+$/, '')],
    ['base64 in a longer one', (value: string) => base64(`xy${value}z`).replace(/=+$/, '')],
  ])('a label that says it as %s', async (_name, write) => {
    const { metadata } = await mask(secret({ labels: { app: write(PLAIN) } }, { password: PLAIN }));
    expect(metadata.labels.app).toMatch(TOKEN);
  });

  it.each([
    ['p Qw9&x=d 1/2', 'of a form'],
    ['a b c d e f', 'of single letters'],
  ])('an annotation that says it as forms are sent: %s', async (password) => {
    const note = new URLSearchParams({ password }).toString();
    const { metadata } = await mask(secret({ annotations: { note } }, { password }));
    expect(metadata.annotations.note).toMatch(TOKEN);
  });

  it('a label becomes one that clients may send back, and a selector of another label goes on', async () => {
    const { metadata } = await mask(secret({ labels: { app: PLAIN, tier: 'db' } }, { password: PLAIN }));
    expect(metadata.labels.app).toMatch(TOKEN);
    expect(metadata.labels.app).toMatch(/^[A-Za-z0-9][-A-Za-z0-9_.]{0,61}[A-Za-z0-9]$/);
    expect(metadata.labels.tier).toBe('db');
  });

  it.each<[string, Metadata]>([
    ['the key of an annotation', { annotations: { [`x-${PLAIN}`]: 'y' } }],
    ['the key of a label', { labels: { [PLAIN]: 'y' } }],
    ['a finalizer', { finalizers: ['example.com/a', `example.com/${PLAIN}`] }],
    ['an owner', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: `of-${PLAIN}`, uid: 'u' }] }],
    ['the beginning of its name', { generateName: `${PLAIN}-` }],
    ['a field that is not known', { later: { than: [{ this: PLAIN }] } }],
  ])('%s', async (_name, metadata) => {
    const masked = await maskText(JSON.stringify(secret(metadata, { password: PLAIN })));
    expect(leaksOf(masked.text)).toEqual([]);
    expect(masked.text).toContain('gatehouse-masked.v1.k1.');
    expect(JSON.parse(masked.text).metadata).toMatchObject({ name: 'db', namespace: 'team-a', uid: 'u-1' });
  });

  it.each<[string, object]>([
    ['a finalizer', { 'f:metadata': { 'f:finalizers': { '.': {}, [`v:"example.com/${PLAIN}"`]: {} } } }],
    ['an owner', { 'f:metadata': { 'f:ownerReferences': { [`k:{"name":"${PLAIN}"}`]: {} } } }],
    ['the key of an annotation', { 'f:metadata': { 'f:annotations': { [`f:${PLAIN}`]: {} } } }],
    ['any place', { 'f:spec': { [`k:{"x":"${base64(PLAIN)}"}`]: { 'f:y': {} } } }],
  ])('managedFields that name %s are left out with all of them', async (_name, fieldsV1) => {
    const managedFields = [
      { manager: 'a', fieldsV1: { 'f:data': { 'f:password': {} } } },
      { manager: 'b', fieldsV1 },
    ];
    const masked = await mask(secret({ managedFields }, { password: PLAIN }));
    expect(leaksOf(JSON.stringify(masked))).toEqual([]);
    expect(masked.metadata.managedFields).toBeNull();
  });

  it('managedFields that name the keys of its data stay, whatever they are called', async () => {
    const managedFields = [{ manager: 'a', fieldsV1: { 'f:data': { '.': {}, 'f:Password9x': {} } } }];
    const masked = await mask(secret({ managedFields }, { Password9x: 'Password9x', other: 'Password9x' }));
    expect(masked.metadata.managedFields).toEqual(managedFields);
  });

  it('the copy in last-applied is masked from within: another copy in it, its annotations, and what is in none', async () => {
    const inner = `${JSON.stringify(copy(CANARY))}\n`;
    const outer = copy(CANARY, {
      annotations: { [LAST_APPLIED]: inner, note: `is ${CANARY}`, kept: 'as it is', [PLAIN]: 'k', old: gzip64(PLAIN) },
      labels: { app: PLAIN },
    });
    outer.extra = { deep: [CANARY, 'stays'] };
    outer.stringData.other = PLAIN;
    const object = secret({ annotations: { [LAST_APPLIED]: `${JSON.stringify(outer)}\n` } }, { password: CANARY });
    const masked = await mask(object);
    expect(leaksOf(JSON.stringify(masked))).toEqual([]);
    const applied = JSON.parse(masked.metadata.annotations[LAST_APPLIED]) as Loose;
    expect(applied.metadata.annotations).toMatchObject({ kept: 'as it is', note: expect.stringMatching(TOKEN) });
    expect(applied.extra.deep).toEqual([expect.stringMatching(TOKEN), 'stays']);
    expect(JSON.parse(applied.metadata.annotations[LAST_APPLIED]).stringData.password).toMatch(TOKEN);
  });

  it('a number in a copy that is a value of the Secret', async () => {
    const text = JSON.stringify({ ...copy('x'), pin: 4815162342 });
    const masked = await mask(secret({ annotations: { [LAST_APPLIED]: text } }, { pin: '4815162342' }));
    expect(JSON.stringify(masked)).not.toContain('4815162342');
  });

  it('what one copy holds another may not show, in whatever order they stand', async () => {
    const one = JSON.stringify(copy('nothing', { annotations: { note: `is ${PLAIN}` } }));
    const other = JSON.stringify(copy(PLAIN));
    for (const annotations of [
      { 'a/one': one, 'b/other': other },
      { 'a/other': other, 'b/one': one },
    ]) {
      expect(leaksOf(JSON.stringify(await mask(secret({ annotations }, {}))))).toEqual([]);
    }
  });

  it('a value that only the copy still knows, anywhere in the metadata', async () => {
    const annotations = { [LAST_APPLIED]: JSON.stringify(copy(PLAIN)), note: `was ${PLAIN}` };
    const masked = await mask(secret({ annotations, labels: { was: PLAIN } }, { password: 'Another0ne' }));
    expect(leaksOf(JSON.stringify(masked))).toEqual([]);
  });

  it('a password inside a docker configuration', async () => {
    const config = JSON.stringify({ auths: { r: { username: 'u', auth: base64(`u:${PLAIN}`) } } });
    const object = secret({ annotations: { note: `log in with ${PLAIN}` } }, { '.dockerconfigjson': config });
    expect(leaksOf(JSON.stringify(await mask(object)))).toEqual([]);
  });

  it('a value inside a helm release that says more than helm writes', async () => {
    const release = { name: 'web', config: { password: PLAIN }, manifest: '', chart: {} };
    const data = { release: gzip64(JSON.stringify(release)) };
    const labels = { name: 'web', owner: 'helm', status: 'deployed', version: '1' };
    const object = secret({ labels: { ...labels, note: PLAIN } }, data);
    object.metadata.name = 'sh.helm.release.v1.web.v1';
    const masked = await mask(object);
    expect(leaksOf(JSON.stringify(masked))).toEqual([]);
    expect(masked.metadata.labels).toMatchObject(labels);
  });

  it('a difference that shows data, although nobody knows the value of before any more', async () => {
    for (const text of [
      '  0,  0   apiVersion: v1\n  1,  1   data:\n  2     -   password: b2xkVmFsdWU=\n      2 +   password: bmV3\n',
      '- type: replace\n  path: /data/password\n  value: b2xkVmFsdWU=\n',
      gzip64('{"kind":"Secret","data":{"password":"b2xkVmFsdWU="}}'),
    ]) {
      const masked = await mask(secret({ annotations: { 'kapp.k14s.io/original-diff': text } }, { password: PLAIN }));
      expect(masked.metadata.annotations['kapp.k14s.io/original-diff']).toMatch(TOKEN);
    }
  });

  it.each([
    ['a bomb', base64(gzipSync(Buffer.alloc(64 * 1024 * 1024)))],
    ['a compression that is not known', base64(Buffer.from('28b52ffd04585100006162636465660000', 'hex'))],
    ['gzip that ends too early', gzip64(PLAIN.repeat(9)).slice(0, 40)],
    ['more layers than anyone makes', Array.from({ length: 12 }).reduce<string>((text) => base64(text), 'abcdefgh')],
  ])('what nobody can look into is masked: %s', async (_name, text) => {
    const masked = await mask(secret({ annotations: { note: text } }, { password: PLAIN }));
    expect(masked.metadata.annotations.note).toMatch(TOKEN);
  });

  it('redacted where policy wants it so, keys of one map apart', async () => {
    const redact = [{ ...MASK_SECRETS, as: 'redact' as const }];
    const other = 'An0ther-value';
    const labels = { a: PLAIN, [PLAIN]: 'b', [other]: 'c' };
    const masked = await mask(secret({ labels }, { one: PLAIN, two: other }), 'db', redact);
    expect(Object.keys(masked.metadata.labels)).toHaveLength(3);
    expect(masked.metadata.labels.a).toBe('gatehouse-masked.v1.redacted');
    expect(JSON.stringify(masked)).not.toMatch(new RegExp(`${PLAIN}|${other}`));
  });
});

describe('case 59: words stay where tools work by them', () => {
  const data = {
    username: 'postgres',
    password: 'sunshine',
    database: 'shop-db',
    pin: '4711',
    port: '5432',
    on: 'true',
  };
  const annotations = {
    'meta.helm.sh/release-name': 'postgres',
    'meta.helm.sh/release-namespace': 'sunshine',
    'argocd.argoproj.io/tracking-id': 'sunshine:/Secret:team-a/db',
    'cert-manager.io/certificate-name': 'shop-db',
    'reflector.v1.k8s.emberstack.com/reflection-allowed-namespaces': 'postgres,sunshine',
    'sealedsecrets.bitnami.com/managed': 'true',
    'example.com/expires': '2026-12-01T01:15:02Z',
    'example.com/digest': 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
    'example.com/text': 'the postgres of the shop-db, on port 5432, pin 4711 times',
  };
  const labels = { app: 'postgres', name: 'sunshine', 'app.kubernetes.io/instance': 'shop-db', version: '4711' };

  it('in labels, and in annotations that are compared with names', async () => {
    const { metadata } = await mask(secret({ annotations, labels }, data));
    expect(metadata).toMatchObject({ annotations, labels });
  });

  it.each([
    ['behind their own key in YAML', 'username: postgres\n'],
    ['in JSON', '{"username":"postgres"}'],
    ['in a difference', '- old\n+ username: "postgres"'],
    ['in an environment file', 'username=postgres'],
    ['as base64 behind their key', 'x: 1\nusername: cG9zdGdyZXM=\n'],
    ['as base64', 'cG9zdGdyZXM='],
    ['as base64 in a longer one', base64('xpostgresx')],
    ['a short one behind its key', 'the pin: 4711'],
    ['a short one in base64 behind its key', `pin: ${base64('4711')}`],
    ['a short one in gzip', gzip64('{"pin":"4711"}')],
    ['a word that is a credential', 'log in with sunshine'],
  ])('not %s', async (_name, text) => {
    const { metadata } = await mask(secret({ annotations: { note: text } }, data));
    expect(metadata.annotations.note).toMatch(TOKEN);
  });

  it('what the name of the Secret or a key says is no secret', async () => {
    const labels = { app: 'Team9-db', also: 'team-a' };
    const object = secret({ labels }, { name: 'Team9-db', namespace: 'team-a', 'Key-5-of-it': 'x' });
    object.metadata.name = 'Team9-db-credentials';
    expect((await mask(object)).metadata.labels).toEqual(labels);
  });

  it('values that policy keeps are looked for nowhere', async () => {
    const object = secret({ annotations: { note: `CA ${PLAIN}` } }, { 'ca.crt': PLAIN });
    expect((await mask(object)).metadata.annotations.note).toBe(`CA ${PLAIN}`);
  });

  it('a Secret that policy does not mask is left as it is', async () => {
    const looks = [{ resource: '*', fields: [], annotations: [], keep: [], patterns: ['builtin:private-key'] }];
    const object = secret({ annotations: { note: PLAIN } }, { password: PLAIN });
    expect((await mask(object, 'db', looks)).metadata.annotations.note).toBe(PLAIN);
  });
});

describe('case 59: metadata without its Secret', () => {
  const object = secret(
    { annotations: { note: `is ${CANARY}`, kept: 'x' }, labels: { app: PLAIN } },
    { password: CANARY, other: PLAIN },
  );
  const trim = (of: Trim['of'], to: Trim['to'] = 'Metadata'): Trim => ({ of, to, version: 'v1' });
  const shown = {
    kind: 'PartialObjectMetadata',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {
      ...object.metadata,
      annotations: { note: expect.stringMatching(TOKEN), kept: 'x' },
      labels: { app: expect.stringMatching(TOKEN) },
    },
  };

  it('of one object, cut down to it', async () => {
    const { text, report } = await maskText(JSON.stringify(object), 'db', [MASK_SECRETS], trim('object'));
    expect(JSON.parse(text)).toEqual(shown);
    expect(report.onlyMetadata).toBe(true);
  });

  it('of the items of a list, which becomes a list of it', async () => {
    const { kind, apiVersion, ...item } = object;
    const list = {
      kind: 'SecretList',
      apiVersion,
      metadata: { resourceVersion: '9', continue: 'abc' },
      items: [item, { kind, ...item }],
    };
    const { text } = await maskText(JSON.stringify(list), '', [MASK_SECRETS], trim('items'));
    expect(JSON.parse(text)).toEqual({
      kind: 'PartialObjectMetadataList',
      apiVersion: 'meta.k8s.io/v1',
      metadata: list.metadata,
      items: [shown, shown],
    });
  });

  it('of a long list: what is held is one object', async () => {
    const items = Array.from({ length: 2000 }, () => object);
    const list = JSON.stringify({ kind: 'SecretList', apiVersion: 'v1', metadata: {}, items });
    const { text } = await maskText(list, '', [MASK_SECRETS], trim('items'));
    expect(leaksOf(text)).toEqual([]);
    expect(JSON.parse(text).items).toHaveLength(2000);
  });

  it('of the rows of a Table', async () => {
    const table = { kind: 'Table', columnDefinitions: [], rows: [{ cells: ['db', 'Opaque', 2, '3d'], object }] };
    const { text, report } = await maskText(JSON.stringify(table), '', [MASK_SECRETS], trim('rows'));
    expect(JSON.parse(text).rows).toEqual([{ cells: ['db', 'Opaque', 2, '3d'], object: shown }]);
    expect(report.onlyMetadata).toBe(true);
  });

  it('a Status stays one', async () => {
    const status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: 'db' } };
    expect((await maskText(JSON.stringify(status), 'db', [MASK_SECRETS], trim('object'))).text).toBe(
      JSON.stringify(status),
    );
  });

  it.each<[string, Trim, (object: Loose) => Loose]>([
    ['objects', trim('object'), (inner) => inner],
    ['tables', trim('rows'), (inner) => ({ kind: 'Table', rows: [{ cells: ['db'], object: inner }] })],
  ])('of a watch as %s, byte by byte; bookmarks pass', async (_name, cut, wrap) => {
    const bookmark = { kind: 'Secret', apiVersion: 'v1', metadata: { resourceVersion: '12' } };
    const events = [
      ...['ADDED', 'MODIFIED', 'DELETED'].map((type) => ({ type, object: wrap(object) })),
      { type: 'BOOKMARK', object: wrap(bookmark) },
    ];
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    const subject = { request: apiRequest({ verb: 'watch' }), obligations: [MASK_SECRETS], trim: cut };
    const pieces: Uint8Array[] = [];
    for await (const piece of maskWatch(arriving(...oneByOne(text)), subject, { key: KEY, report: newMaskReport() }))
      pieces.push(piece);
    const given = Buffer.concat(pieces)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Loose);
    const inner = given.map(({ object: inside }) => (cut.of === 'rows' ? inside.rows[0].object : inside));
    expect(inner.slice(0, 3)).toEqual([shown, shown, shown]);
    expect(inner[3]).toEqual({ ...bookmark, kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1' });
  });

  it('an answer that comes without its Secret all the same shows no annotation but those that tools compare', async () => {
    const annotations = { note: PLAIN, 'meta.helm.sh/release-name': 'web' };
    const masked = await mask({ kind: 'PartialObjectMetadata', metadata: { name: 'db', annotations } });
    expect(masked.metadata.annotations).toEqual({
      note: expect.stringMatching(TOKEN),
      'meta.helm.sh/release-name': 'web',
    });
  });
});
