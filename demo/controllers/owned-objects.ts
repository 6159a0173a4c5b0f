import { type JsonObject, nameOf, objectsAt, textAt, uidOf } from '../store/json.ts';

/** The `ownerReferences` entry of a controller. */
export function controllerReference(owner: JsonObject): JsonObject {
  return {
    apiVersion: owner['apiVersion'] ?? '',
    kind: owner['kind'] ?? '',
    name: nameOf(owner),
    uid: uidOf(owner),
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Whether an object is controlled by another. */
export function isOwnedBy(object: JsonObject, owner: JsonObject): boolean {
  const uid = uidOf(owner);
  return objectsAt(object, 'metadata', 'ownerReferences').some((reference) => reference['uid'] === uid);
}

/** Whether an object is on its way out. */
export function isGoing(object: JsonObject): boolean {
  return textAt(object, 'metadata', 'deletionTimestamp') !== '';
}
