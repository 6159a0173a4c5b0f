import { isJsonObject, type Json, sameJson } from '../store/json.ts';
import { type FieldSet, fieldSet, isEmptySet, noFields, oneField, shownElement, union } from './field-set.ts';
import { type FieldType, fieldTypeOf, type Part, partsOf } from './field-type.ts';

// The operations of sigs.k8s.io/structured-merge-diff (`typed`) that server-side apply is made of.

const isItem = (element: string) => !element.startsWith('f:');

/** The fields that a value states: its leaves, and the items of its keyed lists. */
export function statedFields(value: Json, type: FieldType): FieldSet {
  const parts = partsOf(value, type);
  if (parts === null || parts.length === 0) return oneField;
  return fieldSet(
    false,
    parts.map((part) => {
      const inner = statedFields(part.value, part.type);
      return [part.element, isItem(part.element) ? union(inner, oneField) : inner];
    }),
  );
}

/** Every path in a value, those of structs and maps included. */
export function allFields(value: Json, type: FieldType): FieldSet {
  const parts = partsOf(value, type) ?? [];
  return fieldSet(
    true,
    parts.map((part) => [part.element, allFields(part.value, part.type)]),
  );
}

/** What became of the fields between two values. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

const same: Comparison = { added: noFields, modified: noFields, removed: noFields };

/** The fields that were added, modified and removed. The order of a keyed list does not count. */
export function compareFields(before: Json | undefined, after: Json | undefined, type: FieldType): Comparison {
  if (before === undefined) return after === undefined ? same : { ...same, added: allFields(after, type) };
  if (after === undefined) return { ...same, removed: allFields(before, type) };
  const [partsBefore, partsAfter] = [partsOf(before, type), partsOf(after, type)];
  // Null is an empty form of whatever stands on the other side.
  const left = partsBefore ?? (before === null && partsAfter !== null ? [] : null);
  const right = partsAfter ?? (after === null && partsBefore !== null ? [] : null);
  if (left === null || right === null) {
    return sameJson(before, after) ? same : { ...same, modified: oneField };
  }
  const parts = new Map([...left, ...right].map((part) => [part.element, part]));
  const compared = [...parts.values()].map(({ element, type: inner }) => {
    const value = (side: readonly Part[]) => side.find((part) => part.element === element)?.value;
    return [element, compareFields(value(left), value(right), inner)] as const;
  });
  const gather = (of: keyof Comparison) =>
    fieldSet(
      false,
      compared.map(([element, comparison]) => [element, comparison[of]]),
    );
  return { added: gather('added'), modified: gather('modified'), removed: gather('removed') };
}

/** Items of both lists: the order of the applied one, the others where they stood. */
function mergeOrder(live: readonly Part[], applied: readonly Part[]): string[] {
  const wanted = new Set(applied.map((part) => part.element));
  const order: string[] = [];
  const rest = applied.map((part) => part.element);
  for (const { element } of live) {
    if (!wanted.has(element)) order.push(element);
    else if (rest.includes(element)) order.push(...rest.splice(0, rest.indexOf(element) + 1));
  }
  return [...order, ...rest];
}

/** Lays an applied value over the live one. */
export function mergeValues(live: Json | undefined, applied: Json, type: FieldType): Json {
  const [left, right] = [partsOf(live, type), partsOf(applied, type)];
  if (left === null || right === null) return applied;
  const [before, over] = [left, right].map((parts) => new Map(parts.map((part) => [part.element, part])));
  const merged = mergeOrder(left, right).flatMap((element): [string, Json][] => {
    const [old, given] = [before?.get(element), over?.get(element)];
    if (given) return [[element, mergeValues(old?.value, given.value, given.type)]];
    return old ? [[element, old.value]] : [];
  });
  return type.shape === 'list' || type.shape === 'set'
    ? merged.map(([, value]) => value)
    : Object.fromEntries(merged.map(([element, value]) => [element.slice(2), value]));
}

/** A value without some of its fields; undefined when nothing is left. */
export function withoutFields(value: Json, type: FieldType, removed: FieldSet): Json | undefined {
  const parts = partsOf(value, type);
  if (parts === null || isEmptySet(removed)) return value;
  const kept = parts.flatMap((part): [string, Json][] => {
    const gone = removed.children.get(part.element) ?? noFields;
    const rest = gone.member ? undefined : withoutFields(part.value, part.type, gone);
    return rest === undefined ? [] : [[part.element, rest]];
  });
  if (kept.length === 0 && parts.length > 0) return undefined;
  return Array.isArray(value)
    ? kept.map(([, item]) => item)
    : Object.fromEntries(kept.map(([element, inner]) => [element.slice(2), inner]));
}

/** A set with the struct fields that lead to its paths: who owns `.spec.template.spec` owns `.spec`. */
export function withNamedFields(set: FieldSet, type: FieldType): FieldSet {
  return fieldSet(
    set.member,
    [...set.children].map(([element, child]) => {
      const name = element.slice(2);
      const declared = type.shape === 'struct' && element.startsWith('f:') ? fieldTypeOf(type.message, name) : null;
      const inner: FieldType | null = declared ?? (type.shape === 'map' || type.shape === 'list' ? type.item : null);
      const named = inner === null ? child : withNamedFields(child, inner);
      return [element, declared === null ? named : union(named, oneField)];
    }),
  );
}

/** A value as the real server's schema check shows it: one in place of a map or list differs from one in place of a scalar. */
function goValue(value: Json, scalar = false): string {
  if (typeof value === 'object') return '&{…}';
  return scalar ? `&value.valueUnstructured{Value:${JSON.stringify(value)}}` : `&{${value}}`;
}

function fits(value: Json, scalar: 'string' | 'boolean' | 'numeric'): boolean {
  return typeof value === (scalar === 'numeric' ? 'number' : scalar);
}

/** What keeps a value from being read as of its type: unknown fields, wrong shapes, items of the same key. */
export function schemaProblems(value: Json, type: FieldType, path = ''): string[] {
  if (value === null) return [];
  if (type.shape === 'leaf') {
    const wrong = type.scalar !== undefined && !fits(value, type.scalar);
    return wrong ? [`${path}: expected ${type.scalar}, got ${goValue(value, true)}`] : [];
  }
  const map = type.shape === 'struct' || type.shape === 'map';
  if (map !== isJsonObject(value) || map === Array.isArray(value)) {
    return [`${path}: expected ${map ? 'map' : 'list'}, got ${goValue(value)}`];
  }
  const parts = partsOf(value, type) ?? [];
  const seen = new Set<string>();
  return parts.flatMap(({ element, value: inner, type: innerType }) => {
    const name = element.slice(2);
    if (type.shape === 'struct') {
      if (fieldTypeOf(type.message, name) === null && !(path === '' && (name === 'kind' || name === 'apiVersion'))) {
        return [`${path}.${name}: field not declared in schema`];
      }
      return schemaProblems(inner, innerType, `${path}.${name}`);
    }
    if (type.shape === 'map') return schemaProblems(inner, innerType, `${path}.${name}`);
    if (seen.has(element)) return [`${path}: duplicate entries for key ${shownElement(element)}`];
    seen.add(element);
    return schemaProblems(inner, innerType, path + shownElement(element));
  });
}
