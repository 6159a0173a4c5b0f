import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseKubeconfig } from '../../proxy/clusters/kubeconfig-file.ts';
import { quotedYaml } from '../../proxy/quoted-yaml.ts';
import { ODD_NAMES } from './clusters/odd-names.ts';
import { Random } from './masking/random.ts';

const ofContexts = (names: readonly string[]) => ({
  contexts: names.map((name) => ({ name, context: { cluster: name, user: name, namespace: name } })),
  'current-context': names[0] ?? '',
});

describe('a kubeconfig that Gatehouse writes', () => {
  it.each(ODD_NAMES.map((name) => [JSON.stringify(name), name]))('keeps the context %s', (_shown, name) => {
    const text = quotedYaml(ofContexts([name]));
    const { contexts, flaws } = parseKubeconfig(Buffer.from(text), '/d/config');
    expect(flaws).toEqual([]);
    expect(contexts.map((context) => context.name)).toEqual([name]);
    expect(parse(text, { version: '1.2' })).toEqual(ofContexts([name]));
    expect(parse(text, { version: '1.1' })).toEqual(ofContexts([name]));
  });

  it('has each text in quotes on a line of its own, and no character that YAML reads in two ways', () => {
    const random = new Random(7);
    for (let round = 0; round < 500; round += 1) {
      const names = Array.from({ length: 3 }, () => random.pick(ODD_NAMES) + random.text() + random.pick(ODD_NAMES));
      const text = quotedYaml(ofContexts(names));
      expect(text).not.toMatch(/[^\n\u0020-\u007e\u00a0-\u2027\u202a-\ufefe\uff00-\ufffd]/);
      for (const line of text.trimEnd().split('\n').slice(1)) {
        expect(line).toMatch(/^(?: *(?:- )?[a-z-]+: ".*"| *context:)$/);
      }
      expect(parse(text)).toEqual(ofContexts(names));
    }
  });

  it('has a sign in the place of half a character, which nothing can be written for', () => {
    expect(quotedYaml({ name: 'a\ud83d' })).toBe('name: "a\ufffd"\n');
  });
});
