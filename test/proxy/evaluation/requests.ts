import type { ApiRequest } from '../../../proxy/request/api-request.ts';
import type { JsonValue } from '../../../proxy/request/json-value.ts';
import { readRequest } from '../../../proxy/request/read-request.ts';
import { readStrictJson } from '../../../proxy/request/strict-json.ts';

/** A request line as it comes in, with headers given as `Name: value`. */
export function read(line: string, ...headers: string[]): ApiRequest {
  const [method = '', target = ''] = line.split(' ', 2);
  return readRequest({ method, target, rawHeaders: headers.flatMap((header) => header.split(/: (.*)/s, 2)) });
}

/** A body as the strict reader gives it. */
export function parsed(value: unknown): JsonValue {
  return readStrictJson(Buffer.from(JSON.stringify(value)));
}

export const MERGE = 'Content-Type: application/merge-patch+json';
export const JSON_PATCH = 'Content-Type: application/json-patch+json';
export const APPLY = 'Content-Type: application/apply-patch+yaml';
