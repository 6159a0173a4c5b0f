import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Flags } from '../../../cli/command/flags.ts';
import { configSchema } from '../../../cli/config/config-schema.ts';
import { readConfigText } from '../../../cli/config/config-text.ts';
import { GATEWAY_FLAGS } from '../../../cli/gateway/gateway-flags.ts';
import { kubeconfigToNowhere } from '../nowhere.ts';
import { run, temporaryFolder } from '../run.ts';

const FLAGS: Flags = {
  ...GATEWAY_FLAGS,
  'x-level': { type: 'string', choices: ['info', 'off'], says: '' },
  'x-hook': { type: 'string', kind: 'command', says: '' },
  'x-tags': { type: 'string', multiple: true, says: '' },
};
const fits = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(configSchema(FLAGS));

/** What our own reader takes, an editor with the schema must take, and the other way round. */
describe('the schema and the reader say the same of', () => {
  test.each<[text: string, good: boolean]>([
    ['', true],
    ['# nothing', true],
    ['kubeconfig: /a', true],
    ['kubeconfig: [/a, /b]', true],
    ['kubeconfig: []', false],
    ['kubeconfig: ~/a', false],
    ['kubeconfig: [/a, 3]', false],
    ['context: prod', true],
    ['context: 3', false],
    ['context: null', false],
    ['context: ""', false],
    ['context: [prod]', false],
    ['context: {a: b}', false],
    ['journal-days: 3', true],
    ['journal-days: "3"', false],
    ['journal-days: 0', false],
    ['journal-days: 1.5', false],
    ['journal-days: -1', false],
    ['trust-policy-folder: true', true],
    ['trust-policy-folder: "true"', false],
    ['trust-policy-folder: 1', false],
    ['x-level: info', true],
    ['x-level: infos', false],
    ['x-hook: /a b', true],
    ['x-hook: ""', false],
    ['x-tags: [a, b]', true],
    ['x-tags: "a\\u0007"', false],
    ['lissten: x', false],
    ['- a', false],
    ['a', false],
  ])('%j', (text, good) => {
    const { problems } = readConfigText('/g.yaml', '/', text, FLAGS);
    expect({ reader: problems.length === 0, schema: fits(parse(text)) }).toEqual({ reader: good, schema: good });
  });
});

test('the schema has every flag, and what it is for', () => {
  const { properties } = configSchema(GATEWAY_FLAGS) as { properties: Record<string, { description: string }> };
  expect(Object.keys(properties)).toEqual(Object.keys(GATEWAY_FLAGS));
  for (const [name, { description }] of Object.entries(properties)) expect(description, name).not.toBe('');
});

describe('gatehouse config init', () => {
  test('writes a file that is read again, says what it was told, and is no longer said', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'gatehouse.yaml');
    const own = await kubeconfigToNowhere(folder);
    const flags = [
      '--kubeconfig',
      own,
      '--write-kubeconfig',
      join(folder, 'it\'s "here" # now.yaml'),
      '--journal-days',
      '3',
      '--trust-policy-folder',
    ];
    expect(await run('config', 'init', file, ...flags)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`wrote ${file}`),
    });
    const text = await readFile(file, 'utf8');
    expect(fits(parse(text))).toBe(true);
    expect(readConfigText(file, folder, text, GATEWAY_FLAGS)).toMatchObject({
      problems: [],
      said: [
        { name: 'kubeconfig', values: [own] },
        { name: 'write-kubeconfig', values: [join(folder, 'it\'s "here" # now.yaml')] },
        { name: 'trust-policy-folder', values: ['true'] },
        { name: 'journal-days', values: ['3'] },
      ],
    });
    expect(await run('config', 'check', file)).toMatchObject({ code: 0 });
    for (const name of Object.keys(GATEWAY_FLAGS)) expect(text).toMatch(new RegExp(`^#?${name}: `, 'm'));
  });

  test('leaves a file alone that is there', async () => {
    const file = join(await temporaryFolder(), 'gatehouse.yaml');
    await writeFile(file, 'mine');
    expect(await run('config', 'init', file)).toMatchObject({
      code: 1,
      errors: expect.stringContaining('is there already'),
    });
    expect(await readFile(file, 'utf8')).toBe('mine');
    expect(await run('config', 'init', join(file, 'x'))).toMatchObject({
      code: 1,
      errors: expect.stringContaining('cannot be written'),
    });
    await expect(stat(join(file, 'x'))).rejects.toThrow();
  });
});
