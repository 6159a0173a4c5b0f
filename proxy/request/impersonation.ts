import type { EffectiveIdentity } from '../../model/journal-record.ts';
import { Refusal } from '../refusal.ts';
import type { Impersonation } from './api-request.ts';
import type { HeaderList } from './header-list.ts';
import { identityText, malformed } from './identity-text.ts';

const PREFIX = 'impersonate-';
const EXTRA_PREFIX = 'impersonate-extra-';
/** Keys that Kubernetes clients use; all else is a way to smuggle (security case 6). */
const EXTRA_KEY = /^[a-z0-9/._-]+$/;
/** The gateway's own keys, which say who the engineer behind an impersonated request is. */
const RESERVED_EXTRA_KEY = /^gatehouse(?:$|[/.])/;
/** apiserver `serviceaccount.SplitUsername`: a DNS label and a DNS subdomain, else it is an ordinary user's name. */
const SERVICE_ACCOUNT =
  /^system:serviceaccount:(?=[^:]{1,63}:)([a-z0-9](?:[-a-z0-9]*[a-z0-9])?):(?=.{1,253}$)([a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*)$/;

/**
 * Reads `Impersonate-*` as the API server does (apiserver `pkg/endpoints/filters/impersonation`), but refuses what it
 * ignores: the server runs a request with an empty `Impersonate-User` as the caller itself, and drops names it does not
 * know.
 * @throws {Refusal} `impersonation-malformed`, `impersonation-not-allowed` or `header-repeated`.
 */
export function readImpersonation(headers: HeaderList): Impersonation | null {
  const users: string[] = [];
  const uids: string[] = [];
  const groups: string[] = [];
  const extra = new Map<string, string[]>();
  let present = false;
  for (const [name, bytes] of headers) {
    if (!/^impersonate-/i.test(name)) continue;
    present = true;
    const key = name.toLowerCase();
    const value = identityText(name, bytes);
    if (key === 'impersonate-user') users.push(value);
    else if (key === 'impersonate-uid') uids.push(value);
    else if (key === 'impersonate-group') groups.push(value);
    else if (key.startsWith(EXTRA_PREFIX)) addExtra(extra, name.slice(EXTRA_PREFIX.length), value);
    else throw malformed(`${name} is not a header that Kubernetes knows`);
  }
  if (!present) return null;
  refuseHopByHop(headers);
  const [user = ''] = users;
  if (users.length > 1 || uids.length > 1) {
    throw new Refusal(
      'header-repeated',
      `${users.length > 1 ? 'Impersonate-User' : 'Impersonate-Uid'} came more than once: a request can act as one identity only`,
    );
  }
  if (user.trim() === '') {
    throw malformed(
      users.length === 0
        ? 'groups, a UID or extras are given without a user (kubectl: add --as)'
        : 'Impersonate-User is empty, so the request would run as yourself (kubectl: --as needs a name)',
    );
  }
  const [uid = ''] = uids;
  if (uids.length === 1 && uid.trim() === '') throw malformed('Impersonate-Uid is empty');
  if (groups.some((group) => group.trim() === '')) throw malformed('an Impersonate-Group is empty');
  return { user, uid, groups, extra };
}

/** Key lower-cased first and decoded then, so `%4B` stays `K` for the API server; spellings of one key are merged. */
function addExtra(extra: Map<string, string[]>, encodedKey: string, value: string): void {
  const key = decodeKey(encodedKey.toLowerCase());
  if (!EXTRA_KEY.test(key) || RESERVED_EXTRA_KEY.test(key)) {
    throw new Refusal(
      'impersonation-not-allowed',
      RESERVED_EXTRA_KEY.test(key)
        ? `the extra key "${key}" is reserved for Gatehouse itself`
        : `the extra key "${encodedKey}" is refused: lower-case letters, digits and / . _ - only`,
    );
  }
  const values = extra.get(key);
  if (values) values.push(value);
  else extra.set(key, [value]);
}

/** The API server keeps a key with a broken escape as it is. */
function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** `Connection: Impersonate-User` makes a generic proxy drop the identity and run the request as itself (golang/go#50580). */
function refuseHopByHop(headers: HeaderList): void {
  for (const line of headers.all('Connection')) {
    const named = line.split(',').find((token) => token.trim().toLowerCase().startsWith(PREFIX));
    if (named !== undefined) {
      throw malformed(`the Connection header names ${named.trim()}, which would take the identity off the request`);
    }
  }
}

/** The service account that a user name stands for; null for an ordinary user, as a malformed name is. */
export function serviceAccountOf(user: string): { readonly namespace: string; readonly name: string } | null {
  const match = SERVICE_ACCOUNT.exec(user);
  return match ? { namespace: match[1] ?? '', name: match[2] ?? '' } : null;
}

/**
 * Who the API server will take the request for: the groups that it adds itself are added (kubernetes authentication:
 * service account groups when none were asked for, `system:authenticated`, `system:unauthenticated` for anonymous).
 */
export function effectiveIdentity(impersonation: Impersonation): EffectiveIdentity {
  const { user, uid } = impersonation;
  const account = impersonation.groups.length === 0 ? serviceAccountOf(user) : null;
  const groups = account
    ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`]
    : [...impersonation.groups];
  if (user === 'system:anonymous') {
    if (!groups.includes('system:unauthenticated')) groups.push('system:unauthenticated');
  } else if (!groups.includes('system:authenticated') && !groups.includes('system:unauthenticated')) {
    groups.push('system:authenticated');
  }
  return { user, uid, groups, extra: Object.fromEntries(impersonation.extra) };
}
