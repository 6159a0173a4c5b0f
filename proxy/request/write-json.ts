import { isJsonObject, JsonNumber, type JsonValue } from './json-value.ts';

/**
 * A value as JSON, numbers digit for digit as they were read. What the API server reads from it is what the gateway
 * judged, whatever the client's own text was (YAML, odd escapes).
 */
export function writeJson(value: JsonValue): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof JsonNumber) return value.text;
  let text = '';
  if (isJsonObject(value)) {
    for (const [key, inner] of value) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${writeJson(inner)}`;
    return `{${text}}`;
  }
  if (Array.isArray(value)) {
    for (const inner of value as readonly JsonValue[]) text += `${text === '' ? '' : ','}${writeJson(inner)}`;
    return `[${text}]`;
  }
  return JSON.stringify(value);
}
