import { type Attributes, denial } from '../access/authorization.ts';
import { findKind, type ResourceKind, virtualKinds } from '../store/resource-kinds.ts';
import { ApiError, badRequest, forbidden, methodNotAllowed, noSuchResource, notInDemo } from '../store/status.ts';
import type { Call } from './call.ts';
import { deleteCollection, deleteObject } from './delete-objects.ts';
import { type Document, discoveryDocument, PageNotFound } from './discovery.ts';
import { openApiDocument } from './openapi.ts';
import { openApiV2Document, openApiV2Type } from './openapi-v2.ts';
import { evictPod } from './pod-eviction.ts';
import { requireUpgrade, sendPodLog, streamSubresources } from './pod-streams.ts';
import { getObject, listObjects } from './read-objects.ts';
import { createReview } from './reviews.ts';
import { handleScale } from './scale.ts';
import { issueToken } from './token-request.ts';
import { serverVersion } from './version.ts';
import { watchObjects } from './watch-objects.ts';
import { createObject, patchStoredObject, updateObject } from './write-objects.ts';

/** What RBAC is asked about a request. */
export function attributesOf(call: Pick<Call, 'info' | 'user'>): Attributes {
  const { info, user } = call;
  return {
    user,
    verb: info.verb,
    group: info.apiGroup,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    path: info.isResourceRequest ? '' : info.path,
  };
}

/** @throws {ApiError} 403 in RBAC's words. */
export function authorize(call: Pick<Call, 'info' | 'user' | 'cluster'>): void {
  const attributes = attributesOf(call);
  const { group, resource, subresource, name } = attributes;
  if (!call.cluster.authorizer.decide(attributes)) {
    if (attributes.path !== '') {
      throw new ApiError(403, 'Forbidden', `forbidden: ${denial(attributes)}`, {});
    }
    throw forbidden({ group, resource, kind: resource }, name, denial(attributes));
  }
  // A GET that upgrades runs a command as a POST does: create is needed too (kubernetes/kubernetes#134577).
  if (resource === 'pods' && streamSubresources.has(subresource) && attributes.verb !== 'create') {
    if (!call.cluster.authorizer.decide({ ...attributes, verb: 'create' })) {
      throw forbidden({ group, resource, kind: resource }, name, '');
    }
  }
}

/** Answers an authorised request. */
export async function route(call: Call): Promise<void> {
  if (call.info.path.startsWith('//')) {
    // RequestInfo reads past the doubled slash, the router does not.
    sendPageNotFound(call);
    return;
  }
  if (!call.info.isResourceRequest) {
    routePath(call);
    return;
  }
  checkTimeout(call);
  const { apiGroup, apiVersion, resource } = call.info;
  const kind = findKind(apiGroup, apiVersion, resource);
  if (!kind || call.info.parts.length > 3) throw noSuchResource();
  return call.info.subresource === '' ? routeObject(call, kind) : routeSubresource(call, kind);
}

/**
 * `?timeout=` is a Go duration.
 * @throws {ApiError} 400
 */
function checkTimeout(call: Call): void {
  const timeout = call.query.get('timeout') ?? '';
  if (timeout === '' || /^[+-]?((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$|^0$/.test(timeout)) return;
  const problem = /^\d+(\.\d*)?$/.test(timeout) ? 'missing unit in duration' : 'invalid duration';
  throw badRequest(`invalid timeout specified in the request URL - time: ${problem} ${JSON.stringify(timeout)}`);
}

function routeObject(call: Call, kind: ResourceKind): Promise<void> | void {
  const { verb, namespace, name } = call.info;
  if (call.method === 'HEAD') throw methodNotAllowed();
  if (virtualKinds.includes(kind)) {
    if (verb !== 'create') throw methodNotAllowed();
    return createReview(call, kind);
  }
  const homeless = kind.namespaced && namespace === '';
  switch (verb) {
    case 'get':
      return getObject(call, kind);
    case 'list':
      return listObjects(call, kind);
    case 'watch':
      return call.method === 'GET' ? watchObjects(call, kind) : refuse();
    case 'create':
      return homeless || name !== '' ? refuse() : createObject(call, kind);
    case 'update':
      return homeless || name === '' ? refuse() : updateObject(call, kind);
    case 'patch':
      return homeless || name === '' ? refuse() : patchStoredObject(call, kind);
    case 'delete':
      return homeless ? refuse() : deleteObject(call, kind);
    case 'deletecollection':
      // The real server offers no such thing for namespaces (core/rest `storage_core.go`).
      return homeless || kind.kind === 'Namespace' ? refuse() : deleteCollection(call, kind);
    default:
      throw methodNotAllowed();
  }
}

function refuse(): never {
  throw methodNotAllowed();
}

const missingSubresources: Readonly<Record<string, string>> = {
  proxy: 'the proxy subresource',
  binding: 'binding pods to nodes',
  resize: 'resizing pods',
};

function routeSubresource(call: Call, kind: ResourceKind): Promise<void> | void {
  const { subresource, verb } = call.info;
  if (kind.kind === 'Pod' && subresource === 'log') return sendPodLog(call);
  if (kind.kind === 'Pod' && subresource === 'eviction' && verb === 'create') return evictPod(call);
  if (kind.kind === 'Pod' && streamSubresources.has(subresource)) {
    requireUpgrade(call);
  }
  if (kind.kind === 'ServiceAccount' && subresource === 'token' && verb === 'create') return issueToken(call, kind);
  const missing = missingSubresources[subresource];
  if (missing !== undefined) throw notInDemo(missing);
  const known = kind.subresources.find((candidate) => candidate.name === subresource);
  if (!known) throw noSuchResource();
  if (!known.verbs.includes(verb)) throw methodNotAllowed();
  if (subresource === 'scale') return handleScale(call, kind);
  if (verb === 'get') return getObject(call, kind);
  return verb === 'update' ? updateObject(call, kind) : patchStoredObject(call, kind);
}

const plainText = 'text/plain; charset=utf-8';
const healthPaths = new Set(['/healthz', '/livez', '/readyz', '/livez/ping', '/readyz/ping', '/healthz/ping']);

function routePath(call: Call): void {
  const { path } = call.info;
  if (call.method !== 'GET' && call.method !== 'HEAD') throw methodNotAllowed();
  const parts = path.replace(/^\/|\/$/g, '').split('/');
  if (healthPaths.has(path.replace(/(.)\/$/, '$1'))) {
    call.response.setHeader('X-Content-Type-Options', 'nosniff');
    sendText(call, 200, plainText, 'ok');
    return;
  }
  if (path === '/version' || path === '/version/')
    sendText(call, 200, 'application/json', JSON.stringify(serverVersion, null, 2));
  else if (path === '/openapi/v2') sendText(call, 200, openApiV2Type, openApiV2Document());
  // The real server labels the index text/plain, and so does this one.
  else if (/^\/openapi\/v3\/?$/.test(path)) sendText(call, 200, plainText, openApiDocument(path));
  else if (path.startsWith('/openapi/v3/')) sendText(call, 200, 'application/json', openApiDocument(path));
  else if (parts[0] === 'api' || parts[0] === 'apis') sendDiscovery(call, parts);
  else sendPageNotFound(call);
}

function sendDiscovery(call: Call, parts: readonly string[]): void {
  let document: Document;
  try {
    document = discoveryDocument(call, parts);
  } catch (error) {
    if (!(error instanceof PageNotFound)) throw error;
    sendPageNotFound(call);
    return;
  }
  const tag = document.headers['ETag'];
  if (tag !== undefined && call.headers.first('If-None-Match') === tag) {
    const { 'Content-Type': _type, ...headers } = document.headers;
    call.response.writeHead(304, headers).end();
    return;
  }
  for (const [name, value] of Object.entries(document.headers)) call.response.setHeader(name, value);
  sendText(call, 200, document.headers['Content-Type'] ?? '', `${JSON.stringify(document.body)}\n`);
}

function sendPageNotFound(call: Call): void {
  call.response.setHeader('X-Content-Type-Options', 'nosniff');
  sendText(call, 404, plainText, '404 page not found\n');
}

function sendText(call: Call, code: number, type: string, text: string | Buffer): void {
  const bytes = Buffer.from(text);
  call.response.writeHead(code, { 'Content-Type': type, 'Content-Length': bytes.length });
  call.response.end(call.method === 'HEAD' ? undefined : bytes);
}
