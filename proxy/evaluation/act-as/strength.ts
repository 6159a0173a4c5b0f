import type { GainedIdentity } from '../../policy/act-as.ts';
import { serviceAccountGroups, serviceAccountUser } from '../../policy/act-as.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { reviewRequest } from '../derived-request.ts';
import { at } from '../fields.ts';
import type { Probe } from '../probe.ts';
import type { Gained } from './service-account.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
/** Milliseconds. Rights change rarely, and a burst of requests asks about the same few accounts. */
const REMEMBERED = 30_000;
const ENTRIES = 1000;

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
 * Says which service accounts are strong: the API server is asked, with SubjectAccessReviews, whether they may read
 * Secrets, make pods or get into them, mint tokens, impersonate, or hand out rights. Rights in other namespaces than the
 * account's own are not looked for. Where the API server does not tell, an account counts as strong.
 */
export class StrengthOfAccounts {
  readonly #known = new Map<string, { readonly until: number; readonly strong: Promise<boolean> }>();

  /** The identities with their strength. `default` is nobody in particular, so it counts only when it is strong. */
  async judge(gained: readonly Gained[], probe: Probe, request: ApiRequest): Promise<GainedIdentity[]> {
    const judged = await Promise.all(
      gained.map(async ({ account, ...identity }): Promise<GainedIdentity | null> => {
        if (account === null) return { ...identity, strong: true };
        const strong = await this.#isStrong(account, probe, request);
        return strong || account.name !== 'default' ? { ...identity, strong } : null;
      }),
    );
    return judged.filter((identity) => identity !== null);
  }

  #isStrong(account: { namespace: string; name: string }, probe: Probe, request: ApiRequest): Promise<boolean> {
    const key = `${probe.cluster.slug}/${account.namespace}/${account.name}`;
    const known = this.#known.get(key);
    if (known !== undefined && known.until > performance.now()) return known.strong;
    if (this.#known.size >= ENTRIES) this.#known.clear();
    const strong = holdsAny(account, probe, request);
    this.#known.set(key, { until: performance.now() + REMEMBERED, strong });
    // A failure is not an answer to remember, and a client that broke off is one.
    strong.catch(() => this.#known.delete(key));
    return strong;
  }
}

async function holdsAny(
  { namespace, name }: { namespace: string; name: string },
  probe: Probe,
  request: ApiRequest,
): Promise<boolean> {
  const review = reviewRequest(request, REVIEWS);
  const answers = await Promise.all(
    RIGHTS.map(async ([verb, group, resource, subresource]) => {
      const body = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        spec: {
          user: serviceAccountUser(namespace, name),
          groups: [...serviceAccountGroups(namespace), 'system:authenticated'],
          resourceAttributes: { namespace, verb, group, resource, subresource },
        },
      };
      const { status, object } = await probe.ask(review, Buffer.from(JSON.stringify(body)));
      // Not told is not a no.
      return status !== 201 || at(object, 'status', 'allowed') !== false;
    }),
  );
  return answers.includes(true);
}
