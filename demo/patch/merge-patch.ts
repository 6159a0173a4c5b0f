import { isJsonObject, type Json, type JsonObject } from '../store/json.ts';

/** JSON Merge Patch (RFC 7386): null deletes, objects merge, all else replaces. */
export function mergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const result: JsonObject = isJsonObject(target) ? { ...target } : {};
  for (const [field, change] of Object.entries(patch)) {
    if (change === null) delete result[field];
    else set(result, field, mergePatch(Object.hasOwn(result, field) ? result[field] : undefined, change));
  }
  return result;
}

/** Sets an own field whatever its name, `__proto__` included. */
export function set(object: JsonObject, field: string, value: Json): void {
  Object.defineProperty(object, field, { value, enumerable: true, writable: true, configurable: true });
}
