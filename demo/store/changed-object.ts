import { type JsonObject, listAt, metadataOf, objectAt } from './json.ts';
import { hasStatus, type ResourceKind } from './resource-kinds.ts';

/**
 * The object that an update leaves: what may change from what was given, the rest from what stands.
 * @param subresource empty, `status`, `scale` or `ephemeralcontainers`
 * @param trusted the cluster's own write, which may set the status along with the rest
 */
export function changedObject(
  kind: ResourceKind,
  before: JsonObject,
  given: JsonObject,
  subresource: string,
  trusted: boolean,
): JsonObject {
  const old = metadataOf(structuredClone(before));
  const asked = metadataOf(given);
  const kept: JsonObject = { ...old };
  for (const field of ['labels', 'annotations', 'ownerReferences', 'finalizers']) {
    if (asked[field] === undefined) delete kept[field];
    else kept[field] = asked[field];
  }
  if (listAt(asked, 'managedFields').length > 0) kept['managedFields'] = asked['managedFields'] ?? [];
  if (subresource === 'ephemeralcontainers') {
    // The rest of what was given is not looked at (registry/core/pod, podEphemeralContainersStrategy).
    const spec = { ...objectAt(structuredClone(before), 'spec') };
    const { ephemeralContainers } = objectAt(given, 'spec');
    if (ephemeralContainers === undefined) delete spec['ephemeralContainers'];
    else spec['ephemeralContainers'] = ephemeralContainers;
    return { ...structuredClone(before), spec, metadata: kept };
  }
  const metadata = subresource === 'status' ? old : kept;
  if (subresource === 'status') return { ...structuredClone(before), status: given['status'] ?? {}, metadata };
  const after: JsonObject = { ...given, kind: kind.kind, apiVersion: before['apiVersion'] ?? '', metadata };
  if (hasStatus(kind) && !trusted) {
    if (before['status'] === undefined) delete after['status'];
    else after['status'] = structuredClone(before['status']);
  }
  return after;
}
