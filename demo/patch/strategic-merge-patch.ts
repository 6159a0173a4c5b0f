import { isJsonObject, type Json, type JsonObject, sameJson } from '../store/json.ts';
import { set } from './merge-patch.ts';

/**
 * The keys by which lists of objects merge, by the field that holds the list (the `patchMergeKey` tags of k8s.io/api).
 * `$primitive` marks lists of strings that merge as sets. Lists that are not here are replaced.
 */
const mergeKeys: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  imagePullSecrets: 'name',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  ownerReferences: 'uid',
  conditions: 'type',
  secrets: 'name',
  addresses: 'type',
  podIPs: 'ip',
  hostIPs: 'ip',
  resourceClaims: 'name',
  finalizers: '$primitive',
};

function mergeKeyOf(field: string, list: readonly Json[]): string | undefined {
  // A Service's ports merge by `port`, a container's by `containerPort`: told apart by what the items hold.
  if (field === 'ports')
    return list.some((item) => isJsonObject(item) && 'containerPort' in item) ? 'containerPort' : 'port';
  return Object.hasOwn(mergeKeys, field) ? mergeKeys[field] : undefined;
}

function mergeList(field: string, target: readonly Json[], patch: readonly Json[], order: Json | undefined): Json[] {
  const key = mergeKeyOf(field, [...target, ...patch]);
  if (key === '$primitive') return [...target, ...patch.filter((item) => !target.includes(item))];
  const replaces = patch.some((item) => isJsonObject(item) && item['$patch'] === 'replace');
  const items = patch.filter((item) => !(isJsonObject(item) && item['$patch'] === 'replace'));
  if (key === undefined || replaces) return items.map((item) => strategicMergePatch(undefined, item));
  let result = [...target];
  for (const item of items) {
    if (!isJsonObject(item)) continue;
    const same = (other: Json) => isJsonObject(other) && sameJson(other[key], item[key]);
    if (item['$patch'] === 'delete') {
      result = result.filter((other) => !same(other));
      continue;
    }
    const position = result.findIndex(same);
    if (position < 0) result.push(strategicMergePatch(undefined, item));
    else result[position] = strategicMergePatch(result[position], item);
  }
  return Array.isArray(order) ? ordered(result, key, order) : patchedFirst(result, key, target, items);
}

/**
 * Without an order given, what the patch names goes before what it does not, unless both stood and stood the other way
 * (strategicpatch `mergeSortedSlice`).
 */
function patchedFirst(items: readonly Json[], key: string, target: readonly Json[], patch: readonly Json[]): Json[] {
  const keyOf = (item: Json | undefined) => (isJsonObject(item) ? (item[key] ?? null) : null);
  const place = (list: readonly Json[], item: Json | undefined) =>
    list.findIndex((other) => sameJson(keyOf(other), keyOf(item)));
  const named = items.filter((item) => place(patch, item) >= 0);
  named.sort((left, right) => place(patch, left) - place(patch, right));
  const others = items.filter((item) => place(patch, item) < 0);
  const result: Json[] = [];
  while (named.length > 0 && others.length > 0) {
    const [other, patched] = [place(target, others[0]), place(target, named[0])];
    const next = other >= 0 && patched >= 0 && other < patched ? others.shift() : named.shift();
    if (next !== undefined) result.push(next);
  }
  return [...result, ...named, ...others];
}

/** `$setElementOrder/<list>`: the listed items in that order, the others after those that they followed. */
function ordered(items: Json[], key: string, order: readonly Json[]): Json[] {
  const keyOf = (item: Json) => (isJsonObject(item) ? item[key] : item);
  const rank = (item: Json) => order.findIndex((wanted) => sameJson(keyOf(wanted), keyOf(item)));
  const known = items.filter((item) => rank(item) >= 0).sort((left, right) => rank(left) - rank(right));
  return [...known, ...items.filter((item) => rank(item) < 0)];
}

function deletePrimitives(target: Json | undefined, gone: Json): Json[] {
  if (!Array.isArray(target)) return [];
  return target.filter((item) => !(Array.isArray(gone) && gone.some((other) => sameJson(item, other))));
}

/**
 * Strategic merge patch (apimachinery `util/strategicpatch`): as a merge patch, but lists with a merge key merge item by
 * item; `$patch: delete|replace`, `$setElementOrder/`, `$deleteFromPrimitiveList/` and `$retainKeys` are understood.
 */
export function strategicMergePatch(target: Json | undefined, patch: Json): Json {
  if (!isJsonObject(patch)) return patch;
  const { $patch: directive, $retainKeys: retained, ...fields } = patch;
  if (directive === 'delete') return {};
  const result: JsonObject = isJsonObject(target) && directive !== 'replace' ? { ...target } : {};
  if (Array.isArray(retained)) {
    for (const field of Object.keys(result)) if (!retained.includes(field)) delete result[field];
  }
  for (const [field, change] of Object.entries(fields)) {
    if (field.startsWith('$setElementOrder/')) continue;
    if (field.startsWith('$deleteFromPrimitiveList/')) {
      const list = field.slice('$deleteFromPrimitiveList/'.length);
      result[list] = deletePrimitives(result[list], change);
      continue;
    }
    const before = Object.hasOwn(result, field) ? result[field] : undefined;
    if (change === null) {
      delete result[field];
    } else if (Array.isArray(change)) {
      const list = Array.isArray(before) ? before : [];
      set(result, field, mergeList(field, list, change, fields[`$setElementOrder/${field}`]));
    } else {
      set(result, field, strategicMergePatch(before, change));
    }
  }
  return result;
}
