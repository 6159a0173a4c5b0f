import type { RequestSummary } from '../../model/journal-record.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { isJsonObject, type JsonValue } from '../request/json-value.ts';

/** Query parameters that some servers read as credentials; never written down (security case 14). */
const CREDENTIAL_PARAMETERS = /([?&](?:access_)?token=)[^&#]*/gi;

/** Longer names the API server refuses (`IsDNS1123Subdomain`: 253). */
const NAME_AT_MOST = 253;

/** The request as the journal and approval cards say it. */
export function summarise(request: ApiRequest, reveal: { readonly key: string } | null): RequestSummary {
  const { info } = request;
  return {
    method: request.method,
    target: withoutCredentials(request.target),
    verb: info.verb,
    policyVerb: reveal === null ? request.policyVerb : 'reveal',
    apiGroup: info.apiGroup,
    apiVersion: info.apiVersion,
    resource: info.resource,
    subresource: info.subresource,
    namespace: info.namespace,
    name: info.name,
    userAgent: (request.headers.first('User-Agent') ?? '').slice(0, 200),
    kubectlCommand: request.kubectlCommand,
    kubectlSession: request.kubectlSession,
    upgrade: request.upgrade,
    ...(reveal === null ? {} : { revealKey: reveal.key }),
  };
}

/** What a create makes is named in its body alone (`RequestInfo` of a POST has no name). @returns null where nothing is. */
export function newNameOf({ verb, name }: Pick<RequestSummary, 'verb' | 'name'>, parsed: JsonValue): string | null {
  if (verb !== 'create' || name !== '' || !isJsonObject(parsed)) return null;
  const metadata = parsed.get('metadata');
  if (!isJsonObject(metadata)) return null;
  const [named, prefix] = [metadata.get('name'), metadata.get('generateName')];
  if (typeof named === 'string' && named !== '') return named.slice(0, NAME_AT_MOST);
  return typeof prefix === 'string' && prefix !== '' ? `${prefix.slice(0, NAME_AT_MOST)}*` : null;
}

/** The same for a request that could not be read: only its own words, cut to a sane length. */
export function summariseUnread({
  method,
  target,
}: {
  readonly method: string;
  readonly target: string;
}): RequestSummary {
  return {
    method: method.slice(0, 20),
    target: withoutCredentials(target).slice(0, 2000),
    verb: '',
    policyVerb: '',
    apiGroup: '',
    apiVersion: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    userAgent: '',
    kubectlCommand: null,
    kubectlSession: null,
    upgrade: null,
  };
}

function withoutCredentials(target: string): string {
  return target.replace(CREDENTIAL_PARAMETERS, '$1redacted');
}
