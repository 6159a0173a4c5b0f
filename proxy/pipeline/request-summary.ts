import type { RequestSummary } from '../../model/journal-record.ts';
import type { ApiRequest } from '../request/api-request.ts';

/** Query parameters that some servers read as credentials; never written down (security case 14). */
const CREDENTIAL_PARAMETERS = /([?&](?:access_)?token=)[^&#]*/gi;

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
