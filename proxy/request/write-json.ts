import { isJsonObject, JsonNumber, type JsonValue } from './json-value.ts';

/**
 * A value as JSON, numbers digit for digit as they were read. What the API server reads from it is what the gateway
 * judged, whatever the client's own text was (YAML, odd escapes).
 */
export function writeJson(value: JsonValue): string {
  if (value instanceof JsonNumber) return value.text;
  if (isJsonObject(value)) {
    return `{${[...value].map(([key, inner]) => `${JSON.stringify(key)}:${writeJson(inner)}`).join(',')}}`;
  }
  if (Array.isArray(value)) return `[${(value as readonly JsonValue[]).map(writeJson).join(',')}]`;
  return JSON.stringify(value);
}
