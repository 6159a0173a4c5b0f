import { denial } from '../access/authorization.ts';
import { asKept, present } from '../store/event-forms.ts';
import { type JsonObject, nameOf, namespaceOf, objectAt, textAt, textsAt } from '../store/json.ts';
import type { ResourceKind } from '../store/resource-kinds.ts';
import { answer } from './answer.ts';
import { mediaType, readBody } from './body-codec.ts';
import { bodyOf, type Call, isStrict, readDryRun, writeOptions } from './call.ts';
import { patchObject } from './patch-object.ts';
import { badRequest, deleted, forbidden, notFound, notInDemo } from './status.ts';

async function readObject(call: Call, kind: ResourceKind): Promise<JsonObject> {
  const contentType = call.headers.first('Content-Type');
  const object = readBody(await bodyOf(call.request), contentType, kind, isStrict(call));
  const { name, namespace } = call.info;
  if (name !== '' && nameOf(object) !== '' && nameOf(object) !== name) {
    throw badRequest(`the name of the object (${nameOf(object)}) does not match the name on the URL (${name})`);
  }
  if (kind.namespaced && namespaceOf(object) !== '' && namespaceOf(object) !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return asKept(kind, object);
}

/** POST. */
export async function createObject(call: Call, kind: ResourceKind): Promise<void> {
  const options = writeOptions(call, 'CreateOptions');
  const object = await readObject(call, kind);
  const created = call.cluster.objects.create(kind, call.info.namespace, object, options);
  answer(call, 201, present(kind, created));
}

/** PUT, of the object or its status. A kind that may be created so is, when the caller may create. */
export async function updateObject(call: Call, kind: ResourceKind): Promise<void> {
  const { objects, authorizer } = call.cluster;
  const { namespace, name, subresource } = call.info;
  const options = writeOptions(call, 'UpdateOptions');
  const object = await readObject(call, kind);
  const before = objects.store.get(kind.storage, kind.namespaced ? namespace : '', name);
  if (before) {
    answer(call, 200, present(kind, objects.update(kind, before, object, options, subresource)));
    return;
  }
  if (!kind.createOnUpdate || subresource !== '') throw notFound(kind, name);
  const attributes = { user: call.user, verb: 'create', group: kind.group, resource: kind.resource, subresource: '' };
  const asked = { ...attributes, namespace, name, path: '' };
  if (!authorizer.decide(asked)) throw forbidden(kind, name, denial(asked));
  const named = { ...object, metadata: { ...objectAt(object, 'metadata'), name } };
  answer(call, 201, present(kind, objects.create(kind, namespace, named, options)));
}

/** PATCH, of the object or its status. */
export async function patchStoredObject(call: Call, kind: ResourceKind): Promise<void> {
  const { objects } = call.cluster;
  const { namespace, name, subresource } = call.info;
  const options = writeOptions(call, 'PatchOptions');
  const contentType = mediaType(call.headers.first('Content-Type'));
  const body = await bodyOf(call.request);
  if (contentType.startsWith('application/apply-patch+')) throw notInDemo('server-side apply');
  const before = objects.get(kind, kind.namespaced ? namespace : '', name);
  const after = asKept(kind, patchObject(present(kind, before), body, contentType, kind, isStrict(call)));
  if (nameOf(after) !== name) {
    throw badRequest(`the name of the object (${nameOf(after)}) does not match the name on the URL (${name})`);
  }
  if (namespaceOf(after) !== namespaceOf(before)) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  answer(call, 200, present(kind, objects.update(kind, before, after, options, subresource)));
}

/** DeleteOptions come under any version: `v1`, `meta.k8s.io/v1`, the object's own group's. */
const deleteOptions = {
  anyVersion: true,
  group: '',
  version: 'v1',
  kind: 'DeleteOptions',
  message: 'meta.DeleteOptions',
};

/** DELETE of one object. A body that is not empty decides alone: the query's options are then not looked at. */
export async function deleteObject(call: Call, kind: ResourceKind): Promise<void> {
  const { query, info } = call;
  const body = await bodyOf(call.request);
  let options: JsonObject = {};
  if (body.length > 0) {
    const contentType = call.headers.first('Content-Type');
    options = readBody(body, contentType, deleteOptions, false);
  } else {
    const grace = query.get('gracePeriodSeconds');
    const propagation = query.get('propagationPolicy');
    options = {
      dryRun: query.getAll('dryRun'),
      ...(grace !== null ? { gracePeriodSeconds: Number(grace) } : {}),
      ...(propagation !== null ? { propagationPolicy: propagation } : {}),
    };
  }
  const grace = options['gracePeriodSeconds'];
  const outcome = call.cluster.objects.remove(kind, kind.namespaced ? info.namespace : '', info.name, {
    dryRun: readDryRun(textsAt(options, 'dryRun'), 'DeleteOptions'),
    gracePeriodSeconds: typeof grace === 'number' ? grace : null,
    orphan: options['propagationPolicy'] === 'Orphan' || options['orphanDependents'] === true,
    uid: textAt(options, 'preconditions', 'uid'),
    resourceVersion: textAt(options, 'preconditions', 'resourceVersion'),
  });
  answer(call, 200, outcome.object ? present(kind, outcome.object) : deleted(kind, info.name, outcome.uid));
}
