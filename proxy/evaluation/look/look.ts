import type { Cluster } from '../../clusters/cluster.ts';
import { Probe, type Probed } from '../../forward/probe.ts';
import type { Upstream, UpstreamResponse } from '../../forward/upstream.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { textAt } from '../fields.ts';
import { AccountRights } from './account-rights.ts';
import { canonical, type Written } from './body.ts';
import { dryRunRequest, liveObjectRequest, readOf } from './derived-request.ts';
import { baseOf } from './pin.ts';
import type { Looks, Sight } from './sight.ts';
import { tokensIn } from './token-secrets.ts';

/** A request to look at, in the course of which the API server is asked. */
export interface Subject extends Written {
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
}

/** `Sight.before` and `Sight.after` as they came; null where those are. */
export interface SeenBytes {
  readonly before: Buffer | null;
  readonly after: Buffer | null;
}

/** What was seen; or that the object changed while it was looked at; or what the write itself would have got. */
export type Seen =
  | { readonly kind: 'sight'; readonly sight: Sight; readonly bytes: SeenBytes }
  | { readonly kind: 'changed-meanwhile' }
  | { readonly kind: 'refused'; readonly response: UpstreamResponse };

/**
 * Looks at what a request is about: a read gives the object that is there, a dry run the one that the write would leave.
 * What either means is not its business.
 */
export class Looker {
  readonly #upstream: Upstream;
  readonly #rights = new AccountRights();

  constructor(upstream: Upstream) {
    this.#upstream = upstream;
  }

  /** @param outgoing the subject in the form in which it is rehearsed. @throws {Refusal} as `sendUpstream`. */
  async look(subject: Subject, looks: Looks, outgoing = canonical(subject)): Promise<Seen> {
    const { request } = subject;
    const probe = new Probe(this.#upstream, subject.cluster, subject.signal);
    const [live, rehearsed] = await Promise.all([
      mayBeThere(request) ? probe.ask(liveObjectRequest(request)) : null,
      looks.rehearsal && mayBeRehearsed(request) ? probe.ask(dryRunRequest(outgoing.request), outgoing.body) : null,
    ]);
    const refused = refusalOf(request, live, rehearsed);
    if (refused !== null) return { kind: 'refused', response: refused.response() };
    const before = live?.status === 200 ? live.object : null;
    const after = rehearsed === null || isUnevaluable(rehearsed) ? null : rehearsed.object;
    const base = baseOf(before);
    if (looks.exact && after !== null && base !== null && baseOf(after)?.resourceVersion !== base.resourceVersion) {
      return { kind: 'changed-meanwhile' };
    }
    const sight: Sight = {
      live: liveIn(live),
      before,
      after,
      base,
      boundRole: () => boundRole(request, after, probe),
      aggregators: () => this.#rights.aggregators(probe, request),
      strengthOf: (account) => this.#rights.strengthOf(account, probe, request),
      tokensIn: (namespace, secrets) => tokensIn(namespace, secrets, probe, request),
    };
    const bytes = {
      before: before === null || live === null ? null : live.bytes,
      after: after === null || rehearsed === null ? null : rehearsed.bytes,
    };
    return { kind: 'sight', sight, bytes };
  }

  /** Hears of each request that was sent: who may do what is looked at anew once it was changed. */
  sent(request: ApiRequest, cluster: Cluster): void {
    if (isChange(request) && request.info.apiGroup === 'rbac.authorization.k8s.io') this.#rights.forget(cluster);
  }
}

/** True for a request that changes what is kept. */
export function isChange({ method, upgrade }: ApiRequest): boolean {
  return upgrade === null && method !== 'GET' && method !== 'HEAD';
}

/** A POST makes an object, but for one to a subresource of an object that is there, such as an exec. */
function mayBeThere({ method, info }: ApiRequest): boolean {
  return info.name !== '' && (method !== 'POST' || info.subresource !== '');
}

/** Not a DELETE: there is nothing that it would leave. Nor an exec: the API server would run it. */
function mayBeRehearsed(request: ApiRequest): boolean {
  return isChange(request) && request.method !== 'DELETE';
}

function liveIn(live: Probed | null): Sight['live'] {
  if (live === null) return 'not-asked';
  if (live.status === 200) return 'read';
  return live.status === 404 ? 'absent' : 'unreadable';
}

/**
 * An answer that the request itself would get, so that nobody is asked to approve it. Nor is one sent into an object that
 * is not there: a StatefulSet makes the next pod of the same name at any moment, and nobody looked at that one.
 */
function refusalOf({ method, info }: ApiRequest, live: Probed | null, rehearsed: Probed | null): Probed | null {
  if (rehearsed !== null && rehearsed.status >= 400 && !isUnevaluable(rehearsed)) return rehearsed;
  return (method === 'DELETE' || info.subresource !== '') && live?.status === 404 ? live : null;
}

/** A webhook that does not say it keeps out of dry runs makes the API server refuse them (400, BadRequest). */
function isUnevaluable({ status, object }: Probed): boolean {
  return status === 400 && /\bdry.?run\b/i.test(textAt(object, 'message'));
}

/** The role that a binding hands out, as the same identity may read it. */
async function boundRole(request: ApiRequest, binding: unknown, probe: Probe): Promise<unknown> {
  const name = textAt(binding, 'roleRef', 'name');
  if (name === '') return null;
  const { apiGroup, apiVersion, namespace } = request.info;
  const within =
    textAt(binding, 'roleRef', 'kind') === 'Role'
      ? `namespaces/${encodeURIComponent(namespace)}/roles`
      : 'clusterroles';
  const role = await probe.ask(
    readOf(request, `/apis/${apiGroup}/${apiVersion}/${within}/${encodeURIComponent(name)}`),
  );
  return role.status === 200 ? role.object : null;
}
