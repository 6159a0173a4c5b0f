import { describe, expect, it } from 'vitest';
import { pinBody, pinWrite } from '../../../../proxy/evaluation/look/pin.ts';
import { writeJson } from '../../../../proxy/request/write-json.ts';
import { APPLY, JSON_PATCH, MERGE, parsed, read } from '../requests.ts';

const base = { uid: 'u', resourceVersion: '7' };
const MAP = '/api/v1/namespaces/shop/configmaps/c';

/** The pinned body as JSON text; null where it cannot be pinned. */
function pinned(line: string, header: string, body: unknown, level: 'identity' | 'state' = 'state'): string | null {
  const value = pinBody(read(line, ...(header === '' ? [] : [header])), parsed(body), base, level);
  return value === null ? null : writeJson(value);
}

describe('pinning a write to what it was evaluated on', () => {
  it.each([
    ['a merge patch', MERGE, { data: { a: '1' } }, '{"data":{"a":"1"},"metadata":{"uid":"u","resourceVersion":"7"}}'],
    [
      'a server-side apply',
      APPLY,
      { metadata: { name: 'c' } },
      '{"metadata":{"name":"c","uid":"u","resourceVersion":"7"}}',
    ],
    [
      'a patch without metadata to speak of',
      MERGE,
      { metadata: null },
      '{"metadata":{"uid":"u","resourceVersion":"7"}}',
    ],
    [
      'case 37: a JSON Patch, by test operations in front',
      JSON_PATCH,
      [{ op: 'remove', path: '/data/a' }],
      '[{"op":"test","path":"/metadata/uid","value":"u"},{"op":"test","path":"/metadata/resourceVersion","value":"7"},{"op":"remove","path":"/data/a"}]',
    ],
  ])('%s', (_name, header, body, expected) => {
    expect(pinned(`PATCH ${MAP}`, header, body)).toBe(expected);
  });

  it('binds to the object alone where its state does not matter', () => {
    expect(pinned(`PATCH ${MAP}`, MERGE, {}, 'identity')).toBe('{"metadata":{"uid":"u"}}');
  });

  it('leaves the client’s own version, which fails as it should', () => {
    expect(pinned(`PUT ${MAP}`, '', { metadata: { resourceVersion: '3' } })).toBe(
      '{"metadata":{"resourceVersion":"3","uid":"u"}}',
    );
  });

  it('keeps numbers digit for digit', () => {
    const body = pinBody(read(`PUT ${MAP}`), parsed({}), base, 'identity');
    expect(body && writeJson(body)).toBe('{"metadata":{"uid":"u"}}');
    expect(pinned(`PATCH ${MAP}`, MERGE, { spec: { at: 1 } })).toContain('"at":1');
  });

  it.each([
    ['a text as body', MERGE, 'text'],
    ['a text as metadata', MERGE, { metadata: 'x' }],
    ['a JSON Patch that is no list', JSON_PATCH, {}],
  ])('cannot pin %s', (_name, header, body) => {
    expect(pinned(`PATCH ${MAP}`, header, body)).toBeNull();
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('leaves a %s as it is whose body was not read', (method) => {
    const request = read(`${method} ${MAP}`, 'Content-Type: application/vnd.kubernetes.protobuf');
    expect(pinWrite({ request, body: Buffer.from('k8s\0?'), parsed: null }, base, 'state')).toBeNull();
  });

  describe('a DELETE', () => {
    it.each([
      ['without a body or options', '', '{"kind":"DeleteOptions","apiVersion":"v1","preconditions":{"uid":"u"}}'],
      [
        'case 41: with options in the query, which would not count beside a body',
        '?dryRun=All&propagationPolicy=Orphan&gracePeriodSeconds=0&orphanDependents=false',
        '{"kind":"DeleteOptions","apiVersion":"v1","dryRun":["All"],"propagationPolicy":"Orphan","gracePeriodSeconds":0,"orphanDependents":false,"preconditions":{"uid":"u"}}',
      ],
      [
        'case 42: with a dryRun that the server refuses, which it still does',
        '?dryRun=all',
        '{"kind":"DeleteOptions","apiVersion":"v1","dryRun":["all"],"preconditions":{"uid":"u"}}',
      ],
    ])('%s', (_name, query, expected) => {
      expect(pinned(`DELETE ${MAP}${query}`, '', null, 'identity')).toBe(expected);
    });

    it('case 41: with a body keeps what it says and ignores the query, as the server does', () => {
      expect(pinned(`DELETE ${MAP}?dryRun=All`, '', { propagationPolicy: 'Background' }, 'identity')).toBe(
        '{"propagationPolicy":"Background","preconditions":{"uid":"u"}}',
      );
    });

    it('with a grace period that is no number is left to the server', () => {
      expect(pinned(`DELETE ${MAP}?gracePeriodSeconds=soon`, '', null, 'identity')).toBeNull();
    });
  });
});
