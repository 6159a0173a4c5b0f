import type { Random } from '../masking/random.ts';

/** A kubeconfig's text in blocks, any of which can be left out. */
export interface GeneratedKubeconfig {
  readonly blocks: readonly string[];
  /** How the text is put into bytes. */
  readonly form: 'plain' | 'crlf' | 'cr' | 'bom' | 'utf-16le' | 'utf-16be';
}

/** The bytes of a kubeconfig of these blocks. */
export function bytesOf(blocks: readonly string[], form: GeneratedKubeconfig['form']): Buffer {
  const text = blocks.join('');
  switch (form) {
    case 'plain':
      return Buffer.from(text);
    case 'crlf':
      return Buffer.from(text.replaceAll('\n', '\r\n'));
    case 'cr':
      return Buffer.from(text.replaceAll('\n', '\r'));
    case 'bom':
      return Buffer.from(`\ufeff${text}`);
    case 'utf-16le':
      return Buffer.from(`\ufeff${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16();
  }
}

/** Plain scalars of which the versions of YAML, and its readers, think differently. */
export const ODD_WORDS = [
  ...['y', 'n', 'Y', 'N', 'yes', 'No', 'NO', 'on', 'Off', 'oFF', 'true', 'False', 'tRUE', 'null', 'Null', 'nULL', '~'],
  ...[
    '0',
    '007',
    '08',
    '0o17',
    '0x1F',
    '0b101',
    '-0b11',
    '+12',
    '-0',
    '1_000',
    '_1',
    '1__0',
    '0_7',
    '0x',
    '0o8',
    '+0x1',
  ],
  ...[
    '1.5',
    '.5',
    '5.',
    '+.5',
    '-1e3',
    '1e+3',
    '1e999',
    '.',
    '..',
    '-',
    '--',
    '+',
    '1.2.3',
    '12:30:45',
    '190:20:30.15',
  ],
  ...['.inf', '-.INF', '+.Inf', '.nan', '.NaN', '.Infinity', '=', '<<', '2001-12-14', '2001-12-14t21:59:43.10-05:00'],
  ...['18446744073709551615', '18446744073709551616', '-9223372036854775808', '-9223372036854775809', '0x1p4'],
  ...[
    'a b',
    'a#b',
    'a:b',
    'https://k:6443/x#y',
    '?a',
    ':a',
    '-a',
    'a,b',
    'a]b',
    "a'b",
    'ä',
    '漢字',
    '😀',
    'a\tb',
    '0.10',
    '0777',
    '1,000',
  ],
];

/** What no plain scalar can be, or begin with. */
export const NOT_PLAIN = [
  'a: b',
  'a #b',
  '*',
  '&',
  '!',
  '%a',
  '@a',
  '`a',
  '?',
  ':',
  '[',
  ']',
  '{',
  '}',
  ',',
  '|',
  '>',
  '"',
  "'",
  '#',
  ' a',
  'a ',
  '',
];

const anyWord = (random: Random): string => random.pick(random.below(4) === 0 ? NOT_PLAIN : ODD_WORDS);
const quoted = (random: Random): string =>
  random.below(2) === 0 ? JSON.stringify(anyWord(random)) : `'${anyWord(random).replaceAll("'", "''")}'`;
const SCALARS: readonly ((random: Random) => string)[] = [
  () => 'plain',
  ...Array.from({ length: 10 }, () => quoted),
  ...Array.from({ length: 8 }, () => (random: Random) => random.pick(ODD_WORDS)),
  (random) => (random.below(12) === 0 ? random.pick(NOT_PLAIN) : 'plain'),
  () => 'plain',
  () => 'plain words in a row',
  () => '"\\x41\\u00e9\\n\\t\\0 \\U0001F600\\_\\N\\L\\e\\/"',
  () => '"\\ud83d\\ude00"',
  () => '"\\\\ud83d"',
  (random) => (random.below(6) === 0 ? '"a\\qb"' : '"a\\tb"'),
  () => '"a \\\n            b"',
  () => '"a\n\n            b  \n            c"',
  () => "'a\n\n            b'",
  () => '|\n      one\n       two\n\n',
  () => '|-\n      one\n\n      two\n',
  () => '|+\n      one\n\n',
  () => '>\n      one\n      two\n\n      three\n       four\n      five\n',
  () => '>-\n      one\n      two\n',
  () => '|2\n        one\n',
  () => '!!str 12',
  () => '!!str yes',
  () => '!!int "12"',
  () => '!!int x',
  () => '!!bool "yes"',
  () => '!!bool maybe',
  () => '!!float 3',
  () => '!!null ""',
  () => '!!null x',
  () => '!!binary aGVsbG8=',
  () => '!!binary "a"',
  () => '!!timestamp 2001-12-14',
  () => '!own text',
  () => '! 12',
  () => '&here anchored',
  () => '*text',
  () => '*flag',
  () => '*nothing',
  () => '*absent',
  () => '',
  () => ' # a comment',
  () => 'text # a comment',
  () => 'text#no comment',
  () => '[]',
  () => '{}',
  () => '[a, b]',
  () => '{a: b}',
];

const FLAGS = [
  'true',
  'false',
  'yes',
  'no',
  'on',
  'Off',
  'y',
  'TRUE',
  'null',
  '',
  '~',
  '"true"',
  '1',
  '!!bool "on"',
  '*flag',
  '!!bool yes',
];
const DATA = [
  'eA==',
  '"eA=="',
  'eA',
  'e A==',
  '',
  'null',
  '|\n      eHh4\n      eHh4\n',
  '>\n      eHh4\n      eHh4\n',
  '>-\n      eHh4\n      eHh4\n',
  'eHh4',
  'e-_=',
  '"eHh4\\n"',
  '"eHh4\\t"',
  '!!binary eA==',
  '12345678',
  '1234',
  'abcd====',
  '*data',
  'eHh=',
];
const LISTS = [
  '[]',
  'null',
  '',
  '[a, b]',
  '[a, null, ~, ]',
  '["1", 2]',
  '[yes]',
  '{}',
  'text',
  '\n    - a\n    - "b"\n    -\n',
  '\n    - a: b\n',
  '*list',
  '\n    - one\n    - two\n',
  '[a,\n            b]',
  '[ "a" , \'b\' ]',
];
const NAMED = [
  '[{name: A, value: b}]',
  '[{name: A}]',
  '[null]',
  '[{value: b}]',
  '[{name: 1, value: b}]',
  '[{name: A, value: 1}]',
  '[{name: A, value: ""}]',
  '\n    - name: A\n      value: "1"\n    - {name: B, value: "yes"}\n',
  '[text]',
  '{}',
];
const MAPS = [
  '{}',
  'null',
  '{a: [b]}',
  '{a: [b, c], "x/y": []}',
  '{a: b}',
  '{a: null}',
  '{1: [b], yes: [c]}',
  '[a]',
  '{~: [b]}',
  '{? [a] : [b]}',
  '{"~": [b]}',
];
const EXTENSIONS = [
  '[]',
  'null',
  '[{name: a, extension: {b: 1}}]',
  '[{name: a}, {name: a}]',
  '[{name: a, extension: null}]',
  '[{extension: text}]',
  '[null]',
  '[{name: client.authentication.k8s.io/exec, extension: {audience: x, n: 1.50, on: off}}]',
  '[{name: 1}]',
  '[{name: a, extension: .inf}]',
  'a',
  '[{name: a, extension: [1, {b: ~}]}, {name: b}]',
];

/** What else may stand in a file. */
const EXTRAS = [
  '# comment\n',
  '\n',
  'unknown: {a: [b]}\n',
  'x: .inf\n',
  'Clusters: 3\n',
  '1: a\n',
  'yes: a\n',
  '? complex\n: value\n',
  '"quoted": a\n',
  'users: \n',
  'contexts: []\n',
  'colors: [a, b: c]\n',
  'long: a\n  b\n  c\n',
  '~: a\n',
];

interface Field {
  readonly name: string;
  readonly values: readonly (string | ((random: Random) => string))[];
}

const text = (name: string): Field => ({ name, values: SCALARS });
const EXEC: readonly Field[] = [
  {
    name: 'apiVersion',
    values: ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1', ...SCALARS.slice(8, 14)],
  },
  {
    name: 'command',
    values: ['./plugin', 'plugin', '../bin/plugin', '/usr/bin/plugin', 'a/../b', '~/plugin', ...SCALARS.slice(8, 14)],
  },
  { name: 'args', values: LISTS },
  { name: 'env', values: NAMED },
  text('installHint'),
  { name: 'interactiveMode', values: ['Never', 'Always', 'IfAvailable', '', 'null', 'sometimes', 'no'] },
  { name: 'provideClusterInfo', values: FLAGS },
];
const exec = (random: Random): string => {
  const written = fieldsOf(random, EXEC, 6, 0.1);
  return random.pick(['null', '{}', '', '[]', 'text', `\n${written}`, `\n${written}`, `\n${written}`]);
};
const authProvider = (random: Random): string =>
  random.pick([
    'null',
    '{}',
    '{name: oidc}',
    '{name: oidc, config: {client-id: "1", id-token: null}}',
    '{name: oidc, config: {client-id: 1}}',
    '{name: 1}',
    '{name: oidc, config: null}',
    '{name: oidc, config: []}',
    '{name: yes}',
    'text',
  ]);

const PATHS = [
  'ca.crt',
  './ca.crt',
  '../ca.crt',
  '/etc/ca.crt',
  '/etc/../ca.crt',
  '~/ca.crt',
  '$HOME/ca.crt',
  '""',
  ...SCALARS.slice(8, 14),
];
const CLUSTER: readonly Field[] = [
  { name: 'server', values: ['https://k8s.example:6443', ...SCALARS] },
  { name: 'certificate-authority', values: PATHS },
  { name: 'certificate-authority-data', values: DATA },
  { name: 'insecure-skip-tls-verify', values: FLAGS },
  text('tls-server-name'),
  { name: 'proxy-url', values: ['http://proxy:3128', 'socks5://proxy', ...SCALARS.slice(8, 14)] },
  { name: 'disable-compression', values: FLAGS },
  { name: 'extensions', values: EXTENSIONS },
  text('Server'),
  text('unknown'),
  {
    name: '<<',
    values: [
      '*cluster',
      '*cluster',
      '[*cluster, *other]',
      '[*other, *cluster]',
      '{server: merged}',
      'null',
      '*text',
      '*absent',
      '[]',
      '[{}]',
    ],
  },
  { name: '"<<"', values: ['*cluster', 'text'] },
];
const USER: readonly Field[] = [
  { name: 'client-certificate', values: PATHS },
  { name: 'client-certificate-data', values: DATA },
  { name: 'client-key', values: PATHS },
  { name: 'client-key-data', values: DATA },
  text('token'),
  { name: 'tokenFile', values: PATHS },
  text('username'),
  text('password'),
  text('as'),
  text('as-uid'),
  { name: 'as-groups', values: LISTS },
  { name: 'as-user-extra', values: MAPS },
  { name: 'auth-provider', values: [authProvider] },
  { name: 'exec', values: [exec] },
  { name: 'exec', values: [exec] },
  { name: 'extensions', values: EXTENSIONS },
  text('Token'),
  { name: '<<', values: ['*user', '{token: merged}', '[*user]', '*list'] },
];
const CONTEXT: readonly Field[] = [
  text('cluster'),
  text('user'),
  text('namespace'),
  { name: 'extensions', values: EXTENSIONS },
  text('Cluster'),
  { name: '<<', values: ['*context', '{user: merged}'] },
];

const NAMES: readonly ((random: Random) => string)[] = [
  ...Array.from({ length: 8 }, () => (random: Random) => `name-${random.below(1_000_000)}`),
  ...Array.from({ length: 3 }, () => (random: Random) => JSON.stringify(random.pick(ODD_WORDS))),
  (random) => random.pick(ODD_WORDS),
  (random) => random.pick(['""', 'null', '*text', 'same', "'same'", '[a]', '{}', '|-\n    block name\n']),
];

/**
 * A kubeconfig by chance: of each field mostly what is in use, sometimes what is odd, in one of the forms that YAML has.
 * @param oddity the share of fields that are odd
 */
export function generateKubeconfig(random: Random, oddity: number): GeneratedKubeconfig {
  const blocks: string[] = [];
  if (random.below(8) === 0)
    blocks.push(
      random.pick(['---\n', '%YAML 1.1\n---\n', '# a comment\n', '\n\n', '--- # start\n', '%YAML 1.2\n---\n']),
    );
  if (random.below(3) > 0) blocks.push('apiVersion: v1\nkind: Config\n');
  if (random.below(30) === 0)
    blocks.push(
      random.pick([
        'apiVersion: v2\n',
        'Kind: Config\n',
        'KIND: Other\n',
        'kind: 1\n',
        'apiversion: v1\n',
        'kind: ""\n',
        'kind: null\n',
      ]),
    );
  blocks.push(
    'anchors:\n  - &cluster {server: "https://base", certificate-authority-data: eHh4, insecure-skip-tls-verify: yes}\n' +
      '  - &other {server: "https://other", tls-server-name: other}\n  - &user {token: base, username: name}\n' +
      '  - &context {cluster: base, user: base, namespace: base}\n  - &text words\n  - &flag on\n  - &nothing ~\n  - &list [a, "b"]\n  - &data eHh4\n',
  );
  // A second field of one name would come to light once the first is left out.
  const preferences = random.pick([
    'preferences: {}\n',
    'preferences: {colors: yes}\n',
    'preferences: 3\n',
    'preferences:\n',
  ]);
  const extensions = random.pick(['extensions: []\n', 'extensions: [{name: a}]\n', 'extensions: {}\n']);
  const extras = [preferences, extensions, ...EXTRAS];
  const sections = [
    () => listOf(random, 'clusters', 'cluster', CLUSTER, oddity),
    () => listOf(random, 'users', 'user', USER, oddity),
    () => listOf(random, 'contexts', 'context', CONTEXT, oddity),
    () => [`current-context: ${random.next() < oddity ? scalar(random, SCALARS) : 'name-1'}\n`],
  ];
  while (sections.length > 0) {
    const [section] = sections.splice(random.below(sections.length), 1);
    if (random.below(12) > 0 && section !== undefined) blocks.push(...section());
    if (random.next() < oddity) blocks.push(...extras.splice(random.below(extras.length), 1));
  }
  if (random.below(10) === 0)
    blocks.push(
      random.pick([
        '...\n',
        '---\nclusters: 3\n',
        '---\n[ unfinished\n',
        '...\n---\na: b\n',
        '# end',

        '---\n',
        '...\n# end\n',
      ]),
    );
  const form = random.below(6) === 0 ? random.pick(['crlf', 'cr', 'bom', 'utf-16le', 'utf-16be'] as const) : 'plain';
  return { blocks, form };
}

function listOf(random: Random, list: string, kind: string, fields: readonly Field[], oddity: number): string[] {
  if (random.next() < oddity / 8)
    return [`${list}: ${random.pick(['{}', 'text', '3', 'null', '', '[]', '*list', '{a: {}}', '*absent'])}\n`];
  const count = random.below(5);
  const entries = Array.from({ length: count }, () => entryOf(random, kind, fields, oddity));
  return [`${list}:\n`, ...entries];
}

function entryOf(random: Random, kind: string, fields: readonly Field[], oddity: number): string {
  if (random.next() < oddity / 8) {
    return random.pick([
      '- null\n',
      '-\n',
      '- {}\n',
      '- text\n',
      '- [a]\n',
      `- name: only-${random.below(1000)}\n`,
      `- ${kind}: {}\n`,
      '- *text\n',
      '- 3\n',
    ]);
  }
  const name = (random.next() < oddity ? random.pick(NAMES) : (NAMES[0] as (random: Random) => string))(random);
  const held =
    random.next() < oddity / 8 ? random.pick(['null', '', '{}', '[]', 'text', '3', `*${kind}`, '*text']) : null;
  const body = `${kind}:${held === null ? `\n${fieldsOf(random, fields, 4, oddity)}` : ` ${held}\n`}`;
  const named = `name: ${name}`;
  const [first, second] = random.below(2) === 0 ? [`${named}\n`, body] : [body, `${named}\n`];
  return `- ${first.replace(/\n\n$/, '\n')}  ${second}`.replace(/\n{2,}$/, '\n');
}

function fieldsOf(random: Random, fields: readonly Field[], indent: number, oddity: number): string {
  const chosen = Array.from({ length: 1 + random.below(4) }, () => random.pick(fields));
  const distinct = random.next() < oddity ? chosen : [...new Set(chosen)];
  const lines = distinct.map(({ name, values }) => {
    // What comes first is what is usual.
    const value = scalar(random, random.next() < oddity ? values : values.slice(0, 1));
    return `${' '.repeat(indent)}${name}: ${value}`.replace(/\n*$/, '\n');
  });
  return lines.join('');
}

function scalar(random: Random, values: Field['values']): string {
  const value = random.pick(values);
  return typeof value === 'string' ? value : value(random);
}
