import { isJsonObject, type Json, type JsonObject, listAt, metadataOf, textAt, timestamp } from '../store/json.ts';
import { hasStatus, type ResourceKind } from '../store/resource-kinds.ts';
import {
  difference,
  type FieldSet,
  fieldSet,
  isEmptySet,
  noFields,
  readFieldsV1,
  union,
  writeFieldsV1,
} from './field-set.ts';
import { messageType } from './field-type.ts';
import { type Comparison, compareFields } from './merge-values.ts';

/** Who wrote which fields of an object: an entry of `metadata.managedFields`. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** Empty when it has taken fields over without changing one. */
  readonly time: string;
  readonly fields: FieldSet;
}

/** Names one manager: time and fields apart, what its entry says. */
export type ManagerIdentity = Pick<Manager, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

export function sameManager(left: ManagerIdentity, right: ManagerIdentity): boolean {
  return (
    left.manager === right.manager &&
    left.operation === right.operation &&
    left.apiVersion === right.apiVersion &&
    left.subresource === right.subresource
  );
}

function readEntry(entry: Json): Manager | null {
  const operation = textAt(entry, 'operation');
  if (!isJsonObject(entry) || (operation !== 'Apply' && operation !== 'Update')) return null;
  return {
    manager: textAt(entry, 'manager'),
    operation,
    apiVersion: textAt(entry, 'apiVersion'),
    subresource: textAt(entry, 'subresource'),
    time: textAt(entry, 'time'),
    fields: readFieldsV1(entry['fieldsV1']),
  };
}

/** The managers of an object, as far as its entries can be read. */
export function readManagers(object: JsonObject | undefined): Manager[] {
  return listAt(object, 'metadata', 'managedFields').flatMap((entry) => readEntry(entry) ?? []);
}

/** Entries in the server's order: those that applied first, then by time and name. Managers of nothing are left out. */
export function writeManagers(managers: readonly Manager[]): JsonObject[] {
  const order = ({ operation, time, manager, apiVersion, subresource }: Manager) =>
    [operation, time, manager, apiVersion, subresource].join('\u0000');
  return managers
    .filter((each) => !isEmptySet(each.fields))
    .sort((left, right) => (order(left) < order(right) ? -1 : 1))
    .map(({ manager, operation, apiVersion, subresource, time, fields }) => ({
      manager,
      operation,
      apiVersion,
      ...(time ? { time } : {}),
      fieldsType: 'FieldsV1',
      fieldsV1: writeFieldsV1(fields),
      ...(subresource ? { subresource } : {}),
    }));
}

/** Writes the managers into an object that is being built. */
export function setManagers(object: JsonObject, managers: readonly Manager[]): void {
  const entries = writeManagers(managers);
  if (entries.length > 0) metadataOf(object)['managedFields'] = entries;
  else delete metadataOf(object)['managedFields'];
}

/** Managers without some of their fields. */
export function releaseFields(managers: readonly Manager[], fields: FieldSet): Manager[] {
  return managers.map((manager) => ({ ...manager, fields: difference(manager.fields, fields) }));
}

/** Whether two objects have the same managers of the same fields, whenever they wrote. */
export function sameManagers(left: JsonObject, right: JsonObject): boolean {
  const timeless = (object: JsonObject) =>
    JSON.stringify(writeManagers(readManagers(object).map((manager) => ({ ...manager, time: '' }))));
  return timeless(left) === timeless(right);
}

/** What identifies an object, and belongs to no manager. */
const identity = 'name namespace creationTimestamp selfLink uid clusterName generation managedFields resourceVersion';
const untrackedMetadata = new Set(identity.split(' ').map((name) => `f:${name}`));

/** The metadata that belongs to no manager. */
export function identityOf(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => untrackedMetadata.has(`f:${name}`)));
}

/** Fields that the server itself fills in while it stores an object: their writer is not who sent it. */
const assigned: Readonly<Record<string, readonly string[]>> = {
  Service: ['f:clusterIP', 'f:clusterIPs', 'f:ipFamilies', 'f:ipFamilyPolicy'],
  Namespace: ['f:finalizers'],
};

/** What a set is reduced to before it is kept. */
export interface Tracking {
  readonly kind: string;
  /** Whether the kind's status is written apart, through its subresource. */
  readonly statusApart: boolean;
  readonly subresource: string;
}

/** What of a kind is tracked, written directly or through a subresource. */
export function trackingOf(kind: ResourceKind, subresource: string): Tracking {
  return { kind: kind.kind, statusApart: hasStatus(kind), subresource };
}

/** A set without what belongs to no manager: the object's identity, and the part that this way of writing leaves alone. */
export function trackedFields(set: FieldSet, tracking: Tracking, without: readonly string[] = []): FieldSet {
  const { statusApart, subresource } = tracking;
  const children = [...set.children].flatMap(([element, child]): [string, FieldSet][] => {
    if (element === 'f:apiVersion' || element === 'f:kind') return [];
    if (subresource === 'status') return element === 'f:status' ? [[element, child]] : [];
    if (element === 'f:status' && statusApart) return [];
    const inner = [...child.children];
    if (element === 'f:metadata')
      return [
        [
          element,
          fieldSet(
            false,
            inner.filter(([name]) => !untrackedMetadata.has(name)),
          ),
        ],
      ];
    if (element !== 'f:spec' || without.length === 0) return [[element, child]];
    return [
      [
        element,
        fieldSet(
          child.member,
          inner.filter(([name]) => !without.includes(name)),
        ),
      ],
    ];
  });
  return fieldSet(false, children);
}

/** Structs that a Go object holds even when it is new and empty: nobody adds them. */
const alwaysHeld = new Set(
  'metadata spec status strategy updateStrategy template jobTemplate containers resources boundObjectRef'.split(' '),
);

function emptyForm(object: JsonObject): JsonObject {
  const held = Object.entries(object).filter(([name]) => alwaysHeld.has(name));
  return Object.fromEntries(held.map(([name, value]) => [name, isJsonObject(value) ? emptyForm(value) : []]));
}

/** How the fields of an object change, reduced to those that are tracked. */
export function trackedChange(
  before: JsonObject | null,
  after: JsonObject,
  message: string,
  tracking: Tracking,
): Comparison {
  const { added, modified, removed } = compareFields(before ?? emptyForm(after), after, messageType(message));
  const without = assigned[tracking.kind] ?? [];
  return {
    added: trackedFields(added, tracking, without),
    modified: trackedFields(modified, tracking, without),
    removed: trackedFields(removed, tracking),
  };
}

/** `[{}]` says that nobody is to own anything; an empty list or none that what stands remains. */
function statedManagers(before: JsonObject | null, after: JsonObject): Manager[] {
  const stated = readManagers(after);
  const reset = JSON.stringify(listAt(after, 'metadata', 'managedFields')) === '[{}]';
  return stated.length > 0 || reset ? stated : readManagers(before ?? undefined);
}

/**
 * The managers after a write that is no apply: who wrote owns what was added or modified, nobody what was removed.
 * `before` is null for a new object.
 */
export function managersAfterUpdate(
  before: JsonObject | null,
  after: JsonObject,
  message: string,
  tracking: Tracking,
  writer: Pick<Manager, 'manager' | 'apiVersion'>,
): Manager[] {
  const stated = statedManagers(before, after);
  // An object that nobody manages goes on so until its first apply.
  if (before !== null && stated.length === 0) return [];
  const change = trackedChange(before, after, message, tracking);
  const written = union(change.added, change.modified);
  const rest = releaseFields(stated, union(written, change.removed));
  if (isEmptySet(written)) return rest;
  const self: ManagerIdentity = { ...writer, operation: 'Update', subresource: tracking.subresource };
  const own = rest.find((each) => sameManager(each, self))?.fields ?? noFields;
  return [
    ...rest.filter((each) => !sameManager(each, self)),
    { ...self, time: timestamp(), fields: union(own, written) },
  ];
}
