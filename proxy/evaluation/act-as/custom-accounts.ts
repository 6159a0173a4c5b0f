import { serviceAccountOf } from '../../request/impersonation.ts';
import { isRecord } from '../../request/json-value.ts';
import { objectsIn, textAt, textsAt } from '../fields.ts';
import { ACCOUNT_NAME } from './workload.ts';

/** Whom a custom resource names to act as: a service account, or a user by name. */
export type NamedIdentity =
  | { readonly namespace: string; readonly account: string }
  | { readonly user: string; readonly groups: readonly string[] }
  /** A text that becomes an account's name when it runs. */
  | { readonly template: string };

/** `serviceAccountName`, `driverServiceAccount`, `serviceAccountRef`, `serviceAccounts`, `service_account_names`, `saName`. */
const ACCOUNT_FIELD = /(?:service[-_]?accounts?(?:[-_]?ref(?:erence)?s?)?(?:[-_]?names?)?|^sa[-_]?names?)$/i;
const ACCOUNT_NAMESPACE_FIELD = /service[-_]?account(?:[-_]?ref)?[-_]?namespace$/i;
/** Fields by which a controller is told to act as somebody: a service account of its own namespace, or a user. */
const ACTS_AS_FIELD = /^(?:run|execute|act)[-_]?as(?:[-_]?account)?$/i;
const IMPERSONATES_FIELD = /^impersonat(?:e|ion)(?:[-_]?user(?:[-_]?name)?)?$/i;
const NAMESPACE_NAME = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
/** `{{inputs.account}}`, `$(params.account)`, `${ACCOUNT}`. */
const TEMPLATE = /\{\{|\$[({]/;
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
        found.set(keyOf(identity), identity);
      }
    }
  }
  return found;
}

function keyOf(identity: NamedIdentity): string {
  if ('account' in identity) return `${identity.namespace}/${identity.account}`;
  return 'user' in identity ? `user ${identity.user} ${identity.groups.join()}` : `template ${identity.template}`;
}

/** The namespace that is said beside an account is its own, or not: either is possible. */
function namespacesOf(namespace: string, fields: Readonly<Record<string, unknown>>): readonly string[] {
  const own = Object.entries(fields).find(
    ([field, value]) => ACCOUNT_NAMESPACE_FIELD.test(field) && isNamespace(value),
  );
  if (own !== undefined) return [String(own[1])];
  const beside = textAt(fields, 'namespace');
  return beside === namespace || !NAMESPACE_NAME.test(beside) ? [namespace] : [namespace, beside];
}

function identitiesIn(field: string, value: unknown, namespaces: readonly string[]): NamedIdentity[] {
  if (IMPERSONATES_FIELD.test(field)) return usersIn(value, namespaces);
  if (!ACCOUNT_FIELD.test(field) && !ACTS_AS_FIELD.test(field)) return [];
  return (Array.isArray(value) ? value : [value]).flatMap((one) => {
    if (typeof one === 'string') return namespaces.flatMap((namespace) => identityIn(one, namespace));
    // `serviceAccounts: {driver: {name}}` names one for each part.
    return [one, ...(isRecord(one) ? Object.values(one) : [])].flatMap((reference) => {
      const said = textAt(reference, 'namespace');
      return (NAMESPACE_NAME.test(said) ? [said] : namespaces).flatMap((namespace) =>
        identityIn(textAt(reference, 'name'), namespace),
      );
    });
  });
}

/** `bob`, `{user: bob}`, `{userName, groups}`. */
function usersIn(value: unknown, namespaces: readonly string[]): NamedIdentity[] {
  const groups = textsAt(value, 'groups');
  const named = isRecord(value)
    ? ['user', 'userName', 'username', 'name'].map((key) => textAt(value, key))
    : [value].filter((user) => typeof user === 'string');
  const users = named.filter((user) => user !== '');
  if (users.length === 0) return groups.length === 0 ? [] : [{ user: '', groups }];
  return users.flatMap((user) =>
    serviceAccountOf(user) === null ? [{ user, groups }] : identityIn(user, namespaces[0] ?? ''),
  );
}

function identityIn(name: string, namespace: string): NamedIdentity[] {
  if (TEMPLATE.test(name)) return [{ template: name }];
  const account = serviceAccountOf(name);
  if (account !== null) return [{ namespace: account.namespace, account: account.name }];
  if (name.startsWith('system:')) return [{ user: name, groups: [] }];
  const { groups } = QUALIFIED.exec(name) ?? {};
  if (groups !== undefined) return [{ namespace: groups.namespace ?? '', account: groups.account ?? '' }];
  return ACCOUNT_NAME.test(name) ? [{ namespace, account: name }] : [];
}

function isNamespace(value: unknown): boolean {
  return typeof value === 'string' && NAMESPACE_NAME.test(value);
}
