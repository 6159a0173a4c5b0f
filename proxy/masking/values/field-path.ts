/**
 * As Kubernetes writes field paths: `data.password`, `data[ca.crt]`, `spec.containers[web].env[DB_PASSWORD].value`.
 * An entry of a list is named by its `name` where it has one, else by its index, so that the path of a value stays what
 * it is when others are put before it.
 */
export function joinField(field: string, key: string): string {
  if (!/^[-\w]+$/.test(key)) return `${field}[${key}]`;
  return field === '' ? key : `${field}.${key}`;
}

/** A container on the way from an object to a value. */
export interface PathFrame {
  /** Null for the object itself. */
  readonly parent: PathFrame | null;
  /** The key, or the index, under which the parent holds it. */
  readonly slot: string | number;
  /** What an entry of a list says as its `name`; known when its end has come. */
  entryName: string | null;
}

/** The path of what stands under `slot` in a container. */
export function fieldPath(frame: PathFrame, slot: string | number, entryName: string | null = null): string {
  const field = frame.parent === null ? '' : fieldPath(frame.parent, frame.slot, frame.entryName);
  return typeof slot === 'number' ? `${field}[${entryName ?? slot}]` : joinField(field, slot);
}
