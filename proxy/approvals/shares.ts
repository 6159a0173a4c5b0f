import type { ApprovalEntry } from './approval-entry.ts';

/** Requests that wait for a person at one time; each may hold a preview of some kilobytes. */
export const PENDING_AT_MOST = 400;
/** Of these, as many of one session, so that a script in one terminal leaves the others room. */
export const PENDING_OF_SESSION = 100;

/** What a new request of a session finds. */
export type Room =
  | { readonly for: 'it' }
  /** An abandoned one makes room: nobody is on the line for it, and whoever asked can ask again. */
  | { readonly for: 'it'; readonly instead: ApprovalEntry; readonly why: string }
  | { readonly for: 'nobody'; readonly why: string };

/** The session that a request is of, as a key. */
export function sessionOf({ approval }: ApprovalEntry): string {
  return keyOf(approval.intent.principal);
}

/** Anything with a session. */
interface OfSession {
  readonly session: { readonly kind: string; readonly id: string };
}

export function keyOf({ session }: OfSession): string {
  return `${session.kind}/${session.id}`;
}

/**
 * Whether one more may wait. Where the session's own share or all places are taken, the oldest abandoned request makes
 * room: of the session itself first, then of the session that has most waiting. One with a client on the line never does.
 * @param pending what waits, the oldest first.
 */
export function roomFor(asking: OfSession, pending: readonly ApprovalEntry[]): Room {
  const key = keyOf(asking);
  const own = pending.filter((entry) => sessionOf(entry) === key);
  if (own.length >= PENDING_OF_SESSION) {
    const instead = own.find(isAbandoned);
    if (instead !== undefined) return { for: 'it', instead, why: MADE_ROOM_FOR_OWN };
    return { for: 'nobody', why: `${own.length} requests of this session (${key}) ${ALL_HELD}` };
  }
  if (pending.length < PENDING_AT_MOST) return { for: 'it' };
  const instead = largest(pending, key).find(isAbandoned) ?? pending.find(isAbandoned);
  if (instead !== undefined) return { for: 'it', instead, why: MADE_ROOM_FOR_OTHERS };
  return {
    for: 'nobody',
    why: `${pending.length} requests of all sessions, ${own.length} of them of this one (${key}), ${ALL_HELD}`,
  };
}

const ALL_HELD =
  'already wait for approval, each with a client on the line; decide some of them in Gatehouse or with "gatehouse approve" and "gatehouse deny", or stop clients that wait (Ctrl-C)';
const MADE_ROOM_FOR_OWN = `made room for a newer request of its session, of which ${PENDING_OF_SESSION} already waited: no client was on the line for it any more; run its command again to ask anew`;
const MADE_ROOM_FOR_OTHERS = `made room for a request of another session, since ${PENDING_AT_MOST} already waited: no client was on the line for it any more; run its command again to ask anew`;

/** The session's own where it has any that are abandoned, else those of the session with most. */
function largest(pending: readonly ApprovalEntry[], key: string): readonly ApprovalEntry[] {
  const sessions = bySession(pending);
  const own = sessions.get(key) ?? [];
  if (own.some(isAbandoned)) return own;
  const abandoned = [...sessions.values()].filter((entries) => entries.some(isAbandoned));
  return abandoned.sort((a, b) => b.length - a.length)[0] ?? [];
}

/** Nobody is on the line for it, and no person is approving it at this moment. */
function isAbandoned(entry: ApprovalEntry): boolean {
  return !entry.approval.held && !entry.approving;
}

/** What goes from those that ended, so that `keep` are left: the oldest of the session that has most of them. */
export function overflowing(closed: readonly ApprovalEntry[], keep: number): ApprovalEntry[] {
  const gone: ApprovalEntry[] = [];
  if (closed.length <= keep) return gone;
  const left = bySession(closed);
  while (closed.length - gone.length > keep) {
    const [most] = [...left.values()].sort((a, b) => b.length - a.length);
    const oldest = most?.shift();
    if (oldest === undefined) break;
    gone.push(oldest);
  }
  return gone;
}

function bySession(entries: readonly ApprovalEntry[]): Map<string, ApprovalEntry[]> {
  const sessions = new Map<string, ApprovalEntry[]>();
  for (const entry of entries) {
    const known = sessions.get(sessionOf(entry));
    if (known === undefined) sessions.set(sessionOf(entry), [entry]);
    else known.push(entry);
  }
  return sessions;
}
