import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { maskRelease, type ReleaseValue } from '../../../proxy/masking/helm-release/mask-release.ts';
import { restoreRelease } from '../../../proxy/masking/helm-release/restore-release.ts';
import { maskToken } from '../../../proxy/masking/tokens/mask-token.ts';
import { jsonText } from '../../../proxy/request/json-text.ts';
import type { JsonObject } from '../../../proxy/request/json-value.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';
import { KEY } from './requests.ts';

// biome-ignore lint/suspicious/noExplicitAny: tests reach into releases
type Loose = any;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const read = (value: object) => readStrictJson(Buffer.from(JSON.stringify(value))) as JsonObject;
const plain = (value: JsonObject): Loose => JSON.parse(jsonText(value));

/** Masks a release and remembers what its tokens stand for. */
function masked(release: object) {
  const values = new Map<string, ReleaseValue>();
  const shown = maskRelease(read(release), (value) => {
    const place = { kindClass: 'secrets', namespace: 'n', name: 'web', fieldPath: value.field };
    const token = maskToken(KEY, place, value.bytes);
    values.set(token, value);
    return token;
  });
  return { shown, valueFor: (token: string) => values.get(token) };
}

const KEY_TEXT = '-----BEGIN PRIVATE KEY-----\nMIIabcdefghijklmnop\nqrstuv=="\n-----END PRIVATE KEY-----\n';

describe('case 38: a masked release comes back as what it was', () => {
  const manifests: ReadonlyArray<readonly [string, string]> = [
    ['plain data', `kind: Secret\ndata:\n  a: ${base64('s3cret-value')}\n`],
    ['data in quotes', `kind: Secret\ndata:\n  "a": "${base64('s3cret-value')}"\n`],
    ['data that is not canonical base64', `kind: Secret\ndata:\n  a: ${base64('s3cret-value!')}=\n`],
    ['data over lines', `kind: Secret\ndata:\n  a: |\n    ${base64('s3cret-value')}\n    ${base64('an0ther')}\n`],
    ['folded text', `kind: Secret\nstringData:\n  a: >-\n    s3cret\n    value\n  b: x\n`],
    ['a block with a key', `kind: Secret\nstringData:\n  a: |\n    ${KEY_TEXT.trim().split('\n').join('\n    ')}\n`],
    ['escapes', 'kind: Secret\nstringData:\n  a: "s3cret \\"value\\" \\u00fc"\n'],
    ['single quotes', "kind: Secret\nstringData: {a: 's3cret ''value'''}\n"],
    ['flow style and JSON', '{"kind":"Secret","stringData":{"a":"s3cret-value","b":""}}\n'],
    ['a number that should be text', 'kind: Secret\nstringData:\n  a: 123456789\n'],
    ['a list of Secrets', `kind: List\nitems:\n- kind: Secret\n  data: {a: ${base64('s3cret-value')}}\n`],
    [
      'several documents with comments',
      `# one\n---\n# two\nkind: Secret\ndata: {a: ${base64('s3cret-value')}}\n---\nkind: X\n`,
    ],
    ['a value that cannot be read', 'kind: Secret\ndata: [\n'],
    [
      'variables',
      `kind: Deployment\nenv:\n- name: DB_PASSWORD\n  value: "s3cret-value"\n- name: API_KEY\n  value: |-\n    s3cret\n`,
    ],
    ['windows lines', `kind: Secret\r\ndata:\r\n  a: ${base64('s3cret-value')}\r\n`],
  ];

  it.each(manifests)('%s: byte for byte, and nothing of it is seen between', (_, manifest) => {
    const release = { name: 'web', config: { password: 'c0nfig-value' }, manifest, hooks: [{ manifest, weight: 1 }] };
    const { shown, valueFor } = masked(release);
    expect(jsonText(shown)).not.toMatch(/s3cret|czNjcmV0|MIIabc|c0nfig|123456789/);
    const restored = restoreRelease(shown, valueFor);
    expect(restored.unknown).toEqual([]);
    expect(plain(restored.release)).toEqual(release);
  });

  it('numbers are numbers again', () => {
    const release = { config: { apiToken: 12345678901234567890n.toString(), pwd: 4711 }, manifest: '' };
    const { shown, valueFor } = masked(release);
    expect(plain(restoreRelease(shown, valueFor).release)).toEqual(release);
  });

  it.each([
    ['a word', 'w0rd-value'],
    ['several lines', KEY_TEXT],
    ['quotes, backslashes and colons', `a"b'c\\d: #e {f}`],
    ['white space at its ends', '  s3cret value  '],
    ['characters beyond ASCII', 'schlüssel-✓'],
  ])('what a chart renders from a masked value is what it renders from the value: %s', (_, value) => {
    const { shown, valueFor } = masked({ config: { db: { password: value } }, manifest: '' });
    const token = plain(shown).config.db.password;
    const render = (text: string) =>
      `---\nkind: Secret\ndata:\n  a: ${base64(text)}\n  pair: ${base64(`user:${text}`)}\nstringData:\n  url: ${JSON.stringify(`db://u:${text}@h`)}\n  plain: ${text.includes('\n') || /[:#'"]|^ /.test(text) ? '"x"' : text}\n`;
    const { release, unknown } = restoreRelease(read({ config: {}, manifest: render(token) }), valueFor);
    expect(unknown).toEqual([]);
    expect(parse(plain(release).manifest)).toMatchObject({
      data: { a: base64(value), pair: base64(`user:${value}`) },
      stringData: { url: `db://u:${value}@h` },
    });
  });

  it('a token that nothing is known of is told, with the field that holds it', () => {
    const { shown } = masked({ config: { db: { password: 's3cret-value' } }, manifest: '' });
    expect(restoreRelease(shown, () => undefined).unknown).toMatchObject([
      { field: 'data.release.config.db.password' },
    ]);
  });

  it('the masked manifest is YAML still', () => {
    for (const [name, manifest] of manifests) {
      const { shown } = masked({ manifest });
      const errors = parseAllDocuments(plain(shown).manifest).flatMap((document) => document.errors);
      expect(errors, name).toEqual([]);
    }
  });
});
