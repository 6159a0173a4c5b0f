import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../../request/json-value.ts';

const METADATA = new Set(['apiVersion', 'kind', 'metadata', 'status']);

/**
 * True for a patch that can change nothing but labels, annotations and the like: `kubectl label`, `flux reconcile`. A PUT
 * and a server-side apply also say by what they leave out, so they never are.
 */
export function isMetadataOnly({ method, contentType }: ApiRequest, body: JsonValue): boolean {
  if (method !== 'PATCH' || contentType === 'application/apply-patch+yaml') return false;
  if (isJsonObject(body)) return [...body.keys()].every((field) => METADATA.has(field));
  if (!Array.isArray(body)) return false;
  return (body as readonly JsonValue[]).every((operation) => {
    const path = isJsonObject(operation) ? operation.get('path') : undefined;
    return typeof path === 'string' && path.startsWith('/metadata/');
  });
}
