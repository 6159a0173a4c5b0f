import type { ClusterEntry } from '../../preload/contract.ts';

/** How a cluster stands, in one word or two and the tone that goes with it (`ui/state-badge.tsx`). */
export interface ReachWords {
  readonly tone: 'neutral' | 'busy' | 'connected' | 'warning' | 'denied' | 'waiting';
  readonly word: string;
}

const STATES = {
  available: { tone: 'neutral', word: 'Available' },
  connecting: { tone: 'busy', word: 'Connecting' },
  'signed-out': { tone: 'waiting', word: 'Signed out' },
  unusable: { tone: 'denied', word: 'Unusable' },
  failed: { tone: 'warning', word: 'Failed' },
} as const;

const REACHED = {
  reachable: { tone: 'connected', word: 'Connected' },
  slow: { tone: 'warning', word: 'Slow' },
  unreachable: { tone: 'denied', word: 'Unreachable' },
  'sign-in': { tone: 'waiting', word: 'Sign-in needed' },
} as const;

/** "Connected" is said of a cluster that answered and took the credential, and of no other. */
export function clusterWords({ state, reach }: Pick<ClusterEntry, 'state' | 'reach'>): ReachWords {
  if (state !== 'connected') return STATES[state];
  return reach === null ? { tone: 'busy', word: 'Checking' } : REACHED[reach.state];
}

/** Whether there is something that a person should know before the next command. */
export function isTroubled({ state, reach }: Pick<ClusterEntry, 'state' | 'reach'>): boolean {
  return state === 'connected' && reach !== null && reach.trouble !== null;
}

/** Whether signing in again can help: always where a plugin signs in, else where the file may hold another credential by now. */
export function canSignIn({ state, reach, plugin }: Pick<ClusterEntry, 'state' | 'reach' | 'plugin'>): boolean {
  return state === 'signed-out' || (state === 'connected' && (plugin !== null || reach?.state === 'sign-in'));
}
