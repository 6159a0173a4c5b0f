import { Refusal } from '../refusal.ts';
import type { RequestInfo } from './api-request.ts';
import { selectedName } from './field-selector.ts';
import { isInteger64, isLabelSelector } from './label-selector.ts';
import { firstValue, isTrue, type QueryPairs, readQuery } from './query.ts';

const VERB_OF_METHOD: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};
const NO_PARTS: readonly string[] = [];

/**
 * What the API server makes of a request line (apiserver `pkg/endpoints/request/requestinfo.go`, v0.36.3).
 * @param path after one percent-decoding, as Go's `URL.Path`.
 * @param rawQuery undecoded, without the `?`.
 * @throws {Refusal} `target-not-canonical` where the API server itself cannot resolve the path (it answers 500).
 */
export function readRequestInfo(method: string, path: string, rawQuery: string): RequestInfo {
  return requestInfoOf(method, path, readQuery(rawQuery));
}

/** The same, with the query read already. */
export function requestInfoOf(method: string, path: string, query: QueryPairs): RequestInfo {
  const parts = splitPath(path);
  const apiPrefix = parts[0] ?? '';
  const groupless = apiPrefix === 'api';
  if (parts.length < (groupless ? 3 : 4) || !(groupless || apiPrefix === 'apis')) return nonResource(method, path);

  const apiGroup = groupless ? '' : (parts[1] ?? '');
  const apiVersion = parts[groupless ? 1 : 2] ?? '';
  let rest = parts.slice(groupless ? 2 : 3);

  let verb = VERB_OF_METHOD[method] ?? '';
  const verbInPath = rest[0] === 'proxy' || rest[0] === 'watch';
  if (verbInPath) {
    if (rest.length < 2) {
      throw new Refusal('target-not-canonical', `the API server cannot tell which resource ${path} means`);
    }
    // The word in the path wins over the HTTP method.
    verb = rest[0] ?? '';
    rest = rest.slice(1);
  }

  let namespace = '';
  if (rest[0] === 'namespaces' && rest.length > 1) {
    namespace = rest[1] ?? '';
    if (rest.length > 2 && rest[2] !== 'status' && rest[2] !== 'finalize') rest = rest.slice(2);
  }
  const resource = rest[0] ?? '';
  const subresource = verb === 'proxy' ? '' : (rest[2] ?? '');
  let name = rest[1] ?? '';

  if (name === '' && verb === 'get') {
    const options = readListOptions(query);
    verb = options.watch ? 'watch' : 'list';
    name = options.name;
  } else if (name === '' && verb === 'delete') verb = 'deletecollection';

  const selects = !verbInPath && (verb === 'list' || verb === 'watch' || verb === 'deletecollection');
  return {
    isResourceRequest: true,
    path,
    verb,
    apiPrefix,
    apiGroup,
    apiVersion,
    namespace,
    resource,
    subresource,
    name,
    parts: rest,
    fieldSelector: selects ? (firstValue(query, 'fieldSelector') ?? '') : '',
    labelSelector: selects ? (firstValue(query, 'labelSelector') ?? '') : '',
  };
}

/** What answers is a backend behind the API server's proxy, in either of the two forms of its path. */
export function isProxied({ subresource, verb }: RequestInfo): boolean {
  return subresource === 'proxy' || verb === 'proxy';
}

function nonResource(method: string, path: string): RequestInfo {
  return {
    isResourceRequest: false,
    path,
    verb: method.toLowerCase(),
    apiPrefix: '',
    apiGroup: '',
    apiVersion: '',
    namespace: '',
    resource: '',
    subresource: '',
    name: '',
    parts: NO_PARTS,
    fieldSelector: '',
    labelSelector: '',
  };
}

/** Go's `strings.Trim(path, "/")`, then `Split`: slashes at both ends go, empty segments inside stay. */
function splitPath(path: string): string[] {
  let start = 0;
  let end = path.length;
  while (start < end && path[start] === '/') start += 1;
  while (end > start && path[end - 1] === '/') end -= 1;
  return start === end ? [] : path.slice(start, end).split('/');
}

/**
 * `metav1.ListOptions` as far as RequestInfo looks at them. When any field cannot be decoded, the name is lost, but
 * `watch` is read from the raw query all the same.
 */
function readListOptions(query: QueryPairs): { readonly watch: boolean; readonly name: string } {
  const watch = firstValue(query, 'watch');
  const selection = selectedName(firstValue(query, 'fieldSelector') ?? '');
  const decodes =
    selection.readable &&
    isAbsentOrInteger(firstValue(query, 'limit')) &&
    isAbsentOrInteger(firstValue(query, 'timeoutSeconds')) &&
    isLabelSelector(firstValue(query, 'labelSelector') ?? '');
  if (!decodes) return { watch: watch !== undefined && watch !== '0' && watch.toLowerCase() !== 'false', name: '' };
  return { watch: isTrue(watch), name: selection.name ?? '' };
}

function isAbsentOrInteger(value: string | undefined): boolean {
  return value === undefined || isInteger64(value);
}
