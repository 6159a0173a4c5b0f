import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { objectsOf } from '../../../proxy/masking/helm-release/manifest-objects.ts';
import { maskRelease, type ReleaseValue } from '../../../proxy/masking/helm-release/mask-release.ts';
import { readOrdinaryYaml } from '../../../proxy/masking/helm-release/ordinary-yaml.ts';
import { restoreRelease } from '../../../proxy/masking/helm-release/restore-release.ts';
import { readWholeYaml } from '../../../proxy/masking/helm-release/whole-yaml.ts';
import type { YamlNode } from '../../../proxy/masking/helm-release/yaml-tree.ts';
import { jsonText } from '../../../proxy/request/json-text.ts';
import { isJsonObject, type JsonObject } from '../../../proxy/request/json-value.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';
import { growth, LINEAR } from '../growth.ts';

const VALUE = 'hunter2-and-more';
const BASE64 = Buffer.from(VALUE).toString('base64');
const BEFORE = 'kind: ConfigMap\ndata: {colour: blue}\n';
const SECRET = `kind: Secret\nmetadata: {name: db}\nstringData:\n  password: ${VALUE}\n`;

function releaseOf(manifest: string, hook?: string): JsonObject {
  const hooks = hook === undefined ? [] : [{ name: 'h', manifest: hook }];
  const release = readStrictJson(Buffer.from(JSON.stringify({ name: 'web', manifest, hooks })));
  if (!isJsonObject(release)) throw new Error('no object');
  return release;
}

function masked(release: JsonObject) {
  const values = new Map<string, ReleaseValue>();
  const shown = maskRelease(release, (value) => {
    const token = `gatehouse-masked.v1.k1.${String(values.size).padStart(22, 'A')}`;
    values.set(token, value);
    return token;
  });
  const back = restoreRelease(shown, (token) => values.get(token));
  return { text: jsonText(shown), manifest: String(shown.get('manifest')), back };
}

const UNREAD = /^\s*gatehouse-masked\.v1\.k1\.[\w-]{22}\s*$/;

describe('a Secret in a manifest of several documents', () => {
  it.each([
    ['a bare line', `${BEFORE}---\n${SECRET}`],
    ['a line with spaces behind it', `${BEFORE}---  \n${SECRET}`],
    ['a line with a comment', `${BEFORE}--- # Source: web/templates/secret.yaml\n${SECRET}`],
    ['Windows lines', `${BEFORE}---\r\n${SECRET}`.replaceAll(/\r?\n/g, '\r\n')],
    ['a line that the document begins in', `${BEFORE}--- {"kind":"Secret","stringData":{"password":"${VALUE}"}}\n`],
    ['a line that the first document begins in', `--- {"kind":"Secret","stringData":{"password":"${VALUE}"}}\n`],
    ['a line behind which nothing stands', `${SECRET}---`],
    ['dashes that are no line of their own to YAML', `${BEFORE}---# x\n${SECRET}`],
    ['dashes inside a text, where Go ends the document', `kind: X\ntext: "a\n---\n${SECRET}`],
  ])('is masked behind %s, and comes back as it was', (_, manifest) => {
    const release = releaseOf(manifest, manifest);
    const { text, manifest: shown, back } = masked(release);
    expect(text).not.toContain(VALUE);
    expect(shown).toContain('---');
    expect(back.unknown).toEqual([]);
    expect(jsonText(back.release)).toBe(jsonText(release));
  });
});

// Each of them is a Secret with this value to Kubernetes' reader (apimachinery, over goyaml); compared with it by hand
// and by mutation.
const READ: ReadonlyArray<readonly [string, string]> = [
  ['a List', `kind: List\nitems:\n- kind: Secret\n  data: {a: ${BASE64}}\n`],
  ['a List in a List', `kind: List\nitems:\n- kind: List\n  items:\n  - {kind: Secret, data: {a: ${BASE64}}}\n`],
  [
    'a SecretList whose items have no kind',
    `kind: SecretList\nitems:\n- metadata: {name: a}\n  data: {a: ${BASE64}}\n`,
  ],
  ['items without a kind under the kind itself', `kind: Secret\nitems:\n- data: {a: ${BASE64}}\n`],
  ['JSON', `{"kind":"Secret","data":{"a":"${BASE64}"}}`],
  ['JSON over lines', `{\n  "kind": "Secret",\n  "data": {\n    "a": "${BASE64}"\n  }\n}\n`],
  ['an escaped kind', `{"kind":"\\u0053ecret","data":{"a":"${BASE64}"}}`],
  ['an escape that JSON has not', `kind: "\\x53ecret"\n"d\\x61ta":\n  a: ${BASE64}\n`],
  ['a kind over two lines', `kind: "Sec\\\n  ret"\nstringData:\n  a: ${VALUE}\n`],
  ['a key with a question mark', `? kind\n: Secret\n? stringData\n: {a: ${VALUE}}\n`],
  ['an alias for the value', `x: &v ${VALUE}\nkind: Secret\nstringData:\n  a: *v\n`],
  ['an alias for the kind', `x: &k Secret\nkind: *k\nstringData:\n  a: ${VALUE}\n`],
  ['a key that an alias names', `&k Secret: 1\nkind: *k\nstringData:\n  a: ${VALUE}\n`],
  ['an alias for all of data', `x: &d\n  a: ${VALUE}\nkind: Secret\nstringData: *d\n`],
  ['the kind merged in', `x: &k {kind: Secret}\n<<: *k\nstringData:\n  a: ${VALUE}\n`],
  ['values merged in', `x: &v\n  a: ${VALUE}\nkind: Secret\nstringData:\n  <<: *v\n  b: c\n`],
  [
    'merged from a list, and from what merges',
    `x: &a {a: ${VALUE}}\ny: &b {<<: *a}\nkind: Secret\nstringData:\n  <<: [*b]\n`,
  ],
  ['an anchor that is set twice', `x: &v other\ny: &v ${VALUE}\nkind: Secret\nstringData: {a: *v}\n`],
  ['a repeated kind', `kind: ConfigMap\nstringData: {a: ${VALUE}}\nkind: Secret\n`],
  ['a repeated map', `kind: Secret\nstringData: {a: ${VALUE}}\nstringData: {b: c}\n`],
  ['a string by its tag', `kind: !!str Secret\nstringData: {a: !!str ${VALUE}}\n`],
  ['a block', `kind: Secret\nstringData:\n  a: |-\n    ${VALUE}\n    x\n`],
  ['a folded block that says the kind', `kind: >-\n  Secret\nstringData:\n  a: ${VALUE}\n`],
  ['comments', `kind: Secret # x\n# y\nstringData: # z\n  a: ${VALUE} # w\n`],
  ['Windows lines', `kind: Secret\r\nstringData:\r\n  a: ${VALUE}\r\n`],
  ['a tab behind a key', `kind:\tSecret\nstringData:\n  a:\t${VALUE}\n`],
  ['two maps that say what they are', `kind: X\nspec:\n  template:\n    kind: Secret\n    stringData: {a: ${VALUE}}\n`],
  ['a list as far left as its key', `kind: List\nitems:\n- kind: Secret\n  stringData:\n    a: ${VALUE}\n- kind: X\n`],
  ['a number, a date, a truth', `kind: Secret\nstringData: {a: ${VALUE}, b: 1, c: 2001-01-01, d: yes}\n`],
];

// Nobody knows what Go makes of these, or Go makes a Secret of what other readers see otherwise.
const DOUBTFUL: ReadonlyArray<readonly [string, string]> = [
  ['a kind in base64, by its tag', `kind: !!binary U2VjcmV0\nstringData: {a: ${VALUE}}\n`],
  ['a tag of somebody', `kind: !x Secret\nstringData: {a: ${VALUE}}\n`],
  ['a directive', `%TAG ! tag:yaml.org,2002:\n--- \nkind: !str Secret\nstringData: {a: ${VALUE}}\n`],
  ['an end of a document, and another behind it', `kind: X\n...\nkind: Secret\nstringData: {a: ${VALUE}}\n`],
  ['a line separator, behind which a comment ends for Go', `# x\u2028kind: Secret\nstringData: {a: ${VALUE}}\n`],
  ['the next line of YAML 1.1', `# x\u0085kind: Secret\nstringData: {a: ${VALUE}}\n`],
  ['a byte order mark that is not at the beginning', `\n\ufeffkind: Secret\nstringData: {a: ${VALUE}}\n`],
  ['a lone carriage return', `# x\rkind: Secret\nstringData: {a: ${VALUE}}\n`],
  ['two objects of JSON on end', `{"kind":"X"}{"kind":"Secret","stringData":{"a":"${VALUE}"}}`],
  ['white space that is none to YAML, before JSON', `\u00a0{"kind":"Secret","stringData":{"a":"${VALUE}"}}`],
  ['an alias for nothing', `kind: Secret\nstringData: {a: *no, b: ${VALUE}}\n`],
  ['a node that holds itself', `kind: Secret\nstringData: &a {b: *a, c: ${VALUE}}\n`],
  ['what is no YAML', `kind: Secret\nstringData: {a: ${VALUE}\n`],
  ['a name of a credential and no YAML', `kind: Deployment\nenv: [{name: DB_PASSWORD, value: ${VALUE}\n`],
  [
    'aliases of aliases of aliases',
    `kind: Secret\nx: &a [${VALUE}, ${VALUE}, ${VALUE}, ${VALUE}]\n${'bcdefghijklm'
      .split('')
      .map((name, index) => `x${name}: &${name} [${`*${'abcdefghijklm'[index]}, `.repeat(9)}1]\n`)
      .join('')}stringData: {a: *m}\n`,
  ],
];

const levels = (open: (name: string, before: string) => string): string =>
  'bcdefghijklm'
    .split('')
    .map((name, index) => open(name, 'abcdefghijklm'[index] ?? ''))
    .join('');

describe('case 60: a Secret, however its document is written', () => {
  it.each([
    [
      'merges of merges of merges',
      `x: &a {a: ${VALUE}}\n${levels((name, before) => `x${name}: &${name} {<<: [${`*${before}, `.repeat(9)}]}\n`)}`,
    ],
    [
      'lists of lists of lists',
      `x: &a {items: [{kind: X}]}\n${levels((name, before) => `x${name}: &${name} {items: [${`*${before}, `.repeat(9)}]}\n`)}`,
    ],
  ])('%s: is masked whole in a moment', (_, before) => {
    const manifest = `${before}kind: Secret\nstringData: {b: ${VALUE}, <<: *m}\nitems: [*m]\n`;
    const started = performance.now();
    expect(masked(releaseOf(manifest)).manifest).toMatch(UNREAD);
    expect(objectsOf({ text: manifest, start: 0 })).toEqual([]);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it.each(READ)('%s: is masked in its place, and comes back byte for byte', (_, manifest) => {
    const release = releaseOf(`${BEFORE}---\n${manifest}`, manifest);
    const { text, manifest: shown, back } = masked(release);
    expect(text).not.toContain(VALUE);
    expect(text).not.toContain(BASE64);
    expect(shown).not.toMatch(/---\s*gatehouse-masked/);
    expect(
      parseAllDocuments(shown).flatMap(({ errors }) => errors.filter(({ code }) => code !== 'DUPLICATE_KEY')),
    ).toEqual([]);
    expect(back.unknown).toEqual([]);
    expect(jsonText(back.release)).toBe(jsonText(release));
  });

  it.each(DOUBTFUL)('%s: is masked whole, and comes back', (_, manifest) => {
    const release = releaseOf(manifest, manifest);
    const { text, manifest: shown, back } = masked(release);
    expect(text).not.toContain(VALUE);
    expect(shown.split(/^---/m).every((part) => UNREAD.test(part) || !part.includes('Secret'))).toBe(true);
    expect(jsonText(back.release)).toBe(jsonText(release));
  });

  it.each([
    ['what cannot be read and speaks of no credential', 'kind: X\nspec: {a: [\n'],
    ['a Secret that is only named', 'kind: Ingress\nspec:\n  tls:\n  - secretName: web-tls\n'],
    ['a reference', 'kind: Issuer\nspec:\n  ref: {kind: Secret, name: a, key: data}\n'],
    ['rights to Secrets', 'kind: Role\nrules:\n- resources: [secrets]\n  verbs: [get]\n'],
  ])('%s: stays as it is', (_, manifest) => {
    expect(masked(releaseOf(manifest)).manifest).toBe(manifest);
  });
});

describe('case 60: credentials of other kinds in a manifest, as the object itself is shown', () => {
  const pod = (container: string) =>
    `kind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n${container}`;
  it.each([
    ['a variable', pod(`        env:\n        - name: DB_PASSWORD\n          value: ${VALUE}\n`)],
    ['a variable, the value first', pod(`        env:\n        - value: ${VALUE}\n          name: DB_PASSWORD\n`)],
    ['a variable in braces', pod(`        env: [{name: DB_PASSWORD, value: "${VALUE}"}]\n`)],
    ['a URL in a variable', pod(`        env:\n        - name: DB\n          value: postgres://u:${VALUE}@db/x\n`)],
    ['an argument', pod(`        args: ["--password", "${VALUE}"]\n`)],
    ['an argument in one word', pod(`        args:\n        - --db-password=${VALUE}\n`)],
    [
      'a command line',
      pod(`        command:\n        - sh\n        - -c\n        - 'curl -H "Authorization: Bearer ${VALUE}" x'\n`),
    ],
    [
      'a header of a probe',
      pod(
        `        livenessProbe:\n          httpGet:\n            httpHeaders:\n            - name: Authorization\n              value: Basic ${VALUE}\n`,
      ),
    ],
    ['an annotation', `kind: Service\nmetadata:\n  annotations:\n    example.com/api-token: ${VALUE}\n`],
    [
      'a copy of an object in an annotation',
      `kind: Service\nmetadata:\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: |\n      {"kind":"Secret","data":{"a":"${VALUE}"}}\n`,
    ],
    ['a variable of a ConfigMap', `kind: ConfigMap\ndata:\n  DB_PASSWORD: ${VALUE}\n`],
    [
      'a file of a ConfigMap',
      `kind: ConfigMap\ndata:\n  app.properties: |\n    size=1\n    db.password=${VALUE}\n    colour=blue\n`,
    ],
    [
      'a file in one line with escapes',
      `kind: ConfigMap\ndata:\n  x.json: "{\\"password\\": \\"${VALUE}\\", \\"a\\": 1}"\n`,
    ],
    ['a folded file', `kind: ConfigMap\ndata:\n  a: >\n    password=${VALUE}\n    b=1\n`],
    [
      'a key in PEM',
      `kind: ConfigMap\ndata:\n  k: |\n    -----BEGIN PRIVATE KEY-----\n    ${VALUE}\n    -----END PRIVATE KEY-----\n`,
    ],
    [
      'binary data of a ConfigMap',
      `kind: ConfigMap\nbinaryData:\n  x.env: ${Buffer.from(`PASSWORD=${VALUE}`).toString('base64')}\n`,
    ],
    ['ConfigMaps in a list of theirs', `kind: ConfigMapList\nitems:\n- data: {DB_PASSWORD: ${VALUE}}\n`],
    ['the parameters of a storage class', `kind: StorageClass\nparameters:\n  secretAccessKey: ${VALUE}\n`],
  ])('%s', (_, manifest) => {
    const release = releaseOf(`# Source: x\n${manifest}`, manifest);
    const { text, manifest: shown, back } = masked(release);
    expect(text).not.toContain(VALUE);
    expect(text).not.toContain(Buffer.from(`PASSWORD=${VALUE}`).toString('base64'));
    expect(shown).not.toMatch(UNREAD);
    expect(shown).toContain('kind: ');
    expect(jsonText(back.release)).toBe(jsonText(release));
  });

  it('a word of a file is masked there, and not wherever the word stands', () => {
    const manifest = `kind: ConfigMap\ndata:\n  a.ini: |\n    password = postgres\n---\nkind: X\nspec: {image: "postgres:17"}\n`;
    const { manifest: shown } = masked(releaseOf(manifest));
    expect(shown).toMatch(/password = gatehouse-masked/);
    expect(shown).toContain('postgres:17');
  });
});

describe('the objects that a document renders', () => {
  it.each([
    ['one', 'kind: Secret\nmetadata: {name: a}\n', ['Secret/a']],
    [
      'a List',
      'kind: List\nitems:\n- {kind: Secret, metadata: {name: a}}\n- {kind: X, metadata: {name: b}}\n',
      ['Secret/a', 'X/b'],
    ],
    [
      'a SecretList',
      'kind: SecretList\nitems:\n- metadata: {name: a}\n- metadata: {name: b}\n',
      ['Secret/a', 'Secret/b'],
    ],
    ['Lists in a List', 'kind: List\nitems:\n- kind: SecretList\n  items:\n  - metadata: {name: a}\n', ['Secret/a']],
    ['an alias', 'x: &n {name: a}\nkind: Secret\nmetadata: *n\n', ['Secret/a']],
    ['nothing', '# nothing\n', []],
  ])('%s', (_, text, expected) => {
    expect(objectsOf({ text, start: 0 }).map(({ kind, name }) => `${kind}/${name}`)).toEqual(expected);
  });
});

describe('the quick reader', () => {
  const said = (node: YamlNode): unknown => {
    if (node === null) return null;
    if (node.kind === 'scalar') return node.value === 'null' || node.value === '~' ? null : node.value;
    return node.kind === 'list' ? node.items.map(said) : node.entries.map(({ key, value }) => [key, said(value)]);
  };

  it.each([
    'a: 1\nb:\n  c: "x"\n  d: \'y\'\ne:\n- f: 1\n  g: 2\n-\n  h: 3\n- i\n',
    '# x\na: b # c\n\nd:\n  - "e: f"\n  - g:h\n  - http://i/j#k\n',
    'a: |\n  x\n   y\n\n  z\nb: |-\n  x\n\nc: |+\n  x\n\nd: >-\n  a\n  b\n',
    'a: {b: c, d: [e, \'f\', "g"], h: {}}\ni: []\nj: {"k": "l\\n\\u00fc"}\n',
    "a:\n  b:\n    - c:\n        d: e\n      f:\n      - g\n    - h: i\nj: -1\nk: --x\nl: \"it's\"\nm: 'it''s'\n",
    'a: x\u00a0\nd: e\u00a0#f\n',
  ])('reads what it reads as the whole one does: %j', (text) => {
    const ordinary = readOrdinaryYaml(text);
    expect(ordinary).toBeDefined();
    expect(said(ordinary ?? null)).toEqual(said(readWholeYaml(text) ?? null));
  });

  it.each([
    'a: &x b\n',
    'a: *x\n',
    'a: !!str b\n',
    '? a\n: b\n',
    'a: b\n  c\n',
    'a: "b\n  c"\n',
    '{a: b}\n',
    '<<: {a: b}\n',
    'a: |2\n   b\n',
    'a:\tb\n',
    '\ta: b\n',
    'a: b\r\n',
    '%YAML 1.1\n',
    'a: b\n...\n',
    'a: b: c\n',
    'a: [b,\n c]\n',
    '- - a\n',
    'a: "\\x41"\n',
    'a\n',
    'a: b\n c: d\n',
    'a: b\n- c\n',
    'a: |\n    b\n  c\n',
    '# x\u2028a: b\n',
    'a: {b:c}\n',
  ])('leaves alone what is written in another way: %j', (text) => {
    expect(readOrdinaryYaml(text)).toBeUndefined();
  });

  it.each<[string, (length: number) => string]>([
    ['spaces', (length) => `a: b${' '.repeat(length)}c\n`],
    ['comments', (length) => `a: b${' #'.repeat(length / 2)}\n`],
    ['braces', (length) => `a: ${'['.repeat(length)}\n`],
    ['lines', (length) => 'a: b\n'.repeat(length / 5)],
    ['items', (length) => `a:\n${'- b: c\n'.repeat(length / 7)}`],
    ['quotes', (length) => `a: ${'"'.repeat(length)}\n`],
    ['blocks', (length) => 'a: |\n  b\n'.repeat(length / 9)],
    [
      'levels',
      (length) => Array.from({ length: Math.sqrt(length) }, (_, level) => `${' '.repeat(level)}a:\n`).join(''),
    ],
  ])('takes its time from the length of a text: %s', async (_, text) => {
    expect(await growth((length) => readOrdinaryYaml(text(length)), 400_000)).toBeLessThan(LINEAR);
  });
});
