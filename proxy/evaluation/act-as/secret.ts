import { at, textAt } from '../fields.ts';
import type { Change } from './change.ts';
import { type Gained, serviceAccount } from './service-account.ts';

const ACCOUNT = 'kubernetes.io/service-account.name';

/** A Secret of the type into which the token controller writes a service account's token that never expires. */
export function gainedBySecret({ namespace, before, after }: Change): Gained[] {
  const account = accountOf(after);
  if (account === '' || account === accountOf(before)) return [];
  return [serviceAccount('secret', namespace, account, ', by a token in a Secret')];
}

function accountOf(secret: unknown): string {
  if (textAt(secret, 'type') !== 'kubernetes.io/service-account-token') return '';
  const account = at(secret, 'metadata', 'annotations', ACCOUNT);
  return typeof account === 'string' ? account : '';
}
