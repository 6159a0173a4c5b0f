import { present } from '../store/event-forms.ts';
import type { JsonObject } from '../store/json.ts';
import { nameOf, namespaceOf, textMapAt } from '../store/json.ts';
import type { ResourceKind } from '../store/resource-kinds.ts';
import { groupVersionOf } from '../store/resource-kinds.ts';
import { fieldsMatch, labelsMatch, parseFieldSelector, parseLabelSelector, SelectorError } from '../store/selectors.ts';
import { ApiError, badRequest, expired, invalid } from '../store/status.ts';
import { answer, asItem } from './answer.ts';
import type { Call } from './call.ts';

/** A test of an object against the selectors of a request. */
export type Selection = (object: JsonObject) => boolean;

/**
 * The selectors of a list or watch.
 * @throws {ApiError} 400 when one does not parse.
 */
export function readSelection(call: Call, kind: ResourceKind): Selection {
  try {
    const labels = parseLabelSelector(call.query.get('labelSelector') ?? '');
    const fields = parseFieldSelector(call.query.get('fieldSelector') ?? '', kind.kind);
    return (object) => labelsMatch(labels, textMapAt(object, 'metadata', 'labels')) && fieldsMatch(fields, object);
  } catch (error) {
    if (error instanceof SelectorError) throw badRequest(error.message);
    throw error;
  }
}

/** GET of one object. */
export function getObject(call: Call, kind: ResourceKind): void {
  // RequestInfo gives /api/v1/namespaces/x the namespace x, in which the Namespace itself does not lie.
  const object = call.cluster.objects.get(kind, kind.namespaced ? call.info.namespace : '', call.info.name);
  answer(call, 200, present(kind, object));
}

/** Where a limited list goes on: the revision that it shows, and the key to start after. */
interface Continuation {
  readonly revision: number;
  readonly after: string;
}

function readContinue(token: string): Continuation | null {
  if (token === '') return null;
  try {
    const { rv, start } = JSON.parse(Buffer.from(token, 'base64url').toString()) as { rv?: unknown; start?: unknown };
    if (typeof rv === 'number' && typeof start === 'string' && start.endsWith('\u0000')) {
      return { revision: rv, after: start.slice(0, -1) };
    }
  } catch {
    // Answered below.
  }
  throw badRequest('invalid continue token: continue key is not valid: decoded token is malformed');
}

/**
 * `resourceVersion` of a list: the demo answers with the newest state, which meets any version that there has been.
 * @throws {ApiError} 400, 422, 504 for one that there has not.
 */
function checkVersion(query: URLSearchParams, newest: number): void {
  const version = query.get('resourceVersion') ?? '';
  if (version === '' && query.has('resourceVersionMatch')) {
    const message = 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided';
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      { reason: 'FieldValueForbidden', message, field: 'resourceVersionMatch' },
    ]);
  }
  if (!/^\d*$/.test(version)) {
    const shown = JSON.stringify(version);
    throw badRequest(
      `invalid resource version: resourceVersion: Invalid value: ${shown}: strconv.ParseUint: parsing ${shown}: invalid syntax`,
    );
  }
  if (Number(version) <= newest) return;
  throw new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${newest}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}

/** @throws {ApiError} 400 */
export function readInteger(value: string | null): number {
  if (value === null || value === '') return 0;
  if (!/^[+-]?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

/** A page of a list, and the objects on it as they are kept. */
export interface Page {
  readonly list: JsonObject;
  readonly objects: readonly JsonObject[];
}

/**
 * The page of a list that a query asks for. `limit` and `continue` walk the keys in order; a page shows the newest state
 * of what is left.
 * @throws {ApiError} 400, 410, 422 for options that cannot be met.
 */
export function readPage(call: Call, kind: ResourceKind): Page {
  const { query, cluster } = call;
  if (query.has('sendInitialEvents')) {
    const message = 'Forbidden: sendInitialEvents is forbidden for list';
    throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', [
      { reason: 'FieldValueForbidden', message, field: 'sendInitialEvents' },
    ]);
  }
  checkVersion(query, cluster.objects.store.revision);
  const limit = readInteger(query.get('limit'));
  const continuation = readContinue(query.get('continue') ?? '');
  const selected = readSelection(call, kind);
  const store = cluster.objects.store;
  if (continuation && store.since(kind.storage, continuation.revision) === null) {
    throw expired(String(continuation.revision), store.revision);
  }
  const matching = store
    .list(kind.storage, call.info.namespace)
    .map((object) => present(kind, object))
    .filter(selected);
  const key = (object: JsonObject) => `${namespaceOf(object)}/${nameOf(object)}`;
  const rest = continuation ? matching.filter((object) => key(object) > continuation.after) : matching;
  const page = limit > 0 ? rest.slice(0, limit) : rest;
  const last = page.at(-1);
  const revision = continuation?.revision ?? store.revision;
  const metadata: JsonObject = { resourceVersion: String(revision) };
  if (last && page.length < rest.length) {
    const token = JSON.stringify({ v: 'meta.k8s.io/v1', rv: revision, start: `${key(last)}\u0000` });
    metadata['continue'] = Buffer.from(token).toString('base64url');
    if (!query.get('labelSelector') && !query.get('fieldSelector'))
      metadata['remainingItemCount'] = rest.length - page.length;
  }
  const list = { kind: `${kind.kind}List`, apiVersion: groupVersionOf(kind), metadata, items: page.map(asItem) };
  return { list, objects: page };
}

/** GET of many. */
export function listObjects(call: Call, kind: ResourceKind): void {
  answer(call, 200, readPage(call, kind).list, kind.kind);
}
