import { at, textAt } from '../fields.ts';
import { TOKEN_ACCOUNT, TOKEN_TYPE } from '../look/token-secrets.ts';
import { gainedByBootstrapToken } from './bootstrap-token.ts';
import type { Change } from './change.ts';
import { type Gained, serviceAccount } from './service-account.ts';

/**
 * A Secret by which the API server signs somebody in: of the type into which the token controller writes a service
 * account's token that never expires, or a bootstrap token. The type of a Secret cannot be changed.
 */
export function gainedBySecret(change: Change): Gained[] {
  const { namespace, before, after } = change;
  const account = accountOf(after);
  if (account === '' || account === accountOf(before)) return gainedByBootstrapToken(change);
  return [serviceAccount('secret', namespace, account, ', by a token in a Secret')];
}

function accountOf(secret: unknown): string {
  if (textAt(secret, 'type') !== TOKEN_TYPE) return '';
  const account = at(secret, 'metadata', 'annotations', TOKEN_ACCOUNT);
  return typeof account === 'string' ? account : '';
}
