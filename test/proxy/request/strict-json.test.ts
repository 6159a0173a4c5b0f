import { describe, expect, it } from 'vitest';
import { JsonNumber, type JsonValue, MAX_DEPTH } from '../../../proxy/request/json-value.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';

const read = (text: string) => readStrictJson(Buffer.from(text));

/** A value as `JSON.parse` would give it. */
function plain(value: JsonValue): unknown {
  if (value instanceof JsonNumber) return Number(value.text);
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return value;
}

describe('strict JSON', () => {
  it.each([
    'null',
    ' true ',
    '[]',
    '{}',
    '[[],{"a":[1,-0,1.5e+3,0.1,2E-2]}]',
    '{"a b":"\\u00e4\\ud83d\\ude00\\/\\n\\"\\\\","":{"__proto__":{"x":null}}}',
    '\t{\n "ü" : "😀" ,\r\n "b" : false }\n',
  ])('reads %s as JSON.parse does', (text) => {
    expect(JSON.stringify(plain(read(text)))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it('keeps the digits of numbers', () => {
    expect(read('[9007199254740993,1.0,1E400]')).toEqual(
      ['9007199254740993', '1.0', '1E400'].map((text) => new JsonNumber(text)),
    );
  });

  it.each([
    ['a repeated key', '{"spec":{"hostNetwork":true},"spec":{}}', /key "spec" is given twice \(line 1, column 30\)/],
    ['a repeated key in an array', '{"a":[{"x":1,"y":2,"x":3}]}', /key "x" is given twice .* in \.a\[0\]/],
    ['a repeated key with an escape', '{"hostNetwork":1,"host\\u004eetwork":2}', /"hostNetwork" is given twice/],
    ['a second value', '{} {}', /follows/],
    ['a trailing comma', '{"a":1,}', /key in double quotes/],
    ['a trailing comma in an array', '[1,]', /not a JSON value/],
    ['a comment', '{/**/}', /key/],
    ['nothing', '', /too early/],
    ['an open object', '{"a":1', /too early/],
    ['an open string', '"abc', /not closed/],
    ['a control character', '"a\nb"', /control character/],
    ['an unknown escape', '"\\x41"', /escape/],
    ['a short escape', '"\\u12"', /four hexadecimal/],
    ['a lone high surrogate', '"\\ud83d"', /surrogate/],
    ['a lone low surrogate', '"\\ude00\\ud83d"', /surrogate/],
    ['a leading zero', '01', /follows/],
    ['a plus', '+1', /not a JSON value/],
    ['a bare fraction', '.5', /not a JSON value/],
    ['NaN', 'NaN', /not a JSON value/],
    ['a byte order mark', '\ufeff{}', /byte order mark/],
    ['YAML', 'kind: Pod', /not a JSON value/],
    ['single quotes', "{'a':1}", /double quotes/],
    ['nesting without end', '['.repeat(MAX_DEPTH + 1), /nested/],
  ])('refuses %s', (_name, text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: 'body-not-readable', message: expect.stringMatching(message) }),
    );
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(() => readStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
    expect(() => readStrictJson(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]))).toThrow(/UTF-8/);
  });

  it('reads nesting up to the limit', () => {
    expect(() => read('['.repeat(MAX_DEPTH) + ']'.repeat(MAX_DEPTH))).not.toThrow();
  });
});
