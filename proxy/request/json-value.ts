/** A number as it was written: integers beyond 2^53 and the digits of a float survive. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A JSON object, keys in the order written. A Map, so that a key such as `__proto__` is a key like any other. */
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** A value of a request body, nothing lost. */
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

/** True for an object (not for an array, a number or null). */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return value instanceof Map;
}

/** The same for what `JSON.parse` made: an object, not an array, a number or null. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Objects and arrays nested deeper than this are refused; custom resource schemas, the deepest in use, stay far below. */
export const MAX_DEPTH = 512;
