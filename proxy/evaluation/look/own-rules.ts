import type { Probe } from '../../forward/probe.ts';
import { serviceAccountUser } from '../../policy/act-as.ts';
import type { ApiRequest } from '../../request/api-request.ts';
import { listAt } from '../fields.ts';
import { secretsNamed, toldRights } from '../rights/held-rights.ts';
import { type RightSomewhere, rightsInWords } from '../rights/rights-in-words.ts';
import { reviewRequest } from './derived-request.ts';
import { namedTokens } from './named-tokens.ts';
import type { AccountStrength, ServiceAccount } from './sight.ts';
import { answeredStatus } from './unanswered.ts';

const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';

/**
 * Asks the API server as the account itself what it may do, one question for each namespace: whoever holds the `edit` role
 * of a namespace may not ask about its accounts, but may act as them. Nothing else is asked that way.
 * @throws {Unanswered}
 */
export async function ownStrength(
  account: ServiceAccount,
  namespaces: readonly string[],
  probe: Probe,
  request: ApiRequest,
): Promise<AccountStrength> {
  const told = await Promise.all(namespaces.map((namespace) => rightsIn(namespace, account, probe, request)));
  const rights = told.flatMap((some) => some ?? []);
  if (rights.length > 0) return { strength: 'yes', because: rightsInWords(rights, account.namespace) };
  return { strength: told.includes(null) ? 'not-told' : 'no', because: '' };
}

/** Null where the gateway may not act as the account. */
async function rightsIn(
  namespace: string,
  account: ServiceAccount,
  probe: Probe,
  request: ApiRequest,
): Promise<RightSomewhere[] | null> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectRulesReview',
    spec: { namespace },
  };
  const user = serviceAccountUser(account.namespace, account.name);
  const asked = { ...reviewRequest(request, REVIEWS), impersonation: { user, uid: '', groups: [], extra: new Map() } };
  const { status, object } = await probe.ask(asked, Buffer.from(JSON.stringify(body)));
  if (answeredStatus(status) !== 201) return null;
  const rules = listAt(object, 'status', 'resourceRules');
  const tokens = await namedTokens(namespace, secretsNamed(rules), probe, request);
  return toldRights(rules, namespace, (secret) => tokens.has(secret)).map(({ says }) => ({ says, namespace }));
}
