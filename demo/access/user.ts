/** Who a request runs as, in the API server's terms (authentication `user.Info`). */
export interface User {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** Without credentials. */
export const anonymous: User = {
  username: 'system:anonymous',
  uid: '',
  groups: ['system:unauthenticated'],
  extra: {},
};

/** A user with the group that every authenticated one is in. */
export function authenticated(username: string, groups: readonly string[] = [], uid = ''): User {
  return { username, uid, groups: [...groups, 'system:authenticated'], extra: {} };
}

/** The user that a service account is. */
export function serviceAccountUser(namespace: string, name: string, uid: string): User {
  return authenticated(
    `system:serviceaccount:${namespace}:${name}`,
    ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    uid,
  );
}

/** Namespace and name of a service account's user name, or null for any other user. */
export function readServiceAccount(username: string): { namespace: string; name: string } | null {
  const [, namespace, name] = /^system:serviceaccount:([a-z0-9-]+):([a-z0-9.-]+)$/.exec(username) ?? [];
  return namespace !== undefined && name !== undefined ? { namespace, name } : null;
}
