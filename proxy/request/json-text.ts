import { isJsonObject, JsonNumber, type JsonValue } from './json-value.ts';

/** A value as JSON, numbers as they were written and keys in their order. */
export function jsonText(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text;
  if (isJsonObject(value)) {
    return `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}:${jsonText(inner)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(jsonText).join(',')}]`;
  return JSON.stringify(value);
}

/** The same as Go's encoder writes it, which also escapes what means something in HTML. */
export function goJsonText(value: JsonValue): string {
  return jsonText(value).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The value at a path of keys, or undefined. */
export function valueAt(value: JsonValue | undefined, ...keys: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const key of keys) current = isJsonObject(current) ? current.get(key) : undefined;
  return current;
}

/** The text at a path of keys; empty where there is none. */
export function textAt(value: JsonValue | undefined, ...keys: readonly string[]): string {
  const found = valueAt(value, ...keys);
  return typeof found === 'string' ? found : '';
}

/** A copy of an object with the value at a path replaced or added; what stands in the way becomes an object. */
export function withValueAt(value: JsonValue | undefined, keys: readonly string[], leaf: JsonValue): JsonValue {
  const [first, ...rest] = keys;
  if (first === undefined) return leaf;
  const copy = new Map(isJsonObject(value) ? value : []);
  copy.set(first, withValueAt(copy.get(first), rest, leaf));
  return copy;
}
