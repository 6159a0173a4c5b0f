import { canonicalJson, isJsonObject, type Json, type JsonObject } from '../store/json.ts';

/**
 * A set of field paths as a tree. Path elements are spelled as in `fieldsV1`: `f:<name>` for a field or map entry,
 * `k:<keys>` for an item of a keyed list, `v:<value>` for an item of a set.
 */
export interface FieldSet {
  /** Whether the path that leads here is itself in the set. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

/** No paths. */
export const noFields: FieldSet = { member: false, children: new Map() };

/** The path alone. */
export const oneField: FieldSet = { member: true, children: new Map() };

export function isEmptySet(set: FieldSet): boolean {
  return !set.member && set.children.size === 0;
}

/** A set from its parts; children that hold nothing are left out. */
export function fieldSet(member: boolean, children: Iterable<readonly [string, FieldSet]>): FieldSet {
  return { member, children: new Map([...children].filter(([, child]) => !isEmptySet(child))) };
}

function combine(left: FieldSet, right: FieldSet, keep: (left: boolean, right: boolean) => boolean): FieldSet {
  const elements = new Set([...left.children.keys(), ...right.children.keys()]);
  return fieldSet(
    keep(left.member, right.member),
    [...elements].map((element) => [
      element,
      combine(left.children.get(element) ?? noFields, right.children.get(element) ?? noFields, keep),
    ]),
  );
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft || inRight);
}

export function difference(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft && !inRight);
}

export function intersection(left: FieldSet, right: FieldSet): FieldSet {
  return combine(left, right, (inLeft, inRight) => inLeft && inRight);
}

/** The set that holds one path. */
export function pathSet(...elements: readonly string[]): FieldSet {
  return elements.reduceRight<FieldSet>((inner, element) => fieldSet(false, [[element, inner]]), oneField);
}

/** Reads `fieldsV1`; an element with nothing below it is itself in the set. */
export function readFieldsV1(fields: Json | undefined): FieldSet {
  if (!isJsonObject(fields)) return noFields;
  const children = Object.entries(fields).filter(([element]) => element !== '.');
  return fieldSet(
    Object.hasOwn(fields, '.'),
    children.map(([element, inner]) => {
      const child = readFieldsV1(inner);
      return [element, isEmptySet(child) ? oneField : child];
    }),
  );
}

function inOrder(set: FieldSet): [string, FieldSet][] {
  return [...set.children].sort(([left], [right]) => (left < right ? -1 : 1));
}

/** Writes `fieldsV1`, elements in order. */
export function writeFieldsV1(set: FieldSet): JsonObject {
  return Object.fromEntries(
    inOrder(set).map(([element, child]): [string, Json] => {
      const inner = writeFieldsV1(child);
      return [element, child.member && child.children.size > 0 ? { '.': {}, ...inner } : inner];
    }),
  );
}

/** A path element as messages show it: `.name`, `[name="c"]`, `[="value"]`. */
export function shownElement(element: string): string {
  const text = element.slice(2);
  if (element.startsWith('f:')) return `.${text}`;
  if (element.startsWith('v:')) return `[=${text}]`;
  const keys = JSON.parse(text) as JsonObject;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${canonicalJson(value)}`)
    .join(',')}]`;
}

/** Every path of a set as messages show it: at each level the fields themselves, then what lies below them. */
export function shownPaths(set: FieldSet, prefix = ''): string[] {
  const children = inOrder(set);
  return [
    ...children.filter(([, child]) => child.member).map(([element]) => prefix + shownElement(element)),
    ...children.flatMap(([element, child]) => shownPaths(child, prefix + shownElement(element))),
  ];
}
