import type { HeaderList } from '../../proxy/request/header-list.ts';
import { ApiError, badRequest } from '../store/status.ts';
import { type Attributes, type Authorizer, denial } from './authorization.ts';
import { readServiceAccount, type User } from './user.ts';

const extraPrefix = 'impersonate-extra-';
const authenticationGroup = 'authentication.k8s.io';

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** As Go reads header values: bytes that people write as UTF-8. */
function utf8(value: string): string {
  return Buffer.from(value, 'latin1').toString('utf8');
}

function readExtra(headers: HeaderList): Map<string, string[]> {
  const extra = new Map<string, string[]>();
  for (const [name, value] of headers) {
    if (!name.toLowerCase().startsWith(extraPrefix)) continue;
    const key = decoded(name.slice(extraPrefix.length).toLowerCase());
    extra.set(key, [...(extra.get(key) ?? []), utf8(value)]);
  }
  return extra;
}

function effectiveGroups(username: string, asked: readonly string[]): string[] {
  if (username === 'system:anonymous') return asked.length > 0 ? [...asked] : ['system:unauthenticated'];
  const account = readServiceAccount(username);
  const groups =
    asked.length === 0 && account
      ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
      : [...asked];
  const told = groups.includes('system:authenticated') || groups.includes('system:unauthenticated');
  return told ? groups : [...groups, 'system:authenticated'];
}

function check(authorizer: Authorizer, user: User, target: Partial<Attributes>): void {
  const attributes: Attributes = {
    user,
    verb: 'impersonate',
    group: '',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    path: '',
    ...target,
  };
  if (authorizer.decide(attributes)) return;
  const kind = attributes.group ? `${attributes.resource}.${attributes.group}` : attributes.resource;
  throw new ApiError(403, 'Forbidden', `${kind} "${attributes.name}" is forbidden: ${denial(attributes)}`, {
    name: attributes.name,
    ...(attributes.group ? { group: attributes.group } : {}),
    kind: attributes.resource,
  });
}

/**
 * Who the request runs as. The demo knows legacy impersonation: the verb `impersonate` on users, groups, service
 * accounts, uids and userextras, each checked as the real user (apiserver `filters/impersonation`); the constrained
 * verbs of KEP-5284 are not tried first.
 * @throws {ApiError} 403 naming what the caller may not impersonate; 400 for groups, uid or extras without a user.
 */
export function impersonate(user: User, headers: HeaderList, authorizer: Authorizer): User | null {
  const username = utf8(headers.first('Impersonate-User') ?? '');
  const groups = headers.all('Impersonate-Group').map(utf8);
  const uid = utf8(headers.first('Impersonate-Uid') ?? '');
  const extra = readExtra(headers);
  if (username.trim() === '') {
    if (groups.length > 0 || uid !== '' || extra.size > 0) {
      throw badRequest(
        `requested &user.DefaultInfo{Name:"", UID:"${uid}", Groups:[]string{${groups.map((group) => JSON.stringify(group)).join(', ')}}, Extra:map[string][]string(nil)} without impersonating a user name`,
      );
    }
    return null;
  }
  const account = readServiceAccount(username);
  if (account)
    check(authorizer, user, { resource: 'serviceaccounts', namespace: account.namespace, name: account.name });
  else check(authorizer, user, { resource: 'users', name: username });
  for (const group of groups) check(authorizer, user, { resource: 'groups', name: group });
  for (const [key, values] of extra) {
    for (const value of values) {
      check(authorizer, user, { group: authenticationGroup, resource: 'userextras', subresource: key, name: value });
    }
  }
  if (uid !== '') check(authorizer, user, { group: authenticationGroup, resource: 'uids', name: uid });
  return { username, uid, groups: effectiveGroups(username, groups), extra: Object.fromEntries(extra) };
}
