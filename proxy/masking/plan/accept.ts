import type { ApiRequest } from '../../request/api-request.ts';

/** Subresources whose answer is not an object of the API but what some program says. */
const NOT_OBJECTS: ReadonlySet<string> = new Set(['proxy', 'log', 'exec', 'attach', 'portforward']);

/** Whether the answer to a request is an API object, so that JSON is asked for. */
export function answersWithObject({ info }: Pick<ApiRequest, 'info'>): boolean {
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

/** A clause that asks for metadata alone, and in which version of it. */
export interface MetadataClause {
  readonly as: 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  readonly version: string;
}

/**
 * What is asked for before anything else, where that is metadata alone; null where it is something else. By quality, then
 * in order; clauses that the API server does not know are passed over (apiserver `negotiateMediaTypeOptions`).
 */
export function asksForMetadata({ headers }: ApiRequest): MetadataClause | null {
  const clauses = jsonClauses(headers.first('Accept') ?? '')
    .split(',')
    .map((clause) => new Map(clause.split(';').slice(1).map(pairOf)))
    .sort((one, other) => qualityOf(other) - qualityOf(one));
  for (const clause of clauses) {
    const as = clause.get('as');
    if (as === undefined) return null;
    const version = clause.get('v') ?? '';
    if (clause.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) continue;
    if (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList') return { as, version };
    if (as === 'Table') return null;
  }
  return null;
}

function pairOf(parameter: string): [name: string, value: string] {
  const [name = '', value = ''] = parameter.split(/=(.*)/s);
  return [name, value];
}

function qualityOf(clause: ReadonlyMap<string, string>): number {
  const quality = Number(clause.get('q') ?? 1);
  return Number.isNaN(quality) ? 1 : quality;
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
