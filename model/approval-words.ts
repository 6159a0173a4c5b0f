import type { ApprovalRequest } from './approval.ts';

/*
 * What is said of a request that waits, in the same words in a notification and on every screen.
 */

/** A request is told a moment before its client is held for it. */
const JUST_ASKED_MS = 1_000;

/**
 * True when nobody is on the line for a request that still waits: its client gave up, or could not be held at all.
 * Approving it runs nothing; it lets the same request through once.
 */
export function clientHasGone({ state, held, createdAt }: ApprovalRequest, now: number): boolean {
  return state === 'PENDING' && !held && now - Date.parse(createdAt) >= JUST_ASKED_MS;
}

/** What approving does once the client has gone, as a sentence without its full stop. */
export function goneWords({ intent }: ApprovalRequest): string {
  const who = intent.principal.session.kind === 'app' ? 'The app has stopped waiting' : 'kubectl has gone';
  return `${who}; approving lets a second run through once`;
}
