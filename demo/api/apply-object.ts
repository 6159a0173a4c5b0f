import { parse as parseYaml } from 'yaml';
import { denial } from '../access/authorization.ts';
import { applyFields } from '../ownership/apply.ts';
import { messageType } from '../ownership/field-type.ts';
import { readManagers, trackingOf } from '../ownership/managed-fields.ts';
import { schemaProblems } from '../ownership/merge-values.ts';
import type { WriteOptions } from '../store/cluster-objects.ts';
import { asKept, present } from '../store/event-forms.ts';
import { isJsonObject, type Json, type JsonObject, metadataOf, nameOf, namespaceOf, textAt } from '../store/json.ts';
import { groupVersionOf, type ResourceKind } from '../store/resource-kinds.ts';
import { ApiError, badRequest, conflict, fieldRequired, forbidden, invalid, notFound } from '../store/status.ts';
import { conform, DecodingError } from '../store/typed-object.ts';
import { answer } from './answer.ts';
import { type Call, writeOptions } from './call.ts';
import { queryTrue } from './request-target.ts';

/** The media type of server-side apply. */
export const applyPatch = 'application/apply-patch+yaml';

/**
 * A write that would create an object needs the right to.
 * @throws {ApiError} 403
 */
export function requireCreate(call: Call, kind: ResourceKind): void {
  const { namespace, name } = call.info;
  const attributes = { user: call.user, verb: 'create', group: kind.group, resource: kind.resource, subresource: '' };
  const asked = { ...attributes, namespace, name, path: '' };
  if (!call.cluster.authorizer.decide(asked)) throw forbidden(kind, name, denial(asked));
}

function parseApplied(body: Buffer): JsonObject {
  let value: Json;
  try {
    value = parseYaml(body.toString('utf8'), { version: '1.1', merge: true }) as Json;
  } catch (error) {
    const problem = error instanceof Error ? error.message.split('\n')[0] : 'invalid';
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${problem}`);
  }
  if (isJsonObject(value) || value === null) return value ?? {};
  const type = Array.isArray(value) ? 'array' : typeof value;
  throw badRequest(
    `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
  );
}

/** `/v1, Kind=Secret`, as Go prints a kind of the core group. */
function shownKind(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') ? apiVersion : `/${apiVersion}`}, Kind=${kind}`;
}

/** The server answers an apply that does not fit its schema with a 500 that has no reason. */
function unfit(what: string, applied: JsonObject, kind: ResourceKind, problem: string): ApiError {
  const id = `${namespaceOf(applied)}/${nameOf(applied)}; ${shownKind(groupVersionOf(kind), kind.kind)}`;
  return new ApiError(500, '', `failed to ${what} (${id})${problem}`);
}

/**
 * The configuration that an apply carries.
 * @throws {ApiError} 400 for another kind, name or namespace, or with managed fields; 500 for what does not fit the schema.
 */
export function readApplied(body: Buffer, call: Call, kind: ResourceKind): JsonObject {
  const applied = parseApplied(body);
  if (isJsonObject(applied['metadata']) && Object.hasOwn(applied['metadata'], 'managedFields')) {
    throw badRequest('metadata.managedFields must be nil');
  }
  const [apiVersion, named] = [textAt(applied, 'apiVersion'), textAt(applied, 'kind')];
  if (apiVersion !== groupVersionOf(kind) || named !== kind.kind) {
    throw badRequest(`invalid object type: ${shownKind(apiVersion, named)}`);
  }
  const problems = schemaProblems(applied, messageType(kind.message));
  if (problems.length > 0) {
    const listed = problems.length === 1 ? problems[0] : `errors:\n${problems.map((each) => `  ${each}`).join('\n')}`;
    throw unfit('create typed patch object', applied, kind, `: ${listed}`);
  }
  const { name, namespace } = call.info;
  if (nameOf(applied) !== '' && nameOf(applied) !== name) {
    throw badRequest(`the name of the object (${nameOf(applied)}) does not match the name on the URL (${name})`);
  }
  if (kind.namespaced && namespaceOf(applied) !== '' && namespaceOf(applied) !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return applied;
}

/** The result as the server's typed decoder reads it. */
function typed(object: JsonObject, applied: JsonObject, kind: ResourceKind): JsonObject {
  try {
    return { kind: kind.kind, apiVersion: groupVersionOf(kind), ...conform(object, kind.message).object };
  } catch (error) {
    if (!(error instanceof DecodingError)) throw error;
    const type = shownKind(groupVersionOf(kind), kind.kind);
    const problem = ` to proper version: unable to convert unstructured object to ${type}: error decoding from json: ${error.message}`;
    throw unfit('convert new object', applied, kind, problem);
  }
}

/** PATCH with server-side apply: creates what is not there, else lays the manager's fields over what is. */
export function applyObject(call: Call, kind: ResourceKind, body: Buffer): void {
  const { objects } = call.cluster;
  const { namespace, name, subresource } = call.info;
  const { dryRun, manager } = writeOptions(call, 'PatchOptions');
  if (!call.query.get('fieldManager')) {
    const cause = fieldRequired('fieldManager', 'is required for apply patch');
    throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', [cause]);
  }
  const applied = readApplied(body, call, kind);
  const before = objects.store.get(kind.storage, kind.namespaced ? namespace : '', name);
  if (!before && subresource !== '') throw notFound(kind, name);
  const live = before ? present(kind, before) : {};
  const result = applyFields({
    live,
    applied,
    message: kind.message,
    tracking: trackingOf(kind, subresource),
    managers: readManagers(live),
    manager,
    apiVersion: groupVersionOf(kind),
    force: queryTrue(call.query.get('force')),
  });
  const after = asKept(kind, typed(result.object, applied, kind));
  const options: WriteOptions = { dryRun, manager, managers: result.managers };
  if (before) {
    answer(call, 200, present(kind, objects.update(kind, before, after, options, subresource)));
    return;
  }
  requireCreate(call, kind);
  const metadata = metadataOf(after);
  const uid = textAt(metadata, 'uid');
  if (uid !== '') {
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    throw conflict(kind, name, why);
  }
  metadata['name'] = name;
  delete metadata['resourceVersion'];
  answer(call, 201, present(kind, objects.create(kind, namespace, after, options)));
}
