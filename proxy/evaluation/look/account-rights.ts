import type { Probe } from '../../forward/probe.ts';
import { serviceAccountGroups, serviceAccountUser } from '../../policy/act-as.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { at } from '../fields.ts';
import { reviewRequest } from './derived-request.ts';
import type { ServiceAccount, Strength } from './sight.ts';

/** In the account's namespace: the `admin` role may ask there, which may not ask about the whole cluster. */
const reviewsIn = (namespace: string): string =>
  `/apis/authorization.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/localsubjectaccessreviews`;
/** Milliseconds. Rights change rarely, and a burst of requests asks about the same few accounts. */
const REMEMBERED = 30_000;
const ENTRIES = 1000;
/** Milliseconds. A review takes a few; a gateway behind this one may hold it until somebody confirms it. */
const PATIENCE = 10_000;

/** Rights that lead further, in the account's own namespace and so in the whole cluster too; `group/resource/subresource`. */
const RIGHTS: ReadonlyArray<readonly [verb: string, group: string, resource: string, subresource: string]> = [
  ['get', '', 'secrets', ''],
  ['create', '', 'pods', ''],
  ['create', '', 'pods', 'exec'],
  ['create', '', 'serviceaccounts', 'token'],
  ['impersonate', '', 'serviceaccounts', ''],
  ['impersonate', '', 'users', ''],
  ['escalate', 'rbac.authorization.k8s.io', 'roles', ''],
  ['bind', 'rbac.authorization.k8s.io', 'clusterroles', ''],
];

/**
 * Says which service accounts are strong: the API server is asked, with LocalSubjectAccessReviews, whether they may read
 * Secrets, make pods or get into them, mint tokens, impersonate, or hand out rights. Rights in other namespaces than the
 * account's own are not looked for. What it says is remembered for a while.
 */
export class AccountRights {
  readonly #known = new Map<string, { readonly until: number; readonly strong: Promise<Strength> }>();

  strengthOf(account: ServiceAccount, probe: Probe, request: ApiRequest): Promise<Strength> {
    const key = `${probe.cluster.slug}/${account.namespace}/${account.name}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.until > performance.now()) return known.strong;
    if (this.#known.size >= ENTRIES) this.#known.clear();
    const strong = probe.within(PATIENCE, (patient) => holdsAny(account, patient, request));
    this.#known.set(key, { until: performance.now() + REMEMBERED, strong });
    // A failure is not an answer to remember.
    strong.catch(() => this.#known.delete(key));
    return strong;
  }
}

async function holdsAny({ namespace, name }: ServiceAccount, probe: Probe, request: ApiRequest): Promise<Strength> {
  const review = reviewRequest(request, reviewsIn(namespace));
  const answers = await Promise.all(
    RIGHTS.map(async ([verb, group, resource, subresource]): Promise<Strength> => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'LocalSubjectAccessReview',
        metadata: { namespace },
        spec: {
          user: serviceAccountUser(namespace, name),
          groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
          resourceAttributes: { namespace, verb, group, resource, subresource },
        },
      };
      const { status, object } = await probe.ask(review, Buffer.from(JSON.stringify(body)));
      if (status !== 201) return 'not-told';
      return at(object, 'status', 'allowed') === true ? 'yes' : 'no';
    }),
  );
  if (answers.includes('yes')) return 'yes';
  return answers.includes('not-told') ? 'not-told' : 'no';
}
