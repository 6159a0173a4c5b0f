import { randomUUID } from 'node:crypto';
import { type JsonObject, metadataOf, textAt, timestamp } from './json.ts';
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
