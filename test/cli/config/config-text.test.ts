import { describe, expect, test } from 'vitest';
import type { Flags } from '../../../cli/command/flags.ts';
import { readConfigText } from '../../../cli/config/config-text.ts';

/** One flag of each kind, so that what is read does not hang on what the gateway has today. */
const FLAGS = {
  kubeconfig: { type: 'string', value: 'FILE', kind: 'file', multiple: true, says: '' },
  context: { type: 'string', value: 'NAME', kind: 'context', says: '' },
  label: { type: 'string', value: 'TEXT', says: '' },
  listen: { type: 'string', value: 'HOST:PORT', kind: 'address', says: '' },
  days: { type: 'string', value: 'N', kind: 'number', says: '' },
  address: { type: 'string', value: 'URL', kind: 'url', says: '' },
  hook: { type: 'string', value: 'LINE', kind: 'command', says: '' },
  level: { type: 'string', value: 'info|debug', choices: ['info', 'debug'], says: '' },
  trust: { type: 'boolean', says: '' },
  older: { type: 'boolean', isHidden: true, says: '' },
} as const satisfies Flags;

function read(text: string) {
  const { said, problems } = readConfigText('/etc/g/gatehouse.yaml', '/etc/g', text, FLAGS);
  return {
    values: Object.fromEntries(said.map(({ name, values }) => [name, values])),
    problems: problems.map(({ origin, message }) =>
      origin.from === 'file' ? `${origin.line}:${origin.column} ${message}` : message,
    ),
  };
}

describe('is read', () => {
  test.each<[what: string, text: string, values: Record<string, string[]>]>([
    ['nothing', '', {}],
    ['comments alone', '# nothing yet\n', {}],
    ['an empty document', '---\n', {}],
    ['a text', 'context: prod\n', { context: ['prod'] }],
    [
      'a text in quotes that would be something else without',
      'context: "123"\nlabel: \'no\'\n',
      { context: ['123'], label: ['no'] },
    ],
    ['an address, whose colon is none of a map', 'listen: 127.0.0.1:7443\n', { listen: ['127.0.0.1:7443'] }],
    ['an address of IPv6, in quotes', 'listen: "[::1]:7443"\n', { listen: ['[::1]:7443'] }],
    ['a number', 'days: 90\n', { days: ['90'] }],
    ['a URL', 'address: https://example.org/hook\n', { address: ['https://example.org/hook'] }],
    ['a switch', 'trust: true\n', { trust: ['true'] }],
    ['a switch that is off', 'trust: false\n', { trust: ['false'] }],
    ['one of a list', 'level: debug\n', { level: ['debug'] }],
    ['one value where several may stand', 'kubeconfig: /a\n', { kubeconfig: ['/a'] }],
    ['several', 'kubeconfig: [/a, "/b c"]\n', { kubeconfig: ['/a', '/b c'] }],
    ['several, in lines', 'kubeconfig:\n  - /a\n  - /b\n', { kubeconfig: ['/a', '/b'] }],
    ['relative paths, from the folder of the file', 'kubeconfig: [a, ../b]\n', { kubeconfig: ['/etc/g/a', '/etc/b'] }],
    ['a command, with its words', 'hook: notify --to "a b"\n', { hook: ['notify --to "a b"'] }],
    ['lines that end as on Windows', 'context: prod\r\ndays: 3\r\n', { context: ['prod'], days: ['3'] }],
    ['JSON', '{"context": "prod", "days": 3}', { context: ['prod'], days: ['3'] }],
    ['a line over several', 'label: one\n  two\n', { label: ['one two'] }],
  ])('%s', (_what, text, values) => {
    expect(read(text)).toEqual({ values, problems: [] });
  });
});

describe('is refused, with its line and column', () => {
  test.each<[what: string, text: string, problem: string | RegExp]>([
    ['an unknown key', 'context: a\nlissten: x\n', '2:1 there is no flag "lissten"; did you mean "listen"?'],
    ['a key in another spelling', 'Context: a\n', /^1:1 there is no flag "Context"; did you mean "context"\?/],
    [
      'a key that is nothing like one',
      'frobnicate: 1\n',
      '1:1 there is no flag "frobnicate"; "gatehouse gateway --help" lists those there are',
    ],
    [
      'a secret',
      'api-token: abc\n',
      /there is no flag "api-token", and secrets do not belong here: only names of files/,
    ],
    ['a key of every object of JavaScript', '__proto__: 1\n', /^1:1 there is no flag "__proto__"/],
    ['a key that is a list', '? [a]\n: b\n', /^1:3 the name of a flag belongs here/],
    [
      'a key twice',
      'context: a\ndays: 1\ncontext: b\n',
      '3:1 "context" stands twice, first in line 1: leave one of them',
    ],
    ['no value', 'context:\n', '1:1 context has no value: give it one, or take the line out'],
    [
      'null',
      'context: null\n',
      '1:10 context takes text, and null without quotes is something else to YAML: write "null"',
    ],
    ['null, as a tilde', 'label: ~\n', /1:8 label takes text, and ~ without quotes/],
    ['an empty text', 'context: ""\n', '1:10 context is empty: give it a value, or take the line out'],
    [
      'a number where a text belongs',
      'context: 123\n',
      '1:10 context takes text, and 123 without quotes is something else to YAML: write "123"',
    ],
    ['a number of base 60 (YAML 1.1)', 'label: 12:30:45\n', /1:8 label takes text, and 12:30:45 without quotes/],
    ['a date', 'label: 2026-12-01\n', /1:8 label takes text, and 2026-12-01 without quotes/],
    ['a boolean of YAML 1.1 where a text belongs', 'context: no\n', /1:10 context takes text, and no without quotes/],
    ['a boolean of YAML 1.1', 'trust: yes\n', '1:8 trust takes true or false, not yes'],
    ['a boolean in another case', 'trust: True\n', '1:8 trust takes true or false, not True'],
    ['a boolean as a text', 'trust: "true"\n', '1:8 trust takes true or false, not the text "true"'],
    ['a boolean as a number', 'trust: 1\n', '1:8 trust takes true or false, not 1'],
    ['a number of base 16', 'days: 0x10\n', '1:7 days takes a whole number of at least 1, not "0x10"'],
    ['a number with an exponent', 'days: 1e3\n', /1:7 days takes a whole number of at least 1, not "1e3"/],
    ['a number with underscores', 'days: 1_000\n', /1:7 days takes a whole number/],
    ['a number of base 8 (YAML 1.1)', 'days: 010\n', '1:7 days takes a whole number without a zero in front: 10'],
    ['a number as a text', 'days: "90"\n', '1:7 days takes a whole number, without quotes: 90'],
    ['a fraction', 'days: 1.5\n', /1:7 days takes a whole number/],
    ['zero', 'days: 0\n', /1:7 days takes a whole number of at least 1, not "0"/],
    ['a number without end', 'days: .inf\n', /1:7 days takes a whole number/],
    ['a number beyond what can be counted', `days: ${'9'.repeat(400)}\n`, /1:7 days takes a whole number/],
    ['no URL', 'address: example\n', /^1:10 address takes a URL such as/],
    [
      'a command by a path that starts nowhere',
      'hook: ./run\n',
      /1:7 hook takes a program by its whole path or by a name in PATH/,
    ],
    ['none of a list', 'level: debgu\n', '1:8 level takes info or debug, not "debgu"; did you mean "debug"?'],
    ['a list where one value belongs', 'context: [a]\n', '1:10 context takes one value, not a list'],
    ['a map where a value belongs', 'context: {a: b}\n', '1:10 context takes one value, not what stands here'],
    ['an empty list', 'kubeconfig: []\n', '1:13 kubeconfig is an empty list: name one at least, or take the line out'],
    [
      'a list in a list',
      'kubeconfig: [[/a]]\n',
      /1:14 kubeconfig takes a value or a list of values, not what stands here/,
    ],
    ['null in a list', 'kubeconfig:\n  - /a\n  -\n', /3:\d kubeconfig /],
    [
      'a path that a shell would have expanded',
      'kubeconfig: ~/.kube/config\n',
      /1:13 kubeconfig takes a path, and no shell has expanded "~\/.kube\/config"/,
    ],
    ['a path with a variable', 'kubeconfig: $HOME/x\n', /no shell has expanded/],
    ['a control character by an escape', 'label: "a\\u0007"\n', '1:8 label holds a control character'],
    ['a control character', 'label: a\u0007\n', '1:9 a control character stands here: take it out'],
    ['a list of settings', '- context\n', /^1:1 a config file is a map from the names of flags/],
    ['a text alone', 'context\n', /^1:1 a config file is a map/],
    ['a second document', 'context: a\n---\ncontext: b\n', /^\d:\d a config file is one document/],
    ['an anchor', 'context: &a prod\n', /^1:\d+ anchors and tags are not read/],
    ['an alias', 'context: &a prod\nlabel: *a\n', /are not read/],
    ['an alias of nothing', 'label: *\n', /^1:8 /],
    ['a merge', '<<: {context: a}\n', /^1:1 there is no flag "<<"/],
    ['a tag', 'context: !!str 1\n', /^1:\d+ anchors and tags are not read/],
    ['a tag of a program', 'context: !!js/function "x"\n', /anchors and tags are not read/],
    ['a directive', '%YAML 1.1\n---\ntrust: yes\n', /^1:1 a directive stands here/],
    ['a tab for an indent', 'kubeconfig:\n\t- /a\n', /^2:1 a tab stands where spaces belong/],
    ['a quote that does not end', 'context: "prod\n', /^\d:\d+ it is not YAML: /],
    ['a bracket that does not end', 'kubeconfig: [/a\n', /it is not YAML: /],
  ])('%s', (_what, text, problem) => {
    const { problems } = read(text);
    expect(problems[0]).toMatch(problem);
  });

  test('everything that is wrong, at once', () => {
    expect(read('lissten: x\ndays: 0\ntrust: on\ncontext: prod\n')).toMatchObject({
      problems: [/^1:1 /, /^2:7 /, /^3:8 /].map((place) => expect.stringMatching(place)),
      values: { context: ['prod'] },
    });
  });

  test('what grows: aliases of aliases, and lists in lists', () => {
    const bomb = [
      'a: &a [x, x, x, x, x, x, x, x, x]',
      ...'bcdefghi'.split('').map((key, index) => {
        const before = 'abcdefgh'[index];
        return `${key}: &${key} [${`*${before}, `.repeat(9)}]`;
      }),
    ].join('\n');
    expect(read(bomb).problems[0]).toMatch(/are not read/);
    expect(read('['.repeat(60_000)).problems[0]).toMatch(/nested too deeply|not YAML/);
    expect(read('{a: '.repeat(16_000)).problems[0]).toMatch(/nested too deeply|not YAML/);
  });

  test('nothing of it reaches a terminal as it is', () => {
    expect(read('"a\\u001b]0;x\\u0007": 1\n').problems[0]).toContain('a\\u001b]0;x\\u0007');
  });
});
