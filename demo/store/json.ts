/** Any JSON value. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

/** A JSON object; Kubernetes objects are held as such, for they are read from and written to JSON alone. */
export interface JsonObject {
  [field: string]: Json;
}

/** True for a JSON object: not null, not a list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function at(value: Json | undefined, path: readonly string[]): Json | undefined {
  let current = value;
  for (const field of path) {
    if (!isJsonObject(current)) return undefined;
    current = Object.hasOwn(current, field) ? current[field] : undefined;
  }
  return current;
}

/** The object at a path; an empty one where there is none. */
export function objectAt(value: Json | undefined, ...path: string[]): JsonObject {
  const found = at(value, path);
  return isJsonObject(found) ? found : {};
}

/** The list at a path; empty where there is none. */
export function listAt(value: Json | undefined, ...path: string[]): Json[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

/** The objects in the list at a path. */
export function objectsAt(value: Json | undefined, ...path: string[]): JsonObject[] {
  return listAt(value, ...path).filter(isJsonObject);
}

/** The strings in the list at a path. */
export function textsAt(value: Json | undefined, ...path: string[]): string[] {
  return listAt(value, ...path).filter((item): item is string => typeof item === 'string');
}

/** The string at a path; empty where there is none. */
export function textAt(value: Json | undefined, ...path: string[]): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
}

/** The number at a path, or `fallback`. */
export function numberAt(value: Json | undefined, fallback: number, ...path: string[]): number {
  const found = at(value, path);
  return typeof found === 'number' ? found : fallback;
}

/** The string entries of the object at a path, such as labels. */
export function textMapAt(value: Json | undefined, ...path: string[]): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(value, ...path)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Structural equality, object keys in any order. */
export function sameJson(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => sameJson(item, right[index]));
  }
  if (isJsonObject(left) && isJsonObject(right)) {
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
    );
  }
  return false;
}

const goEscapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** JSON text as Go's encoder writes it: `<`, `>`, `&` and the line separators escaped, which readers must expect. */
export function goJson(value: Json, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(
    /[<>&\u2028\u2029]/g,
    (character) => goEscapes[character] ?? character,
  );
}

/** JSON text with keys in order: the same for equal values. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((field) => `${JSON.stringify(field)}:${canonicalJson(value[field] ?? null)}`).join(',')}}`;
}

/** `metadata` of an object that is being built: made when missing. */
export function metadataOf(object: JsonObject): JsonObject {
  if (!isJsonObject(object['metadata'])) object['metadata'] = {};
  return objectAt(object, 'metadata');
}

/** `metadata.name`. */
export function nameOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'name');
}

/** `metadata.namespace`; empty for a cluster-scoped object. */
export function namespaceOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'namespace');
}

/** `metadata.uid`. */
export function uidOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'uid');
}

/** The time now as the API server writes it: UTC, whole seconds. */
export function timestamp(date = new Date()): string {
  return `${date.toISOString().slice(0, 19)}Z`;
}
