import type { Road } from '../../../model/gained-identity.ts';
import {
  type ControlConfigMap,
  controlConfigMap,
  controlConfigMapsFrom,
} from '../../policy/act-as/control-config-maps.ts';
import type { PolicyQuestion } from '../../policy/policy-question.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../../request/json-value.ts';
import { at, textAt } from '../fields.ts';
import type { Change } from './change.ts';
import { isMetadataOnly } from './metadata-only.ts';
import { anyone, type Gained } from './service-account.ts';

/** What a key means that is not there; any other means `false`, or nothing. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['admin.enabled', 'true'],
  ['scopes', '[groups]'],
]);

/**
 * The roads that a write of a ConfigMap may take. A new one has its name in its body, because its URL has none.
 */
export function suspectedOfConfigMap(
  { namespace, name }: PolicyQuestion,
  request: ApiRequest,
  roads: readonly Road[],
  body: JsonValue,
): readonly Road[] {
  if (name !== '') return isMetadataOnly(request, body) ? [] : roads;
  const metadata = isJsonObject(body) ? body.get('metadata') : undefined;
  if (!isJsonObject(metadata)) return [];
  const found = controlsCalled(namespace, metadata.get('name'), metadata.get('generateName'));
  return roads.filter((road) => found.some((control) => control.road === road));
}

/**
 * Whom the writer of a control ConfigMap acts as, where what counts in it changes.
 * @param change `after` is an empty object where it is deleted.
 */
export function gainedByControlData(roads: readonly Road[], change: Change): Gained[] {
  const { namespace, before, after } = change;
  if (isDeletion(after)) return gainedByDeletion(roads, change);
  // A rehearsal makes up another name than the write will.
  const prefix = before === null ? textAt(after, 'metadata', 'generateName') : '';
  const controls =
    prefix === ''
      ? controlsCalled(namespace, textAt(after, 'metadata', 'name'), '')
      : controlConfigMapsFrom(namespace, prefix);
  return controls
    .filter(({ road, counts }) => roads.includes(road) && changes(counts, before, after))
    .map(({ road, says }) => anyone(road, says));
}

function isDeletion(after: unknown): boolean {
  return textAt(after, 'metadata', 'name') === '' && textAt(after, 'metadata', 'generateName') === '';
}

/** What it held back is free then; what it gave ends with it. */
function gainedByDeletion(roads: readonly Road[], { namespace, before }: Change): Gained[] {
  if (before === null) {
    return roads.map((road) => anyone(road, 'whoever was held back by this ConfigMap, which could not be read'));
  }
  const data = [...dataOf(before)];
  return controlsCalled(namespace, textAt(before, 'metadata', 'name'), '')
    .filter(({ road, deletion }) => {
      if (!roads.includes(road) || !Array.isArray(deletion)) return false;
      return deletion.some(([key, value]) => data.some(([name, text]) => key.test(name) && value.test(String(text))));
    })
    .map(({ road, says }) => anyone(road, says));
}

function controlsCalled(namespace: string, name: unknown, prefix: unknown): readonly ControlConfigMap[] {
  if (typeof name === 'string' && name !== '') {
    const control = controlConfigMap(namespace, name);
    return control === null ? [] : [control];
  }
  return typeof prefix === 'string' ? controlConfigMapsFrom(namespace, prefix) : [];
}

function changes(counts: ControlConfigMap['counts'], before: unknown, after: unknown): boolean {
  if (counts === 'any-write') return true;
  const [had, has] = [dataOf(before), dataOf(after)];
  return [...new Set([...had.keys(), ...has.keys()])].some((key) => {
    if (counts === 'data') return had.get(key) !== has.get(key);
    return counts.test(key) && meant(key, had.get(key)) !== meant(key, has.get(key));
  });
}

/** Text and bytes alike: a file is made of either. */
function dataOf(configMap: unknown): Map<string, unknown> {
  return new Map([
    ...Object.entries(at(configMap, 'data') ?? {}),
    ...Object.entries(at(configMap, 'binaryData') ?? {}),
  ]);
}

/** A chart writes out what holds without it too; that says nothing new. */
function meant(key: string, value: unknown): unknown {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value.trim() : value;
  return text === (DEFAULTS.get(key) ?? 'false') ? '' : text;
}
