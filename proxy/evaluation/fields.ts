/** Reads of objects that the API server sent: what is not there, or not of the kind, is nothing. */

import { isRecord } from '../request/json-value.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The value under a path of keys; undefined where it ends early. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let current = value;
  for (const key of path) {
    if (!isRecord(current) || !Object.hasOwn(current, key)) return undefined;
    current = current[key];
  }
  return current;
}

export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

export function textsAt(value: unknown, ...path: readonly string[]): string[] {
  return listAt(value, ...path).filter((entry) => typeof entry === 'string');
}

/** What an object says it should be, whatever its kind calls that: everything but its metadata and status. */
export function specified(object: unknown): Fields {
  if (!isRecord(object)) return {};
  const { metadata, status, ...rest } = object;
  return rest;
}

/**
 * Every object inside a value, itself included. Without recursion: depth is the client's.
 * @param except a field that is not looked into.
 */
export function* objectsIn(value: unknown, except?: string): Generator<Fields> {
  const waiting: unknown[] = [value];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (isRecord(next)) yield next;
    // One by one: a list may have more entries than a call can have arguments.
    const inside = typeof next === 'object' && next !== null ? Object.entries(next) : [];
    for (const [field, entry] of inside) {
      if (typeof entry === 'object' && entry !== null && field !== except) waiting.push(entry);
    }
  }
}
