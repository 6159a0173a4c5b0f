import { Refusal } from '../../../proxy/refusal.ts';
import { readStrictYaml } from '../../../proxy/request/strict-yaml.ts';
import { allow, type FuzzTarget } from '../fuzz-target.ts';
import { YAML_BODIES } from '../seeds/yaml-bodies.ts';

/** The strict YAML reader answers or refuses, in a time that the body's size bounds. */
export const yamlBody: FuzzTarget = {
  name: 'yaml-body',
  share: 4,
  seeds: YAML_BODIES.map((text) => Buffer.from(text)),
  words: [
    '\n---\n',
    '\n...\n',
    '&a ',
    '*a',
    '<<: ',
    '!!binary ',
    '!!str ',
    '? ',
    '- ',
    ': ',
    '|-\n',
    '>\n',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    '#',
    '%YAML 1.1\n',
    'yes',
    '0o17',
    '1_000',
    '.inf',
    '\t',
  ],
  check(input) {
    allow([Refusal], () => readStrictYaml(input));
  },
};
