import type { RequestInfo } from '../request/api-request.ts';

/** Parts of an object that are written by a path of their own, and read as the whole object. */
const PARTS_OF_OBJECT: ReadonlySet<string> = new Set(['', 'status', 'ephemeralcontainers', 'resize', 'finalize']);

/** The path at which the object that a request writes can be read; null where the request is about something else. */
export function objectPath(info: RequestInfo, name: string): string | null {
  if (!info.isResourceRequest || name === '' || !PARTS_OF_OBJECT.has(info.subresource)) return null;
  return collectionPath(info, info.resource, name);
}

/** A path beside that of a request: another resource of the same group, version and namespace. */
export function collectionPath(
  { apiPrefix, apiGroup, apiVersion, namespace, resource: own }: RequestInfo,
  resource: string,
  name = '',
): string {
  const root = apiPrefix === 'api' ? ['api', apiVersion] : ['apis', apiGroup, apiVersion];
  const place = namespace === '' || own === 'namespaces' ? [] : ['namespaces', namespace];
  return `/${[...root, ...place, resource, ...(name === '' ? [] : [name])].map(encodeURIComponent).join('/')}`;
}
