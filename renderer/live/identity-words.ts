import type { EffectiveIdentity } from '../../model/journal-record.ts';
import type { Principal, SessionKind } from '../../model/principal.ts';

/** `system:admin (groups system:masters)`. */
export function identityWords(effective: EffectiveIdentity | null): string | null {
  if (effective === null) return null;
  return effective.groups.length === 0 ? effective.user : `${effective.user} (groups ${effective.groups.join(', ')})`;
}

const SESSION_WORDS: Readonly<Record<SessionKind, string>> = {
  inAppTerminal: 'terminal',
  outside: 'outside the app',
  app: 'this app',
  headless: 'headless gateway',
};

export function sessionWords(principal: Principal): string {
  const kind = SESSION_WORDS[principal.session.kind];
  // The beginning of a terminal's id is enough to tell it from the others that are open.
  return principal.session.kind === 'inAppTerminal' ? `${kind} ${principal.session.id.slice(0, 10)}` : kind;
}
