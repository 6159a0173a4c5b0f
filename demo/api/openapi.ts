import { createHash } from 'node:crypto';
import { type Field, messageNamed } from '../../proxy/request/protobuf/message-schema.ts';
import type { Json, JsonObject } from '../store/json.ts';
import { groupVersionOf, type ResourceKind, resourceKinds, virtualKinds } from '../store/resource-kinds.ts';
import { noSuchResource } from '../store/status.ts';

const scalarSchemas: Readonly<Record<string, JsonObject>> = {
  s: { type: 'string' },
  b: { type: 'boolean' },
  i: { type: 'integer', format: 'int32' },
  l: { type: 'integer', format: 'int64' },
  d: { type: 'number', format: 'double' },
  y: { type: 'string', format: 'byte' },
  'meta.Time': { type: 'string', format: 'date-time' },
  'meta.MicroTime': { type: 'string', format: 'date-time' },
  'meta.FieldsV1': { type: 'object' },
  'resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'intstr.IntOrString': { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  'authentication.ExtraValue': { type: 'array', items: { type: 'string' } },
  'authorization.ExtraValue': { type: 'array', items: { type: 'string' } },
};

function schemaName(message: string): string {
  const [group = '', kind = ''] = message.split('.');
  return group === 'meta' ? `io.k8s.apimachinery.pkg.apis.meta.v1.${kind}` : `io.k8s.api.${group}.v1.${kind}`;
}

function typeSchema(type: string, used: Set<string>): JsonObject {
  const scalar = scalarSchemas[type];
  if (scalar) return scalar;
  used.add(type);
  return { $ref: `#/components/schemas/${schemaName(type)}` };
}

function fieldSchema(field: Field, used: Set<string>): JsonObject {
  const schema = typeSchema(field.type, used);
  if (field.shape === 'list') return { type: 'array', items: schema };
  return field.shape === 'map' ? { type: 'object', additionalProperties: schema } : schema;
}

function messageSchema(name: string, kind: ResourceKind | undefined, used: Set<string>): JsonObject {
  const properties: JsonObject = {};
  if (kind) {
    properties['apiVersion'] = { type: 'string' };
    properties['kind'] = { type: 'string' };
  }
  for (const [field, definition] of messageNamed(name)?.byName ?? []) properties[field] = fieldSchema(definition, used);
  return {
    type: 'object',
    properties,
    ...(kind ? { 'x-kubernetes-group-version-kind': [groupVersionKind(kind)] } : {}),
  };
}

function groupVersionKind(kind: ResourceKind): JsonObject {
  return { group: kind.group, version: kind.version, kind: kind.kind };
}

const writeParameters: Json = ['dryRun', 'fieldManager', 'fieldValidation'].map((name) => ({
  name,
  in: 'query',
  schema: { type: 'string', uniqueItems: true },
}));

/** Paths with what kubectl looks for: the kind, and that `fieldValidation` and `dryRun` are understood. */
function pathsOf(kind: ResourceKind, prefix: string): JsonObject {
  const base = kind.namespaced ? `${prefix}/namespaces/{namespace}/${kind.resource}` : `${prefix}/${kind.resource}`;
  const operation = (action: string): JsonObject => ({
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': groupVersionKind(kind),
    ...(['post', 'put', 'patch'].includes(action) ? { parameters: writeParameters } : {}),
    responses: { 200: { description: 'OK' } },
  });
  if (virtualKinds.includes(kind)) return { [base]: { post: operation('post') } };
  const single = {
    get: operation('get'),
    put: operation('put'),
    patch: operation('patch'),
    delete: operation('delete'),
  };
  return { [base]: { get: operation('list'), post: operation('post') }, [`${base}/{name}`]: single };
}

const documents = new Map<string, string>();

function documentOf(groupVersionPath: string): string {
  const known = documents.get(groupVersionPath);
  if (known !== undefined) return known;
  const kinds = [...resourceKinds, ...virtualKinds].filter((kind) => pathOf(kind) === groupVersionPath);
  if (kinds.length === 0) throw noSuchResource();
  const used = new Set(kinds.map((kind) => kind.message));
  const schemas: JsonObject = {};
  // The set grows while schemas name further types: iteration reaches those too.
  for (const message of used) {
    const kind = kinds.find((candidate) => candidate.message === message);
    schemas[schemaName(message)] = messageSchema(message, kind, used);
  }
  const paths = Object.assign({}, ...kinds.map((kind) => pathsOf(kind, `/${groupVersionPath}`))) as JsonObject;
  const info = { title: 'Kubernetes (Gatehouse demo cluster)', version: 'v1.36.3' };
  const text = JSON.stringify({ openapi: '3.0.0', info, paths, components: { schemas } });
  documents.set(groupVersionPath, text);
  return text;
}

function pathOf(kind: ResourceKind): string {
  return kind.group === '' ? `api/${kind.version}` : `apis/${groupVersionOf(kind)}`;
}

/**
 * The JSON text at `/openapi/v3` or below it.
 * @throws {ApiError} 404
 */
export function openApiDocument(path: string): string {
  const below = path.replace(/^\/openapi\/v3\/?/, '').replace(/\/$/, '');
  if (below !== '') return documentOf(below);
  const groupVersions = [...new Set([...resourceKinds, ...virtualKinds].map(pathOf))].sort();
  const paths = groupVersions.map((groupVersion) => {
    const hash = createHash('sha512').update(documentOf(groupVersion)).digest('hex').toUpperCase();
    return [groupVersion, { serverRelativeURL: `/openapi/v3/${groupVersion}?hash=${hash}` }];
  });
  return JSON.stringify({ paths: Object.fromEntries(paths) });
}
