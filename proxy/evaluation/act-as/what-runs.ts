import { canonicalJson, type JsonValue } from '../../request/canonical-json.ts';
import { isRecord } from '../../request/json-value.ts';
import { specified } from '../fields.ts';
import { type Place, Places, ROOT } from './place.ts';

/**
 * What decides which program runs in a container, with what, and as whom, by any name of a container's or a pod's field.
 * `exec` is that of probes and of lifecycle hooks; `source` the script of a workflow's step. Not here: how much of it
 * runs, where, and how it is watched over.
 */
const RUNS = new Set([
  'image',
  'command',
  'args',
  'env',
  'envFrom',
  'exec',
  'source',
  'volumes',
  'volumeMounts',
  'volumeDevices',
  'workingDir',
  'securityContext',
  'runtimeClassName',
]);

interface Found {
  readonly programs: Map<Place, { readonly field: string; readonly holder: Place; readonly value: unknown }>;
  /** Every object that there is. */
  readonly objects: Set<Place>;
}

/**
 * What runs differently in the pods of an object, by shape, so in a template of any kind: names of the fields. Labels and
 * annotations are not looked at; a container that is gone runs nothing any more.
 * @param after both objects as the API server gives them, defaults included.
 */
export function changedPrograms(before: unknown, after: unknown): string[] {
  const places = new Places();
  const had = programsIn(before, places).programs;
  const { programs: has, objects } = programsIn(after, places);
  const changed = new Set<string>();
  for (const [place, { field, value }] of has) if (!isSame(value, had.get(place)?.value)) changed.add(field);
  for (const [place, { field, holder }] of had) if (!has.has(place) && objects.has(holder)) changed.add(field);
  return [...changed].sort();
}

/** Without recursion: depth is the client's choice. */
function programsIn(object: unknown, places: Places): Found {
  const found: Found = { programs: new Map(), objects: new Set() };
  const waiting: Array<readonly [place: Place, value: unknown]> = [[ROOT, specified(object)]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [place, value] = next;
    if (Array.isArray(value)) for (const entry of places.entries(place, value)) waiting.push(entry);
    if (!isRecord(value)) continue;
    found.objects.add(place);
    for (const [field, inner] of Object.entries(value)) {
      if (field === 'metadata' || inner === null) continue;
      const inside = places.field(place, field);
      if (RUNS.has(field)) found.programs.set(inside, { field, holder: place, value: inner });
      else waiting.push([inside, inner]);
    }
  }
  return found;
}

/** Of values that were read from JSON; the order of fields says nothing. */
function isSame(one: unknown, other: unknown): boolean {
  if (other === undefined) return false;
  if (typeof one === 'string' && typeof other === 'string') return one === other;
  return (
    JSON.stringify(one) === JSON.stringify(other) ||
    canonicalJson(one as JsonValue) === canonicalJson(other as JsonValue)
  );
}
