import { describe, expect, it } from 'vitest';
import { JsonNumber } from '../../../proxy/request/json-value.ts';
import { readStrictYaml } from '../../../proxy/request/strict-yaml.ts';

const read = (text: string) => readStrictYaml(Buffer.from(text));

describe('strict YAML', () => {
  it('reads an ordinary manifest', () => {
    expect(
      read(`---
apiVersion: v1   # a comment
kind: Pod
metadata: {name: p, labels: {"on": 'yes', version: 1.2.3, ip: 10.0.0.1, day: 2026-01-02}}
spec:
  hostNetwork: false
  nothing: ~
  empty:
  grace: 30
  big: 9007199254740993
  size: 100Mi
  command: [sh, -c, "a\\nb"]
  script: |
    y
    n
`),
    ).toEqual(
      new Map<string, unknown>([
        ['apiVersion', 'v1'],
        ['kind', 'Pod'],
        [
          'metadata',
          new Map<string, unknown>([
            ['name', 'p'],
            [
              'labels',
              new Map([
                ['on', 'yes'],
                ['version', '1.2.3'],
                ['ip', '10.0.0.1'],
                ['day', '2026-01-02'],
              ]),
            ],
          ]),
        ],
        [
          'spec',
          new Map<string, unknown>([
            ['hostNetwork', false],
            ['nothing', null],
            ['empty', null],
            ['grace', new JsonNumber('30')],
            ['big', new JsonNumber('9007199254740993')],
            ['size', '100Mi'],
            ['command', ['sh', '-c', 'a\nb']],
            ['script', 'y\nn\n'],
          ]),
        ],
      ]),
    );
    expect(read('')).toBeNull();
    expect(read('# nothing\n')).toBeNull();
  });

  it.each<readonly [name: string, text: string, message: RegExp]>([
    ['case 49: several documents', 'a: 1\n---\nb: 2\n', /several documents/],
    ['case 49: a second document that is empty', 'a: 1\n---\n', /several documents/],
    ['case 49: a repeated key', 'a: 1\nb: 2\na: 3\n', /line 3/],
    ['a repeated key with quotes', 'a: 1\n"a": 3\n', /line 2/],
    ['an anchor', 'a: &x {b: 1}\n', /anchors/],
    ['an anchor on a scalar', 'a: &x b\n', /anchors/],
    ['an alias', 'a: &x b\nc: *x\n', /anchors|aliases/],
    ['a merge key', 'a: {<<: {b: 1}}\n', /<</],
    ['a tag', 'a: !!str 1\n', /tag/],
    ['a binary tag', 'a: !!binary aGk=\n', /tag/],
    ['a tag on a mapping', 'a: !!map {b: c}\n', /tag/],
    ['a directive', '%YAML 1.1\n---\na: b\n', /directive/],
    ['a directive of this version', '%YAML 1.2\n---\na: b\n', /directive/],
    ['a key that is no string', '1: a\n', /key that is not a string/],
    ['a key that is a list', '[a]: b\n', /key that is not a string/],
    ['a boolean key', 'true: a\n', /key that is not a string/],
    ...['y', 'Y', 'yes', 'n', 'No', 'on', 'OFF'].map(
      (word) => [`a plain ${word}`, `a: ${word}\n`, /put it in quotes/] as const,
    ),
    ...['on', 'y'].map((word) => [`a plain key ${word}`, `${word}: a\n`, /put it in quotes/] as const),
    ...['0777', '0o17', '0x1F', '0b101', '1_000', '+1', '.5', '1.', '1:30', '.inf', '.NaN', '08', '='].map(
      (number) => [`the number ${number}`, `a: ${number}\n`, /put it in quotes/] as const,
    ),
    ['a tab for indentation', 'a:\n\tb: 1\n', /./],
    ['broken YAML', 'a: [1\n', /./],
    ['a byte order mark', '\ufeffa: b\n', /byte order mark/],
    ['nesting without end', `a: ${'['.repeat(600)}${']'.repeat(600)}\n`, /nested/],
  ])('refuses %s', (_name, text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'body-not-readable', message: expect.stringMatching(message) }),
    );
  });

  it.each([
    ['open brackets', '['.repeat(1_000_000)],
    ['open mappings', '{a: '.repeat(250_000)],
    ['sequences in one line', '- '.repeat(500_000)],
    ['explicit keys', '? '.repeat(500_000)],
    ['indentation', Array.from({ length: 1_000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('a body nested deeper than anything can follow is refused before it is built: %s', (_name, text) => {
    expect(() => readStrictYaml(Buffer.from(text))).toThrow(/nested more than 512 levels deep/);
  });

  it('more mistakes than anyone reads end at the first', () => {
    expect(() => readStrictYaml(Buffer.from('}'.repeat(1_000_000)))).toThrow(/line 1, column 1/);
  });

  it('a body above 1 MiB is refused, because reading YAML takes long', () => {
    expect(() => readStrictYaml(Buffer.alloc(1024 * 1024 + 1, ' '))).toThrow(/up to 1 MiB/);
  });
});
