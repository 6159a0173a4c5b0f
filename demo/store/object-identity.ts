import { randomUUID } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject, metadataOf, textAt, timestamp } from './json.ts';
import { shortName } from './random-names.ts';

/** Gives a new object its name (from `generateName`), uid, creation time and generation. */
export function identify(object: JsonObject, hasSpec: boolean): void {
  const metadata = metadataOf(object);
  if (textAt(metadata, 'name') === '' && textAt(metadata, 'generateName') !== '') {
    metadata['name'] = `${textAt(metadata, 'generateName').slice(0, 58)}${shortName(5)}`;
  }
  const { labels, annotations, ownerReferences, finalizers } = metadata;
  for (const field of [
    'selfLink',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
    'managedFields',
    'resourceVersion',
  ]) {
    delete metadata[field];
  }
  for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers']) delete metadata[field];
  metadata['uid'] = randomUUID();
  if (hasSpec) metadata['generation'] = 1;
  metadata['creationTimestamp'] = timestamp();
  for (const [field, value] of Object.entries({ labels, annotations, ownerReferences, finalizers })) {
    if (value !== undefined) metadata[field] = value;
  }
}

function fieldSet(value: Json): JsonObject {
  if (!isJsonObject(value)) return {};
  const entries = Object.entries(value).map(([field, inner]): [string, Json] => [`f:${field}`, fieldSet(inner)]);
  return Object.fromEntries([['.', {}], ...entries]);
}

/**
 * Notes who wrote an object last. Minimal: one entry for each manager, whole lists as one field, no ownership is kept
 * (that is server-side apply's).
 */
export function noteManager(object: JsonObject, manager: string, subresource: string): void {
  const { apiVersion = '', kind: _kind, metadata: _metadata, status, ...fields } = object;
  const metadata = metadataOf(object);
  const before = Array.isArray(metadata['managedFields']) ? metadata['managedFields'] : [];
  const others = before.filter(
    (entry) => textAt(entry, 'manager') !== manager || textAt(entry, 'subresource') !== subresource,
  );
  const { '.': _whole, ...owned } = fieldSet(subresource === 'status' ? { status: status ?? null } : fields);
  metadata['managedFields'] = [
    ...others,
    {
      manager,
      operation: 'Update',
      apiVersion,
      time: timestamp(),
      fieldsType: 'FieldsV1',
      fieldsV1: owned,
      ...(subresource ? { subresource } : {}),
    },
  ];
}
