import type { Json, JsonObject } from './json.ts';
import type { ResourceKind } from './resource-kinds.ts';

/** The fields that differ between core/v1 and events.k8s.io/v1: core's name, then the newer one. */
const renamed: ReadonlyArray<readonly [core: string, modern: string]> = [
  ['involvedObject', 'regarding'],
  ['message', 'note'],
  ['source', 'deprecatedSource'],
  ['count', 'deprecatedCount'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['reportingComponent', 'reportingController'],
];

function rename(object: JsonObject, names: ReadonlyMap<string, string>, apiVersion: string): JsonObject {
  const entries = Object.entries(object).map(([field, value]): [string, Json] => [names.get(field) ?? field, value]);
  return { ...Object.fromEntries(entries), apiVersion };
}

/** An object as a kind shows it: events are kept in their core form and read through both APIs. */
export function present(kind: ResourceKind, object: JsonObject): JsonObject {
  if (kind.message !== 'events.Event') return object;
  return rename(object, new Map(renamed), 'events.k8s.io/v1');
}

/** An object as it is kept. */
export function asKept(kind: ResourceKind, object: JsonObject): JsonObject {
  if (kind.message !== 'events.Event') return object;
  return rename(object, new Map(renamed.map(([core, modern]) => [modern, core])), 'v1');
}
