import { Refusal } from '../../../proxy/refusal.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../../../proxy/request/json-value.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';
import { allow, type FuzzTarget, must } from '../fuzz-target.ts';
import { JSON_BODIES } from '../seeds/json-bodies.ts';

/** The strict reader takes a subset of what `JSON.parse` takes, and reads it as the same value. */
export const jsonBody: FuzzTarget = {
  name: 'json-body',
  share: 20,
  seeds: JSON_BODIES.map((text) => Buffer.from(text)),
  words: [
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\u0000',
    '\\ud800',
    '\\udc00',
    '\\"',
    '\\/',
    'null',
    'true',
    '1e999',
    '-0',
    '9007199254740993',
    '"__proto__":',
    '"a":1,',
    '/*',
    '\ufeff',
  ],
  check(input) {
    const strict = allow([Refusal], () => [readStrictJson(input)] as const);
    if (strict === null) return;
    let plain: unknown;
    try {
      plain = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input));
    } catch {
      must(false, 'accepted what JSON.parse refuses');
    }
    must(same(strict[0], plain), 'not the value that JSON.parse reads');
  },
};

function same(strict: JsonValue, plain: unknown): boolean {
  if (strict instanceof JsonNumber) return Object.is(Number(strict.text), plain);
  if (isJsonObject(strict)) {
    if (typeof plain !== 'object' || plain === null || Array.isArray(plain)) return false;
    const entries = new Map<string, unknown>(Object.entries(plain));
    return (
      entries.size === strict.size &&
      [...strict].every(([key, value]) => entries.has(key) && same(value, entries.get(key)))
    );
  }
  if (Array.isArray(strict)) {
    const items = strict as readonly JsonValue[];
    return (
      Array.isArray(plain) && plain.length === items.length && items.every((item, index) => same(item, plain[index]))
    );
  }
  return strict === plain;
}
