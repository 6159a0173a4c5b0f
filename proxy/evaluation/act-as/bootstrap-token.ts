import { at, textAt } from '../fields.ts';
import type { Change } from './change.ts';
import { anyone, type Gained } from './service-account.ts';

/** The API server signs in by Secrets of this namespace and name (plugin/pkg/auth/authenticator/token/bootstrap). */
const NAMESPACE = 'kube-system';
const NAME = /^bootstrap-token-/;
export const BOOTSTRAP_TYPE = 'bootstrap.kubernetes.io/token';
/** Every one of them is in it. */
const GROUP = 'system:bootstrappers';
const ID = /^[a-z0-9]{6}$/;

/** True for the name of a Secret that may hold a bootstrap token. */
export function isBootstrapName(namespace: string, name: string): boolean {
  return namespace === NAMESPACE && NAME.test(name);
}

/**
 * Whom a Secret of this type signs in: a user of its id, in the groups that it names. Whatever in it is new was chosen by
 * the writer, who knows the token from then on, or makes an old one good again.
 */
export function gainedByBootstrapToken({ namespace, before, after }: Change): Gained[] {
  if (namespace !== NAMESPACE || textAt(after, 'type') !== BOOTSTRAP_TYPE) return [];
  if (JSON.stringify(at(after, 'data')) === JSON.stringify(at(before, 'data'))) return [];
  const id = keyOf(after, 'token-id');
  if (!ID.test(id)) return [anyone('secret', 'whoever signs in by a bootstrap token whose id could not be read')];
  const extra = keyOf(after, 'auth-extra-groups')
    .split(',')
    .filter((group) => group !== '');
  const groups = [...new Set([GROUP, ...extra])];
  const says = `system:bootstrap:${id} in ${groups.join(', ')}, by a bootstrap token`;
  return [{ road: 'secret', user: `system:bootstrap:${id}`, groups, anyone: false, account: null, says }];
}

function keyOf(secret: unknown, key: string): string {
  return Buffer.from(textAt(secret, 'data', key), 'base64').toString('utf8');
}
