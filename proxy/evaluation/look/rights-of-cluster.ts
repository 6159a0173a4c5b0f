import type { Probe } from '../../forward/probe.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { listAt } from '../fields.ts';
import { isAggregator, isUnfilled } from '../rights/aggregation.ts';
import { type Binding, Bindings, readBinding } from '../rights/bindings.ts';
import { heldRights, secretsNamed } from '../rights/held-rights.ts';
import { ALL_QUESTIONS, TELLING_QUESTIONS } from '../rights/review-questions.ts';
import { type RightSomewhere, rightsInWords } from '../rights/rights-in-words.ts';
import { reviewedStrength } from './access-reviews.ts';
import { listAll } from './cluster-list.ts';
import { asGateway, readOf } from './derived-request.ts';
import { namedTokens } from './named-tokens.ts';
import { ownStrength } from './own-rules.ts';
import type { AccountStrength, ServiceAccount } from './sight.ts';
import { answeredStatus, Unanswered } from './unanswered.ts';

const API = '/apis/rbac.authorization.k8s.io/v1';
/** Milliseconds. A question takes a few; a gateway behind this one may hold it until somebody confirms it. */
const PATIENCE = 10_000;
/** Accounts that are remembered. */
const ENTRIES = 1000;
/** Roles that are read at a time for one account. */
const AT_ONCE = 8;

type NoAnswer = 'no-answer';

const UNANSWERED: AccountStrength = { strength: 'no-answer', because: '' };

/** The bindings of a cluster, as far as the gateway may list them. */
interface Listed {
  readonly bindings: Bindings;
  /** All were listed. */
  readonly isWhole: boolean;
}

/**
 * The rights of one cluster's service accounts at one time. The bindings of all namespaces are listed, and the roles
 * that they name are read, with the gateway's own credential; and since others than RBAC may give rights too, the API
 * server is asked about the few that tell most. Where bindings may not be listed, it is asked about all of them in the
 * account's namespace and in that of the request; where it does not tell, as the account itself. Nothing is asked twice, nor before somebody needs to know.
 */
export class RightsOfCluster {
  readonly #strengths = new Map<string, Promise<AccountStrength>>();
  readonly #roles = new Map<string, Promise<unknown>>();
  readonly #lists = new Map<'bindings', Promise<Listed | NoAnswer>>();
  readonly #aggregators = new Map<'all', Promise<readonly unknown[] | null | NoAnswer>>();

  strengthOf(account: ServiceAccount, probe: Probe, request: ApiRequest): Promise<AccountStrength> {
    const { namespace } = request.info;
    const namespaces = [...new Set([account.namespace, ...(namespace === '' ? [] : [namespace])])];
    if (this.#strengths.size >= ENTRIES) this.#strengths.clear();
    const asked = remembered(this.#strengths, [account.name, ...namespaces].join('/'), async () => {
      const strength = await probe.within(PATIENCE, (patient) => this.#find(account, namespaces, patient, request));
      return strength === 'no-answer' ? UNANSWERED : strength;
    });
    return asked.catch(orElse(UNANSWERED));
  }

  /** The ClusterRoles that take in rules of others; null where they may not be listed, or not in time. */
  async aggregators(probe: Probe, request: ApiRequest): Promise<readonly unknown[] | null> {
    const asked = remembered(this.#aggregators, 'all', () =>
      probe.within(PATIENCE, async (patient) => {
        const all = await listAll(
          `${API}/clusterroles`,
          (role) => (isAggregator(role) ? [role] : []),
          patient,
          request,
        );
        return all?.flat() ?? null;
      }),
    );
    const roles = await asked.catch(orElse(null));
    return roles === 'no-answer' ? null : roles;
  }

  async #find(
    account: ServiceAccount,
    namespaces: readonly string[],
    probe: Probe,
    request: ApiRequest,
  ): Promise<AccountStrength> {
    const listed = await this.#listed(probe, request);
    if (listed === 'no-answer') return UNANSWERED;
    const strength = await this.#byBindings(account, listed.bindings, probe, request);
    if (strength.strength !== 'no') return strength;
    if (!listed.isWhole) {
      const told = await reviewedStrength(account, ALL_QUESTIONS, namespaces, probe, request);
      return told.strength === 'not-told' ? ownStrength(account, namespaces, probe, request) : told;
    }
    const reviewed = await reviewedStrength(account, TELLING_QUESTIONS, [account.namespace], probe, request);
    return reviewed.strength === 'yes' ? reviewed : strength;
  }

  #listed(probe: Probe, request: ApiRequest): Promise<Listed | NoAnswer> {
    return remembered(this.#lists, 'bindings', () =>
      probe.within(PATIENCE, async (patient) => {
        const lists = await Promise.all(
          ['clusterrolebindings', 'rolebindings'].map((kind) =>
            listAll(`${API}/${kind}`, readBinding, patient, request),
          ),
        );
        return { bindings: new Bindings(lists.flatMap((list) => list ?? [])), isWhole: !lists.includes(null) };
      }),
    );
  }

  async #byBindings(
    account: ServiceAccount,
    bindings: Bindings,
    probe: Probe,
    request: ApiRequest,
  ): Promise<AccountStrength> {
    const own = bindings.of(account);
    for (let next = 0; next < own.length; next += AT_ONCE) {
      const some = own.slice(next, next + AT_ONCE);
      const found = await Promise.all(some.map((binding) => this.#given(binding, account.namespace, probe, request)));
      if (found.includes('no-answer')) return UNANSWERED;
      const rights = found.flatMap((given) => (given === 'no-answer' ? [] : given));
      if (rights.length > 0) return { strength: 'yes', because: rightsInWords(rights, account.namespace) };
    }
    return { strength: 'no', because: '' };
  }

  async #given(binding: Binding, own: string, probe: Probe, request: ApiRequest): Promise<RightSomewhere[] | NoAnswer> {
    const { role: path, namespace } = binding;
    const role = await remembered(this.#roles, path, () =>
      probe.within(PATIENCE, async (patient) => {
        const { status, object } = await patient.ask(asGateway(readOf(request, `${API}/${path}`)));
        if (answeredStatus(status) === 404) return null;
        return status === 200 ? object : 'unreadable';
      }),
    );
    if (role === 'no-answer') return role;
    const name = decodeURIComponent(path.slice(path.lastIndexOf('/') + 1));
    const open = (what: string): RightSomewhere[] => [{ says: `holds the role ${name}, ${what},`, namespace }];
    if (role === 'unreadable') return open('which could not be read');
    if (isUnfilled(role)) return open('whose rights are those of others');
    // Bound for the whole cluster a name is one of any namespace, of which the account's own is the likely one.
    const tokens = await namedTokens(namespace || own, secretsNamed(listAt(role, 'rules')), probe, request);
    return heldRights(role, namespace, (secret) => tokens.has(secret)).map(({ says }) => ({ says, namespace }));
  }
}

/** What is taken for true where the API server had no answer. */
function orElse<Value>(worst: Value): (error: unknown) => Value {
  return (error) => {
    if (error instanceof Unanswered) return worst;
    throw error;
  };
}

/** What was asked before, or is being asked. A failure is no answer to remember. */
function remembered<Key, Value>(known: Map<Key, Promise<Value>>, key: Key, ask: () => Promise<Value>): Promise<Value> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const asked = ask();
  known.set(key, asked);
  asked.catch(() => known.delete(key));
  return asked;
}
