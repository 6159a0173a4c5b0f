import { describe, expect, it } from 'vitest';
import {
  addPattern,
  descend,
  maskedBy,
  newPatternNode,
  readFieldPattern,
} from '../../../proxy/patterns/field-pattern.ts';

type Path = ReadonlyArray<string | number>;

function isMasked(path: Path, fields: readonly string[], keep: readonly string[] = []): boolean {
  const root = newPatternNode();
  for (const field of fields) addPattern(root, readFieldPattern(field) ?? [], 0, 'masks');
  for (const field of keep) addPattern(root, readFieldPattern(field) ?? [], 0, 'keeps');
  let nodes: ReturnType<typeof descend> = [root];
  for (const slot of path) nodes = descend(nodes, slot);
  return maskedBy(nodes).length > 0;
}

describe('fields as policies write them', () => {
  it.each<[string, Path, boolean]>([
    ['data.*', ['data', 'a'], true],
    ['data.*', ['data'], false],
    ['data.*', ['data', 'a', 'b'], false],
    ['data.ca.crt', ['data', 'ca.crt'], true],
    ["data['ca.crt']", ['data', 'ca.crt'], true],
    ['data["a b"]', ['data', 'a b'], true],
    ['spec.token', ['spec', 'token'], true],
    ['spec.token', ['spec', 'tokens'], false],
    ['spec.containers[*].env[*].value', ['spec', 'containers', 0, 'env', 3, 'value'], true],
    ['spec.containers[*].env[*].value', ['spec', 'containers', 0, 'env', 3, 'name'], false],
    ['spec.values.**', ['spec', 'values', 'a'], true],
    ['spec.values.**', ['spec', 'values', 'a', 0, 'b'], true],
    ['spec.values.**', ['spec', 'values'], false],
    ['spec.**.password', ['spec', 'a', 'b', 'password'], true],
    ['spec.**.password', ['spec', 'a', 'b'], false],
    ['spec.*.a', ['spec', 'x', 'a'], true],
    ['spec.*.a', ['spec', 'x', 'y', 'a'], false],
  ])('%s at %j: %s', (field, path, expected) => {
    expect(isMasked(path, [field])).toBe(expected);
  });

  it('what is kept is not masked, and patterns that cross do not disturb each other', () => {
    const fields = ['spec.**', 'spec.a.*'];
    expect(isMasked(['spec', 'a', 'b'], fields, ['spec.a.b'])).toBe(false);
    expect(isMasked(['spec', 'a', 'c'], fields, ['spec.a.b'])).toBe(true);
    expect(isMasked(['spec', 'b', 'b'], fields, ['spec.a.b'])).toBe(true);
  });

  it.each(['', 'data', '.a', 'a.', 'a..b', 'a[0]', "a['b", 'a b.c', 'metadata.name', 'items[*].x', 'a.***'])(
    'refuses %s',
    (text) => {
      expect(readFieldPattern(text)).toBeNull();
    },
  );
});
