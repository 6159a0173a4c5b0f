import type { JsonObject } from '../store/json.ts';

/** An object to create, and how old it should look. */
export interface Planted {
  readonly kind: string;
  readonly namespace: string;
  readonly object: JsonObject;
  /** Hours since it was made. */
  readonly hours: number;
}

/** An object of the seed. */
export function plant(
  kind: string,
  namespace: string,
  name: string,
  hours: number,
  fields: JsonObject,
  metadata: JsonObject = {},
): Planted {
  return { kind, namespace, hours, object: { kind, metadata: { name, ...metadata }, ...fields } };
}

/** Data of a Secret in base64. */
export function encoded(data: Readonly<Record<string, string>>): JsonObject {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));
}
