import type { MaskObligation } from '../../../model/decision.ts';
import type { ApiRequest, RequestInfo } from '../../../proxy/request/api-request.ts';
import { HeaderList } from '../../../proxy/request/header-list.ts';

export const KEY = { kid: 'k1', key: Buffer.alloc(32, 7) };

/** What the default policy asks for. */
export const MASK_SECRETS: MaskObligation = {
  resource: 'secrets',
  fields: ['data.*', 'stringData.*'],
  annotations: [],
  keep: ["data['ca.crt']"],
};

/** A request as the request reader gives it; on Secrets in namespace `team-a` unless said otherwise. */
export function apiRequest(
  info: Partial<RequestInfo> = {},
  request: Partial<Omit<ApiRequest, 'info'>> = {},
): ApiRequest {
  const verb = info.verb ?? 'list';
  return {
    method: 'GET',
    target: '/api/v1/namespaces/team-a/secrets',
    query: [],
    policyVerb: verb,
    headers: new HeaderList([]),
    impersonation: null,
    upgrade: null,
    contentType: '',
    kubectlSession: null,
    kubectlCommand: null,
    ...request,
    info: {
      isResourceRequest: true,
      path: '/api/v1/namespaces/team-a/secrets',
      verb,
      apiPrefix: 'api',
      apiGroup: '',
      apiVersion: 'v1',
      namespace: 'team-a',
      resource: 'secrets',
      subresource: '',
      name: '',
      parts: [],
      fieldSelector: '',
      labelSelector: '',
      ...info,
    },
  };
}

export const secretsSubject = (info: Partial<RequestInfo> = {}, obligations = [MASK_SECRETS]) => ({
  request: apiRequest(info),
  obligations,
});

/** A body that arrives in the given pieces. */
export async function* arriving(...pieces: ReadonlyArray<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}
