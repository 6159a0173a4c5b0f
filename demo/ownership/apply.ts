import { isJsonObject, type Json, type JsonObject, objectAt, textAt, timestamp } from '../store/json.ts';
import { ApiError } from '../store/status.ts';
import { difference, type FieldSet, intersection, isEmptySet, noFields, shownPaths, union } from './field-set.ts';
import { type FieldType, messageType } from './field-type.ts';
import {
  identityOf,
  type Manager,
  type ManagerIdentity,
  releaseFields,
  sameManager,
  type Tracking,
  trackedChange,
  trackedFields,
} from './managed-fields.ts';
import { compareFields, mergeValues, statedFields, withNamedFields, withoutFields } from './merge-values.ts';

/** What a server-side apply works on. */
export interface Application {
  /** The object as it stands; for a new one `{}`. */
  readonly live: JsonObject;
  /** The fields that the manager wants. */
  readonly applied: JsonObject;
  readonly message: string;
  readonly tracking: Tracking;
  readonly managers: readonly Manager[];
  readonly manager: string;
  readonly apiVersion: string;
  readonly force: boolean;
}

/** What it comes to. */
export interface Applied {
  readonly object: JsonObject;
  readonly managers: readonly Manager[];
}

interface Conflict {
  readonly with: Manager;
  readonly fields: FieldSet;
}

const annotation = 'kubectl.kubernetes.io/last-applied-configuration';

/** The paths of a value, without the root. */
function stated(value: Json, type: FieldType): FieldSet {
  return { ...statedFields(value, type), member: false };
}

/**
 * Drops what the manager applied before and no longer does, unless somebody else owns it
 * (structured-merge-diff `merge.Updater.prune`).
 */
function prune(merged: JsonObject, type: FieldType, last: FieldSet, managers: readonly Manager[]): JsonObject {
  if (isEmptySet(last)) return merged;
  const without = (fields: FieldSet): JsonObject => {
    const left = withoutFields(merged, type, { ...fields, member: false });
    return isJsonObject(left) ? left : {};
  };
  const named = (object: JsonObject) => withNamedFields(stated(object, type), type);
  const all = named(merged);
  const lastNamed = withNamedFields(last, type);
  const owned = withNamedFields(
    managers.reduce((sum, manager) => union(sum, manager.fields), noFields),
    type,
  );
  // Of what goes with the fields given up, what others own comes back; of the rest, what was never this manager's.
  const kept = without(difference(all, union(named(without(lastNamed)), owned)));
  return without(intersection(difference(all, named(kept)), lastNamed));
}

function shownManager(manager: Manager): string {
  const name =
    JSON.stringify(manager.manager) + (manager.subresource ? ` with subresource "${manager.subresource}"` : '');
  return manager.operation === 'Update' ? `${name} using ${manager.apiVersion}` : name;
}

function conflictError(conflicts: readonly Conflict[]): ApiError {
  const sorted = conflicts
    .map((conflict) => ({ name: shownManager(conflict.with), paths: shownPaths(conflict.fields) }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  const causes = sorted.flatMap(({ name, paths }) =>
    paths.map((field): Json => ({ reason: 'FieldManagerConflict', message: `conflict with ${name}`, field })),
  );
  const listed =
    causes.length === 1
      ? sorted.map(({ name, paths }) => `conflict with ${name}: ${paths[0]}`)
      : sorted.map(({ name, paths }) => [`conflicts with ${name}:`, ...paths.map((path) => `- ${path}`)].join('\n'));
  const count = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
  return new ApiError(409, 'Conflict', `Apply failed with ${count}: ${listed.join('\n')}`, { causes });
}

/**
 * Fields that client-side apply wrote and that still are as it left them: `kubectl apply --server-side` takes them over
 * without a conflict (apiserver `managedfields/internal/lastappliedmanager.go`).
 */
function clientSideApplied(live: JsonObject, type: FieldType): FieldSet {
  let last: unknown;
  try {
    last = JSON.parse(textAt(live, 'metadata', 'annotations', annotation));
  } catch {
    return noFields;
  }
  if (!isJsonObject(last)) return noFields;
  const { added, modified, removed } = compareFields(last, live, type);
  return difference(stated(last, type), union(union(added, modified), removed));
}

/** kubectl keeps the annotation true, so that one may go back to client-side apply. */
function refreshAnnotation(object: JsonObject, applied: JsonObject): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  if (!Object.hasOwn(annotations, annotation)) return object;
  const text = `${JSON.stringify(applied)}\n`;
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [annotation]: text } } };
}

/** What stood before the first apply, where nobody was known to manage it: owned by a manager of that name. */
function firstManager({ live, message, tracking, apiVersion }: Application): Manager[] {
  const { added } = trackedChange(null, live, message, { ...tracking, subresource: '' });
  const first = { manager: 'before-first-apply', operation: 'Update', apiVersion, subresource: '' } as const;
  return [{ ...first, time: timestamp(), fields: added }];
}

/**
 * Server-side apply (KEP-555): lays the manager's fields over the object, drops those that it has given up, and says who
 * owns what.
 * @throws {ApiError} 409 when fields of others would change and `force` is not set.
 */
export function applyFields(application: Application): Applied {
  const { live, applied, tracking, manager, apiVersion, message } = application;
  const type = messageType(message);
  const self: ManagerIdentity = { manager, operation: 'Apply', apiVersion, subresource: tracking.subresource };
  const managers = application.managers.length > 0 ? application.managers : firstManager(application);
  const last = managers.find((each) => sameManager(each, self));
  const others = managers.filter((each) => !sameManager(each, self));
  const fields = trackedFields(stated(applied, type), tracking);
  const merged = mergeValues(live, applied, type);
  const entry = { ...self, time: last?.time ?? '', fields };
  const pruned = prune(isJsonObject(merged) ? merged : {}, type, last?.fields ?? noFields, [...others, entry]);
  const metadata = { ...identityOf(objectAt(merged, 'metadata')), ...objectAt(pruned, 'metadata') };
  const object = { ...pruned, metadata };
  const change = compareFields(live, object, type);
  const written = trackedFields(union(change.added, change.modified), tracking);
  let conflicts = others
    .map((other): Conflict => ({ with: other, fields: intersection(other.fields, written) }))
    .filter((conflict) => !isEmptySet(conflict.fields));
  if (manager === 'kubectl' && conflicts.length > 0 && !application.force) {
    const allowed = clientSideApplied(live, type);
    conflicts = conflicts
      .map((conflict) => ({ ...conflict, fields: difference(conflict.fields, allowed) }))
      .filter((conflict) => !isEmptySet(conflict.fields));
  }
  if (conflicts.length > 0 && !application.force) throw conflictError(conflicts);
  const touched = union(written, trackedFields(change.removed, tracking));
  return {
    object: manager === 'kubectl' ? refreshAnnotation(object, applied) : object,
    managers: [...releaseFields(others, touched), isEmptySet(touched) ? entry : { ...entry, time: timestamp() }],
  };
}
