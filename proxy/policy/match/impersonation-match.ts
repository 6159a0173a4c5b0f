import { compileGlobs, type TextTest } from '../../patterns/glob.ts';
import type { Impersonation } from '../../request/api-request.ts';
import { effectiveIdentity, serviceAccountOf } from '../../request/impersonation.ts';
import type { IdentityBlock } from '../document/policy-document.ts';

/** The `impersonation` dimension of a rule, sets resolved. */
export interface ImpersonationBlock {
  readonly any: boolean;
  readonly as: IdentityBlock | null;
  readonly uids: readonly string[];
}

/** Whether a rule is about an impersonation: in part (to restrict it) or in every part (to permit it). */
export interface ImpersonationTest {
  readonly touches: (impersonation: Impersonation) => boolean;
  readonly covers: (impersonation: Impersonation) => boolean;
}

const NOTHING: TextTest = () => false;

/**
 * A rule that restricts is about an identity when any part of it is listed, the groups included that the API server
 * adds. A rule that permits must cover every part that was asked for: the user, each group, extras (only `any` does),
 * and a UID (only `uids` does).
 */
export function compileImpersonation(block: ImpersonationBlock): ImpersonationTest {
  const users = optional(block.as?.users);
  const groups = optional(block.as?.groups);
  const accounts = optional(block.as?.serviceAccounts);
  const uids = optional(block.uids);
  const isUser = (user: string): boolean => {
    if (users(user)) return true;
    const account = serviceAccountOf(user);
    return account !== null && accounts(`${account.namespace}:${account.name}`);
  };
  return {
    touches: (impersonation) =>
      block.any ||
      isUser(impersonation.user) ||
      effectiveIdentity(impersonation).groups.some(groups) ||
      (impersonation.uid !== '' && uids(impersonation.uid)),
    covers: (impersonation) =>
      (block.any ||
        (isUser(impersonation.user) && impersonation.groups.every(groups) && impersonation.extra.size === 0)) &&
      (impersonation.uid === '' || uids(impersonation.uid)),
  };
}

function optional(patterns: readonly string[] | undefined): TextTest {
  return patterns === undefined || patterns.length === 0 ? NOTHING : compileGlobs(patterns);
}
