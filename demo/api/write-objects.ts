import { asKept, present } from '../store/event-forms.ts';
import { type JsonObject, nameOf, namespaceOf, objectAt } from '../store/json.ts';
import type { ResourceKind } from '../store/resource-kinds.ts';
import { badRequest, invalid, notFound } from '../store/status.ts';
import { answer } from './answer.ts';
import { applyObject, applyPatch, requireCreate } from './apply-object.ts';
import { mediaType, readBody } from './body-codec.ts';
import { bodyOf, type Call, fieldValidation, writeOptions } from './call.ts';
import { patchObject } from './patch-object.ts';

async function readObject(call: Call, kind: ResourceKind): Promise<JsonObject> {
  const contentType = call.headers.first('Content-Type');
  const object = readBody(await bodyOf(call.request), contentType, kind, fieldValidation(call));
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
  const { objects } = call.cluster;
  const { namespace, name, subresource } = call.info;
  const options = writeOptions(call, 'UpdateOptions');
  const object = await readObject(call, kind);
  const before = objects.store.get(kind.storage, kind.namespaced ? namespace : '', name);
  if (before) {
    answer(call, 200, present(kind, objects.update(kind, before, object, { ...options, replaces: true }, subresource)));
    return;
  }
  if (!kind.createOnUpdate || subresource !== '') throw notFound(kind, name);
  requireCreate(call, kind);
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
  if (contentType === applyPatch) return applyObject(call, kind, body);
  if (call.query.has('force')) {
    const cause = { reason: 'FieldValueForbidden', message: 'Forbidden: may not be specified for non-apply patch' };
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [{ ...cause, field: 'force' }]);
  }
  const before = objects.get(kind, kind.namespaced ? namespace : '', name);
  const after = asKept(kind, patchObject(present(kind, before), body, contentType, kind, fieldValidation(call)));
  if (nameOf(after) !== name) {
    throw badRequest(`the name of the object (${nameOf(after)}) does not match the name on the URL (${name})`);
  }
  if (namespaceOf(after) !== namespaceOf(before)) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  answer(call, 200, present(kind, objects.update(kind, before, after, options, subresource)));
}
