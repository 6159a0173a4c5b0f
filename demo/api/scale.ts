import { applyFields } from '../ownership/apply.ts';
import { readManagers, trackingOf } from '../ownership/managed-fields.ts';
import { type JsonObject, nameOf, namespaceOf, numberAt, objectAt, textAt, textMapAt, uidOf } from '../store/json.ts';
import { groupVersionOf, type ResourceKind } from '../store/resource-kinds.ts';
import { conflict, fieldRequired, invalid } from '../store/status.ts';
import { answer } from './answer.ts';
import { applyPatch, readApplied } from './apply-object.ts';
import { mediaType, readBody } from './body-codec.ts';
import { bodyOf, type Call, fieldValidation, writeOptions } from './call.ts';
import { patchObject } from './patch-object.ts';
import { queryTrue } from './request-target.ts';

const scaleKind = { group: 'autoscaling', version: 'v1', kind: 'Scale', message: 'autoscaling.Scale' };

/** The `autoscaling/v1` Scale of a workload. */
function scaleOf(object: JsonObject): JsonObject {
  const labels = textMapAt(object, 'spec', 'selector', 'matchLabels');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name: nameOf(object),
      namespace: namespaceOf(object),
      uid: uidOf(object),
      resourceVersion: textAt(object, 'metadata', 'resourceVersion'),
      creationTimestamp: textAt(object, 'metadata', 'creationTimestamp'),
    },
    spec: numberAt(object, 0, 'spec', 'replicas') === 0 ? {} : { replicas: numberAt(object, 0, 'spec', 'replicas') },
    status: {
      replicas: numberAt(object, 0, 'status', 'replicas'),
      selector: Object.entries(labels)
        .map(([key, value]) => `${key}=${value}`)
        .join(','),
    },
  };
}

/** GET, PUT and PATCH on the scale subresource. */
export async function handleScale(call: Call, kind: ResourceKind): Promise<void> {
  const { objects } = call.cluster;
  const before = objects.get(kind, call.info.namespace, call.info.name);
  if (call.method === 'GET') {
    answer(call, 200, scaleOf(before));
    return;
  }
  const body = await bodyOf(call.request);
  if (mediaType(call.headers.first('Content-Type')) === applyPatch) {
    answer(call, 200, scaleOf(applyScale(call, kind, before, body)));
    return;
  }
  const contentType = call.headers.first('Content-Type');
  const options = writeOptions(call, call.method === 'PUT' ? 'UpdateOptions' : 'PatchOptions');
  const scale =
    call.method === 'PUT'
      ? readBody(body, contentType, scaleKind, fieldValidation(call))
      : patchObject(scaleOf(before), body, mediaType(contentType), scaleKind, fieldValidation(call));
  const version = textAt(scale, 'metadata', 'resourceVersion');
  if (version !== '' && version !== textAt(before, 'metadata', 'resourceVersion')) throw conflict(kind, nameOf(before));
  const after = structuredClone(before);
  objectAt(after, 'spec')['replicas'] = numberAt(scale, 0, 'spec', 'replicas');
  answer(call, 200, scaleOf(objects.update(kind, before, after, options, 'scale')));
}

/** Server-side apply of a Scale: the manager owns `spec.replicas` of the workload, through the subresource. */
function applyScale(call: Call, kind: ResourceKind, before: JsonObject, body: Buffer): JsonObject {
  const { dryRun, manager } = writeOptions(call, 'PatchOptions');
  if (!call.query.get('fieldManager')) {
    const cause = fieldRequired('fieldManager', 'is required for apply patch');
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [cause]);
  }
  const scale = readApplied(body, call, { ...kind, ...scaleKind });
  const applied = { kind: kind.kind, apiVersion: groupVersionOf(kind), spec: objectAt(scale, 'spec') };
  const result = applyFields({
    live: before,
    applied,
    message: kind.message,
    tracking: trackingOf(kind, 'scale'),
    managers: readManagers(before),
    manager,
    apiVersion: groupVersionOf(kind),
    force: queryTrue(call.query.get('force')),
  });
  const options = { dryRun, manager, managers: result.managers };
  return call.cluster.objects.update(kind, before, result.object, options, 'scale');
}
