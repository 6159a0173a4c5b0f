import type { ApiRequest } from '../../request/api-request.ts';

/** Subresources whose answer is not an object of the API but what some program says. */
const NOT_OBJECTS: ReadonlySet<string> = new Set(['proxy', 'log', 'exec', 'attach', 'portforward']);

/** Whether the answer to a request is an API object, so that JSON is asked for. */
export function answersWithObject({ info }: ApiRequest): boolean {
  return info.isResourceRequest && !NOT_OBJECTS.has(info.subresource);
}

/**
 * The `Accept` line to send upstream so that the answer comes as JSON, which can be masked; null where the client's own
 * goes. Table and PartialObjectMetadata stay what the client asked for, because they are parameters of a JSON clause.
 * A client that takes only YAML gets JSON, which is YAML.
 */
export function jsonOnlyAccept(request: ApiRequest): string | null {
  return answersWithObject(request) ? jsonClauses(request.headers.first('Accept') ?? '') : null;
}

/** Whether rows are asked for instead of objects. */
export function asksForTable({ headers }: ApiRequest): boolean {
  return jsonClauses(headers.first('Accept') ?? '')
    .split(/[,;]/)
    .includes('as=Table');
}

/** The API server takes spaces around the `=` of a parameter too (munnerz/goautoneg). */
function withoutSpaces(part: string): string {
  return part.trim().replace(/^([^=]*?)[ ]*=[ ]*/, '$1=');
}

/**
 * The JSON clauses of an `Accept` value. Only the first header line counts and letter case does, as the API server has
 * it (apiserver `endpoints/handlers/negotiation/negotiate.go`).
 */
export function jsonClauses(accept: string): string {
  const kept: string[] = [];
  for (const clause of accept.split(',')) {
    const [type = '', ...parameters] = clause.split(';').map(withoutSpaces);
    if (type === 'application/json') kept.push([type, ...parameters].join(';'));
    else if (type === '*/*' || type === 'application/*') kept.push('application/json');
  }
  return kept.length === 0 ? 'application/json' : [...new Set(kept)].join(',');
}
