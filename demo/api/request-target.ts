import type { RequestInfo } from '../../proxy/request/api-request.ts';

/** A target that cannot be read: answered in plain text, before authentication. */
export class TargetError extends Error {
  /** 400 for a path that does not decode, 500 for one that RequestInfo refuses. */
  readonly code: 400 | 500;

  constructor(code: 400 | 500, message: string) {
    super(message);
    this.code = code;
  }
}

const verbs: Readonly<Record<string, string>> = {
  POST: 'create',
  GET: 'get',
  HEAD: 'get',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

const namespaceSubresources = new Set(['status', 'finalize']);

/** Go's reading of a boolean query value: all but `0` and `false` is true. */
export function queryTrue(value: string | null): boolean {
  return value !== null && value !== '0' && value.toLowerCase() !== 'false';
}

function base(method: string, path: string): RequestInfo {
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
    parts: [],
    fieldSelector: '',
    labelSelector: '',
  };
}

/** `metadata.name=X` in a field selector. */
function nameInSelector(selector: string): string {
  const term = selector.split(',').find((part) => /^metadata\.name==?[^=]/.test(part));
  const name = term?.replace(/^metadata\.name==?/, '') ?? '';
  return /[/%]/.test(name) ? '' : name;
}

/**
 * Splits a target as the API server's RequestInfo resolver does. The demo cluster has its own reading so that it stays a
 * second opinion on the gateway's.
 * @throws {TargetError} for `/api/v1/watch` and the like, and for a path that does not decode.
 */
export function readTarget(method: string, rawPath: string, query: URLSearchParams): RequestInfo {
  let path: string;
  try {
    path = decodeURIComponent(rawPath);
  } catch {
    throw new TargetError(400, 'invalid URL escape');
  }
  const plain = base(method, path);
  const segments = path.replace(/^\/+|\/+$/g, '').split('/');
  const [prefix = ''] = segments;
  const grouped = prefix === 'apis';
  if (segments.length < 3 || (prefix !== 'api' && !grouped) || (grouped && segments.length < 4)) return plain;
  const apiGroup = grouped ? (segments[1] ?? '') : '';
  const apiVersion = segments[grouped ? 2 : 1] ?? '';
  let parts = segments.slice(grouped ? 3 : 2);
  let verb = verbs[method] ?? '';
  const word = parts[0];
  const prefixed = word === 'watch' || word === 'proxy';
  if (prefixed) {
    if (parts.length < 2) throw new TargetError(500, `unable to determine kind and namespace from url, ${path}`);
    verb = word;
    parts = parts.slice(1);
  }
  let namespace = '';
  if (parts[0] === 'namespaces' && parts.length > 1) {
    namespace = parts[1] ?? '';
    if (parts.length > 2 && !namespaceSubresources.has(parts[2] ?? '')) parts = parts.slice(2);
  }
  const [resource = '', given = '', sub = ''] = parts;
  const fieldSelector = query.get('fieldSelector') ?? '';
  let name = given;
  if (name === '' && verb === 'get') {
    verb = queryTrue(query.get('watch')) ? 'watch' : 'list';
    name = nameInSelector(fieldSelector);
  } else if (name === '' && verb === 'delete') {
    verb = 'deletecollection';
  }
  const selects = !prefixed && (verb === 'list' || verb === 'watch' || verb === 'deletecollection');
  return {
    ...plain,
    isResourceRequest: true,
    verb,
    apiPrefix: prefix,
    apiGroup,
    apiVersion,
    namespace,
    resource,
    subresource: verb === 'proxy' ? '' : sub,
    name,
    parts,
    fieldSelector: selects ? fieldSelector : '',
    labelSelector: selects ? (query.get('labelSelector') ?? '') : '',
  };
}
