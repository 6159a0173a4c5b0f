import { type JsonObject, objectAt, objectsAt, textAt, textsAt } from '../store/json.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { readServiceAccount, type User } from './user.ts';

/** What RBAC is asked: an action on a resource, or on a path when `path` is set. */
export interface Attributes {
  readonly user: User;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Empty for a resource. */
  readonly path: string;
}

/** A rule that applies to someone, and where: every namespace when `namespace` is empty. */
export interface GrantedRule {
  readonly rule: JsonObject;
  readonly namespace: string;
  /** For the reason that reviews give. */
  readonly binding: string;
}

const rbacGroup = 'rbac.authorization.k8s.io';

function bindsUser(binding: JsonObject, user: User): boolean {
  return objectsAt(binding, 'subjects').some((subject) => {
    const name = textAt(subject, 'name');
    if (subject['kind'] === 'User') return name === user.username;
    if (subject['kind'] === 'Group') return user.groups.includes(name);
    const account = readServiceAccount(user.username);
    const namespace = textAt(subject, 'namespace') || textAt(binding, 'metadata', 'namespace');
    return account !== null && account.name === name && account.namespace === namespace;
  });
}

/** RBAC over the roles and bindings in the store (k8s `plugin/pkg/auth/authorizer/rbac`). Additive; nothing denies. */
export class Authorizer {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Every rule that a user has in a namespace, the cluster-wide ones included. */
  rulesFor(user: User, namespace: string): GrantedRule[] {
    if (user.groups.includes('system:masters')) {
      const everything = [
        { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
        { nonResourceURLs: ['*'], verbs: ['*'] },
      ];
      return everything.map((rule) => ({ rule, namespace: '', binding: 'group "system:masters"' }));
    }
    const clusterWide = this.#store.list(`clusterrolebindings.${rbacGroup}`);
    const local = namespace === '' ? [] : this.#store.list(`rolebindings.${rbacGroup}`, namespace);
    return [...clusterWide, ...local]
      .filter((binding) => bindsUser(binding, user))
      .flatMap((binding) => this.#rulesOf(binding));
  }

  #rulesOf(binding: JsonObject): GrantedRule[] {
    const namespace = textAt(binding, 'metadata', 'namespace');
    const reference = objectAt(binding, 'roleRef');
    const name = textAt(reference, 'name');
    const role =
      reference['kind'] === 'Role'
        ? this.#store.get(`roles.${rbacGroup}`, namespace, name)
        : this.#store.get(`clusterroles.${rbacGroup}`, '', name);
    const kind = namespace === '' ? 'ClusterRoleBinding' : 'RoleBinding';
    const bound =
      namespace === '' ? textAt(binding, 'metadata', 'name') : `${textAt(binding, 'metadata', 'name')}/${namespace}`;
    return objectsAt(role, 'rules').map((rule) => ({
      rule,
      namespace,
      binding: `${kind} "${bound}" of ${textAt(reference, 'kind')} "${name}"`,
    }));
  }

  /** The rule that allows the action, or null. */
  decide(attributes: Attributes): GrantedRule | null {
    return (
      this.rulesFor(attributes.user, attributes.namespace).find(({ rule }) => ruleAllows(rule, attributes)) ?? null
    );
  }
}

function has(rule: JsonObject, field: string, value: string): boolean {
  const values = textsAt(rule, field);
  return values.includes('*') || values.includes(value);
}

function ruleAllows(rule: JsonObject, attributes: Attributes): boolean {
  if (!has(rule, 'verbs', attributes.verb)) return false;
  if (attributes.path !== '') {
    return textsAt(rule, 'nonResourceURLs').some(
      (url) => url === attributes.path || (url.endsWith('*') && attributes.path.startsWith(url.slice(0, -1))),
    );
  }
  const { resource, subresource } = attributes;
  const wanted = subresource === '' ? resource : `${resource}/${subresource}`;
  const resources = textsAt(rule, 'resources');
  const names = textsAt(rule, 'resourceNames');
  return (
    has(rule, 'apiGroups', attributes.group) &&
    (resources.includes('*') ||
      resources.includes(wanted) ||
      (subresource !== '' && resources.includes(`*/${subresource}`))) &&
    (names.length === 0 || names.includes(attributes.name))
  );
}

/** The part of a 403 after "is forbidden: ". */
export function denial(attributes: Attributes): string {
  const { user, verb, group, namespace, path } = attributes;
  if (path !== '') return `User "${user.username}" cannot ${verb} path "${path}"`;
  const resource = attributes.subresource ? `${attributes.resource}/${attributes.subresource}` : attributes.resource;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `User "${user.username}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
}
