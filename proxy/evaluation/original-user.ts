import type { Cluster } from '../clusters/cluster.ts';
import { Probe } from '../forward/probe.ts';
import type { Upstream } from '../forward/upstream.ts';
import type { ApiRequest, Impersonation } from '../request/api-request.ts';
import { canBeSent } from '../request/identity-text.ts';
import { serviceAccountOf } from '../request/impersonation.ts';
import { at } from './fields.ts';
import { reviewRequest } from './look/derived-request.ts';

/** The extra key under which the API server is told who the engineer behind an impersonated request is; no client may send it. */
export const ORIGINAL_USER_KEY = 'gatehouse.dev/original-user';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
/** Milliseconds. */
const REMEMBERED = 60_000;
const ENTRIES = 1000;
/** Rights that are asked about one by one; a person has as many groups, seldom more. */
const ONE_BY_ONE = 64;
/** Milliseconds; a gateway behind this one may hold a review until somebody confirms it. */
const PATIENCE = 10_000;

/** One right that impersonating as asked takes, in the words of the API server's legacy check. */
interface Right {
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name: string;
}

/**
 * Names the engineer to the cluster where the upstream credential may: in `impersonatedUser.extra` of its audit log and
 * in what `kubectl auth whoami` shows. The key is added only when the credential holds the legacy `impersonate` right on
 * it and on everything else that is asked for. A credential with constrained rights only (KEP-5284) would lose the
 * request to it: the modes for service accounts and nodes take no extras at all.
 */
export class OriginalUser {
  readonly #upstream: Upstream;
  readonly #known = new Map<string, { readonly until: number; readonly allowed: Promise<boolean> }>();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** The request with the key, or as it is where there is no impersonation, or no right to the key. */
  async name(request: ApiRequest, user: string, cluster: Cluster, signal: AbortSignal): Promise<ApiRequest> {
    const { impersonation } = request;
    if (impersonation === null || !canBeSent(user)) return request;
    const allowed = await Promise.all(
      askedFor(rightsFor(impersonation, user)).map((right) =>
        this.#holds(right, request, new Probe(this.#upstream, cluster, signal)),
      ),
    );
    if (allowed.includes(false)) return request;
    const extra = new Map([...impersonation.extra, [ORIGINAL_USER_KEY, [user]]]);
    return { ...request, impersonation: { ...impersonation, extra } };
  }

  #holds(right: Right, request: ApiRequest, probe: Probe): Promise<boolean> {
    const key = `${probe.cluster.slug} ${JSON.stringify(right)}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.until > performance.now()) return known.allowed;
    if (this.#known.size >= ENTRIES) this.#known.clear();
    const answered = probe.within(PATIENCE, (patient) => holds(right, request, patient));
    const allowed = answered
      .then((answer) => answer === true)
      .catch(() => {
        this.#known.delete(key);
        return false;
      });
    this.#known.set(key, { until: performance.now() + REMEMBERED, allowed });
    return allowed;
  }
}

/** What the API server checks, one by one (apiserver `filters/impersonation`): the value is the resource's name. */
function rightsFor({ user, uid, groups, extra }: Impersonation, originalUser: string): Right[] {
  const account = serviceAccountOf(user);
  const own: Right =
    account === null
      ? { group: '', resource: 'users', name: user }
      : { group: '', resource: 'serviceaccounts', namespace: account.namespace, name: account.name };
  const extras = [...extra, [ORIGINAL_USER_KEY, [originalUser]] as const].flatMap(([key, values]) =>
    values.map((name): Right => ({ group: 'authentication.k8s.io', resource: 'userextras', subresource: key, name })),
  );
  return [
    own,
    ...groups.map((name): Right => ({ group: '', resource: 'groups', name })),
    ...(uid === '' ? [] : [{ group: 'authentication.k8s.io', resource: 'uids', name: uid }]),
    ...extras,
  ];
}

/**
 * A member of thousands of groups is one question for each, all at one time: then the right to all names of a kind is
 * asked about instead. Who holds it for some names only goes on without the key.
 */
function askedFor(rights: readonly Right[]): readonly Right[] {
  if (rights.length <= ONE_BY_ONE) return rights;
  const kinds = new Map(
    rights.map((right) => [JSON.stringify({ ...right, name: '' }), { ...right, name: '' }] as const),
  );
  return [...kinds.values()];
}

async function holds(right: Right, request: ApiRequest, probe: Probe): Promise<boolean> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { ...right, verb: 'impersonate' } },
  };
  const { status, object } = await probe.ask(reviewRequest(request, REVIEWS), Buffer.from(JSON.stringify(body)));
  return status === 201 && at(object, 'status', 'allowed') === true;
}
