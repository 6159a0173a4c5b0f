import type { ApiRequest } from '../../request/api-request.ts';
import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../request/json-value.ts';
import { JSON_PATCH } from '../../request/media-types.ts';
import { firstValue } from '../../request/query.ts';
import { textAt } from '../fields.ts';
import { deleteOptions, type RequestWithBody, type Written, writtenAnew } from './body.ts';

/** The object that a write was evaluated on. */
export interface Base {
  readonly uid: string;
  readonly resourceVersion: string;
}

/** The base that an object is; null for what has no identity yet. */
export function baseOf(object: unknown): Base | null {
  const uid = textAt(object, 'metadata', 'uid');
  const resourceVersion = textAt(object, 'metadata', 'resourceVersion');
  return uid === '' || resourceVersion === '' ? null : { uid, resourceVersion };
}

/**
 * `identity`: the object must still be the same one. `state`: and nothing may have changed in it. The resource version
 * alone would not do: a server-side apply with one creates the object when it is gone (kube-apiserver 1.36.3).
 */
export type PinLevel = 'identity' | 'state';

/** The write bound to what it was evaluated on; null for one that cannot be bound. */
export function pinWrite(written: Written, base: Base, level: PinLevel): RequestWithBody | null {
  const { request, parsed } = written;
  const value = request.method === 'DELETE' ? deleteOptions(written) : parsed;
  if (value === undefined) return null;
  const pinned = pinBody(request, value, base, level);
  return pinned === null ? null : writtenAnew(request, pinned);
}

/**
 * The body with the precondition that it is the evaluated object that it changes: `metadata.uid` and
 * `metadata.resourceVersion` (409 or 422 on mismatch), `test` operations of a JSON Patch (422), `preconditions` of a
 * DELETE (409). What the client set itself stays.
 * @param body null where there is none, for a DELETE.
 * @returns null for a body that cannot be pinned.
 */
export function pinBody(request: ApiRequest, body: JsonValue, base: Base, level: PinLevel): JsonValue | null {
  const wanted: Array<readonly [string, string]> = [
    ['uid', base.uid],
    ...(level === 'state' ? [['resourceVersion', base.resourceVersion] as const] : []),
  ];
  if (request.method === 'DELETE') return pinDelete(request, body, wanted);
  if (request.contentType === JSON_PATCH) {
    if (!Array.isArray(body)) return null;
    const tests = wanted.map(([field, value]) => jsonObject({ op: 'test', path: `/metadata/${field}`, value }));
    return [...tests, ...(body as readonly JsonValue[])];
  }
  if (!isJsonObject(body)) return null;
  const metadata = body.get('metadata') ?? new Map();
  if (!isJsonObject(metadata)) return null;
  return new Map([...body, ['metadata', withDefaults(metadata, wanted)]]);
}

/** Of a DELETE with a body the query's options do not count any more, so they move into it (kube-apiserver 1.36.3). */
function pinDelete(
  { query }: ApiRequest,
  body: JsonValue,
  wanted: ReadonlyArray<readonly [string, string]>,
): JsonValue | null {
  const options = body === null ? fromQuery(query) : body;
  if (options === null || !isJsonObject(options)) return null;
  const preconditions = options.get('preconditions') ?? new Map();
  if (!isJsonObject(preconditions)) return null;
  return new Map([...options, ['preconditions', withDefaults(preconditions, wanted)]]);
}

/** `DeleteOptions` as the query gives them; null for what the server would refuse. */
function fromQuery(query: ApiRequest['query']): JsonObject | null {
  const options = new Map<string, JsonValue>([
    ['kind', 'DeleteOptions'],
    ['apiVersion', 'v1'],
  ]);
  const dryRun = query.filter(([name]) => name === 'dryRun').map(([, value]) => value);
  if (dryRun.length > 0) options.set('dryRun', dryRun);
  const policy = firstValue(query, 'propagationPolicy');
  if (policy !== undefined) options.set('propagationPolicy', policy);
  const grace = firstValue(query, 'gracePeriodSeconds');
  if (grace !== undefined) {
    if (!/^-?(?:0|[1-9][0-9]*)$/.test(grace)) return null;
    options.set('gracePeriodSeconds', new JsonNumber(grace));
  }
  const orphan = firstValue(query, 'orphanDependents');
  if (orphan !== undefined) options.set('orphanDependents', orphan !== '0' && orphan.toLowerCase() !== 'false');
  return options;
}

/** The client's own precondition is at least as strict, or fails as it should. */
function withDefaults(object: JsonObject, wanted: ReadonlyArray<readonly [string, string]>): JsonObject {
  const missing = wanted.filter(([field]) => {
    const set = object.get(field);
    return set === undefined || set === null || set === '';
  });
  return new Map([...object, ...missing]);
}

function jsonObject(fields: Readonly<Record<string, JsonValue>>): JsonObject {
  return new Map(Object.entries(fields));
}
