import { serviceAccountOf } from '../../request/impersonation.ts';
import { isRecord } from '../../request/json-value.ts';
import { objectsIn, textAt } from '../fields.ts';

/** Whom a custom resource names to act as: a service account, or a user by name. */
export type NamedIdentity = { readonly namespace: string; readonly account: string } | { readonly user: string };

/** `serviceAccountName`, `driverServiceAccount`, `serviceAccountRef`, `serviceAccounts`, `service_account_names`. */
const ACCOUNT_FIELD = /service[-_]?accounts?(?:[-_]?(?:names?|refs?|references?))?$/i;
const ACCOUNT_NAMESPACE_FIELD = /service[-_]?account(?:[-_]?ref)?[-_]?namespace$/i;
/** Fields by which a controller is told to act as somebody: a service account of its own namespace, or a user. */
const ACTS_AS_FIELD = /^(?:run|execute|act)[-_]?as(?:[-_]?account)?$/i;
const IMPERSONATES_FIELD = /^impersonat(?:e|ion)(?:[-_]?user(?:[-_]?name)?)?$/i;
/** Names that a service account can have (RFC 1123 subdomain); a custom resource may mean something else by the field. */
const ACCOUNT_NAME = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;
/** `namespace/name` and `namespace:name`, as Argo CD and others write it. */
const QUALIFIED = /^(?<namespace>[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)[:/](?<account>[a-z0-9][-a-z0-9.]*)$/;

/** True for a field that can name whom its object acts as. */
export function isAccountField(field: string): boolean {
  return [ACCOUNT_FIELD, ACCOUNT_NAMESPACE_FIELD, ACTS_AS_FIELD, IMPERSONATES_FIELD].some((words) => words.test(field));
}

/**
 * Whom an object names to act as, wherever in it, each once, by a key that tells them apart.
 * @param namespace where an account is that is named without its namespace.
 */
export function accountsNamed(namespace: string, value: unknown): Map<string, NamedIdentity> {
  const found = new Map<string, NamedIdentity>();
  for (const fields of objectsIn(value)) {
    for (const [field, named] of Object.entries(fields)) {
      for (const identity of identitiesIn(field, named, namespacesOf(namespace, fields))) {
        found.set('user' in identity ? `user ${identity.user}` : `${identity.namespace}/${identity.account}`, identity);
      }
    }
  }
  return found;
}

/** The namespace that is said beside an account is its own, or not: either is possible. */
function namespacesOf(namespace: string, fields: Readonly<Record<string, unknown>>): readonly string[] {
  const own = Object.entries(fields).find(([field, value]) => ACCOUNT_NAMESPACE_FIELD.test(field) && isText(value));
  if (own !== undefined) return [String(own[1])];
  const beside = textAt(fields, 'namespace');
  return beside === '' || beside === namespace ? [namespace] : [namespace, beside];
}

function identitiesIn(field: string, value: unknown, namespaces: readonly string[]): NamedIdentity[] {
  if (IMPERSONATES_FIELD.test(field)) return usersIn(value, namespaces);
  if (!ACCOUNT_FIELD.test(field) && !ACTS_AS_FIELD.test(field)) return [];
  return (Array.isArray(value) ? value : [value]).flatMap((one) => {
    if (typeof one === 'string') return namespaces.flatMap((namespace) => identityIn(one, namespace));
    if (!isRecord(one)) return [];
    const said = textAt(one, 'namespace');
    return (said === '' ? namespaces : [said]).flatMap((namespace) => identityIn(textAt(one, 'name'), namespace));
  });
}

function usersIn(value: unknown, namespaces: readonly string[]): NamedIdentity[] {
  const named = isRecord(value) ? ['user', 'userName', 'username', 'name'].map((key) => textAt(value, key)) : [value];
  return named
    .filter((user) => typeof user === 'string' && user !== '')
    .flatMap((user) => identityIn(`${user}`, namespaces[0] ?? '', true));
}

function identityIn(name: string, namespace: string, isUser = false): NamedIdentity[] {
  const account = serviceAccountOf(name);
  if (account !== null) return [{ namespace: account.namespace, account: account.name }];
  if (isUser || name.startsWith('system:')) return name === '' ? [] : [{ user: name }];
  const { groups } = QUALIFIED.exec(name) ?? {};
  if (groups !== undefined) return [{ namespace: groups.namespace ?? '', account: groups.account ?? '' }];
  return ACCOUNT_NAME.test(name) ? [{ namespace, account: name }] : [];
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
