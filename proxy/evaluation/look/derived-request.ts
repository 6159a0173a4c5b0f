import type { ApiRequest } from '../../request/api-request.ts';
import { HeaderList } from '../../request/header-list.ts';
import { readRequest } from '../../request/read-request.ts';

/** Headers of the client that say who asks, so that cluster audit and field managers see the same. */
const KEPT = ['User-Agent', 'Kubectl-Command', 'Kubectl-Session'];

/** A request of the gateway's own in the course of the client's, as the same identity. */
function onBehalfOf(request: ApiRequest, method: string, target: string, more: readonly string[] = []): ApiRequest {
  const kept = KEPT.flatMap((name) => request.headers.all(name).map((value) => [name, value])).flat();
  const rawHeaders = ['Host', 'gatehouse', 'Accept', 'application/json', ...kept, ...more];
  return { ...readRequest({ method, target, rawHeaders }), impersonation: request.impersonation };
}

/** The read of the object that a request is about, whatever its subresource. */
export function liveObjectRequest(request: ApiRequest): ApiRequest {
  return onBehalfOf(request, 'GET', objectPath(request));
}

/** A read of any path, as the same identity. */
export function readOf(request: ApiRequest, target: string): ApiRequest {
  return onBehalfOf(request, 'GET', target);
}

/** The same request as the gateway's own identity. */
export function asGateway(request: ApiRequest): ApiRequest {
  return { ...request, impersonation: null };
}

/** A creation that answers and keeps nothing, such as a review; as the gateway's own identity. */
export function reviewRequest(request: ApiRequest, target: string): ApiRequest {
  const json = ['Content-Type', 'application/json'];
  return asGateway(onBehalfOf(request, 'POST', target, json));
}

function objectPath({ info }: ApiRequest): string {
  const { apiPrefix, apiGroup, apiVersion, namespace, resource, name } = info;
  const isNamespace = resource === 'namespaces' && apiGroup === '';
  const parts = [
    apiPrefix,
    ...(apiGroup === '' ? [] : [apiGroup]),
    apiVersion,
    ...(namespace === '' || isNamespace ? [] : ['namespaces', namespace]),
    resource,
    name,
  ];
  return `/${parts.map(encodeURIComponent).join('/')}`;
}

/**
 * The same request as a rehearsal: same method, path, query, headers and identity, `dryRun=All`. Not for DELETE, whose
 * query does not count beside a body, nor for TokenRequest, which issues the token all the same.
 */
export function dryRunRequest(request: ApiRequest): ApiRequest {
  const [path = '', rawQuery = ''] = splitOnce(request.target, '?');
  // What holds a ; was refused already (request/request-target.ts): Go would drop the pair.
  const kept = rawQuery.split('&').filter((pair) => pair !== '' && nameOf(pair) !== 'dryRun');
  const query: Array<readonly [string, string]> = request.query.filter(([name]) => name !== 'dryRun');
  return {
    ...request,
    target: `${path}?${[...kept, 'dryRun=All'].join('&')}`,
    query: [...query, ['dryRun', 'All']],
  };
}

/** A request with another body type, for a body that is written anew as JSON. */
export function withContentType(request: ApiRequest, contentType: string): ApiRequest {
  const others = [...request.headers].filter(([name]) => name.toLowerCase() !== 'content-type');
  return { ...request, contentType, headers: new HeaderList([...others, ['Content-Type', contentType]]) };
}

function splitOnce(text: string, separator: string): string[] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function nameOf(pair: string): string {
  const [name = ''] = splitOnce(pair, '=');
  try {
    return decodeURIComponent(name.replaceAll('+', ' '));
  } catch {
    return name;
  }
}
