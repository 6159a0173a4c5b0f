import { createHash } from 'node:crypto';
import type { Principal } from '../../model/principal.ts';
import type { ApiRequest } from '../request/api-request.ts';
import { canonicalJson } from '../request/canonical-json.ts';

/** Everything that makes a request this request and no other. */
export interface IntentDigestInput {
  readonly principal: Principal;
  /** The cluster's slug. */
  readonly cluster: string;
  readonly request: Pick<ApiRequest, 'method' | 'target' | 'query' | 'impersonation' | 'contentType'>;
  /** The verb that policy was asked about: `ApiRequest.policyVerb`, or `reveal`. */
  readonly verb: string;
  /** Hex SHA-256 of the body's bytes as the client sent them ({@link bodyDigest}). */
  readonly bodySha256: string;
  /** What the gateway found at the API server about the request (`evaluation/evaluate.ts`); null where it did not look. */
  readonly evaluated?: string | null;
  readonly policyDigest: string;
  /** The key of the Secret, for a reveal; null otherwise. */
  readonly revealKey: string | null;
}

/**
 * Query parameters that do not change what a request does: kubectl adds `timeout` for its own limit, and `pretty` is
 * white space.
 */
const IRRELEVANT_PARAMETERS = new Set(['timeout', 'pretty']);

/**
 * The digest that an approval is given for: hex SHA-256 over canonical JSON (RFC 8785). A grant fits the request that
 * has the same digest when it is executed, and nothing else.
 *
 * Of the principal the user, the groups and the kind of session count, the session's id does not: a person who opens
 * another terminal and runs the command again finds the grant. The kind does count, so that what was confirmed for a
 * terminal of the app is not taken by something that holds the kubeconfig for outside use.
 */
export function intentDigest(input: IntentDigestInput): string {
  const { principal, request } = input;
  const { impersonation } = request;
  const text = canonicalJson({
    v: 1,
    cluster: input.cluster,
    principal: {
      user: principal.user,
      groups: principal.groups.toSorted(),
      sessionKind: principal.session.kind,
    },
    impersonation:
      impersonation === null
        ? null
        : {
            user: impersonation.user,
            uid: impersonation.uid,
            groups: impersonation.groups.toSorted(),
            extra: Object.fromEntries([...impersonation.extra].map(([key, values]) => [key, values.toSorted()])),
          },
    method: request.method,
    verb: input.verb,
    path: request.target.split('?', 1)[0] ?? '',
    query: relevantQuery(request.query),
    contentType: request.contentType,
    body: input.bodySha256,
    evaluated: input.evaluated ?? null,
    policy: input.policyDigest,
    revealKey: input.revealKey,
  });
  return createHash('sha256').update(text).digest('hex');
}

export function bodyDigest(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Sorted by name alone: values of one name keep their order, since the API server reads the first. */
function relevantQuery(query: ApiRequest['query']): Array<[string, string]> {
  return query
    .filter(([name]) => !IRRELEVANT_PARAMETERS.has(name))
    .map(([name, value]): [string, string] => [name, value])
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
