import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../request/json-value.ts';
import { JSON_PATCH } from '../../request/media-types.ts';

/** Stands for what a JSON Patch copies from elsewhere: something, but not in the words of the request. */
export const COPIED = '(copied)';

/** What is being built of a patch: lists by their index. */
type Parts = Map<string, Parts | Leaf>;
interface Leaf {
  readonly value: JsonValue;
}

/**
 * What a body says of its object, in the object's own shape: the object, a part of it, or what a JSON Patch sets of it.
 * Null is what it takes away.
 */
export function saidObject({ contentType }: ApiRequest, body: JsonValue): JsonValue {
  return contentType === JSON_PATCH && Array.isArray(body) ? ofOperations(body as readonly JsonValue[]) : body;
}

/** The value under a path of keys; undefined where nothing is said of it. */
export function said(value: JsonValue | undefined, ...path: readonly string[]): JsonValue | undefined {
  let current = value;
  for (const key of path) {
    if (!isJsonObject(current)) return undefined;
    current = current.get(key);
  }
  return current;
}

/** Text under a path; empty for anything else. */
export function saidText(value: JsonValue | undefined, ...path: readonly string[]): string {
  const found = said(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function saidList(value: JsonValue | undefined, ...path: readonly string[]): readonly JsonValue[] {
  const found = said(value, ...path);
  return Array.isArray(found) ? (found as readonly JsonValue[]) : [];
}

/** Names and values of labels, annotations and the like. */
export function saidEntries(value: JsonValue | undefined, ...path: readonly string[]): Array<[string, JsonValue]> {
  const found = said(value, ...path);
  return isJsonObject(found) ? [...found] : [];
}

function ofOperations(operations: readonly JsonValue[]): JsonValue {
  const parts: Parts = new Map();
  for (const operation of operations) {
    const op = saidText(operation, 'op');
    const path = saidText(operation, 'path');
    if (op === 'test') continue;
    if (op === 'remove') put(parts, path, null);
    else if (op === 'add' || op === 'replace') put(parts, path, said(operation, 'value') ?? null);
    else put(parts, path, COPIED);
    if (op === 'move') put(parts, saidText(operation, 'from'), null);
  }
  return whole(parts);
}

/** Sets a value at a JSON Pointer (RFC 6901); the empty one is the whole object. */
function put(parts: Parts, pointer: string, value: JsonValue): void {
  const [, ...keys] = pointer.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = keys.pop();
  if (last === undefined) {
    for (const [key, inner] of isJsonObject(value) ? value : []) parts.set(key, { value: inner });
    return;
  }
  let current = parts;
  for (const key of keys) {
    const there = current.get(key);
    const next: Parts = there instanceof Map ? there : opened(there);
    current.set(key, next);
    current = next;
  }
  // `-` is a new entry each time.
  current.set(last === '-' ? `-${current.size}` : last, { value });
}

/** What was set whole before, to be changed in part. */
function opened(leaf: Leaf | undefined): Parts {
  const value = leaf?.value ?? null;
  if (isJsonObject(value)) return new Map([...value].map(([key, inner]) => [key, { value: inner }]));
  if (!Array.isArray(value)) return new Map();
  return new Map((value as readonly JsonValue[]).map((inner, index) => [String(index), { value: inner }]));
}

function whole(parts: Parts): JsonValue {
  const entries = [...parts].map(([key, part]): [string, JsonValue] => [
    key,
    part instanceof Map ? whole(part) : part.value,
  ]);
  const isList = entries.length > 0 && entries.every(([key]) => /^-?\d+$/.test(key));
  return isList ? entries.map(([, value]) => value) : (new Map(entries) satisfies JsonObject);
}
