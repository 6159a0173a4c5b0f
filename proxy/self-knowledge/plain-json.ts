/** A value of a review as `JSON.parse` gives it; nothing in one is a number that could lose digits. */
export type PlainObject = { readonly [name: string]: unknown };

export function isPlainObject(value: unknown): value is PlainObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The field's text; empty where it has none. */
export function textOf(object: unknown, field: string): string {
  const value = isPlainObject(object) && Object.hasOwn(object, field) ? object[field] : undefined;
  return typeof value === 'string' ? value : '';
}

/** The field's texts; none where it is no list. */
export function textsOf(object: PlainObject, field: string): string[] {
  const value = Object.hasOwn(object, field) ? object[field] : undefined;
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}
