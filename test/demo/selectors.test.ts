import { describe, expect, it } from 'vitest';
import {
  fieldsMatch,
  labelsMatch,
  parseFieldSelector,
  parseLabelSelector,
  SelectorError,
} from '../../demo/store/selectors.ts';

const labels = { app: 'web', tier: 'front', weight: '5' };

describe('a label selector', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app in (web, api)', true],
    ['app notin (web)', false],
    ['app', true],
    ['!canary', true],
    ['canary', false],
    ['weight>4', true],
    ['weight<4', false],
    ['app in (web),tier notin (back),!canary', true],
  ])('%s on app=web,tier=front,weight=5 is %s', (selector, holds) => {
    expect(labelsMatch(parseLabelSelector(selector), labels)).toBe(holds);
  });

  it('that does not parse is refused in the words of the server', () => {
    expect(() => parseLabelSelector('a===b')).toThrow("unable to parse requirement: found '=', expected: identifier");
  });
});

describe('a field selector', () => {
  const secret = { metadata: { name: 's1', namespace: 'foo' }, type: 'Opaque' };
  it.each([
    ['metadata.name=s1', true],
    ['metadata.name!=s1', false],
    ['metadata.name==s1,type=Opaque', true],
    ['type=kubernetes.io/tls', false],
  ])('%s is %s', (selector, holds) => {
    expect(fieldsMatch(parseFieldSelector(selector, 'Secret'), secret)).toBe(holds);
  });

  it('on a field that the kind cannot be selected by is refused', () => {
    expect(() => parseFieldSelector('data.password=x', 'Secret')).toThrow(SelectorError);
    expect(() => parseFieldSelector('type=x', 'Pod')).toThrow('field label not supported: type');
  });
});
