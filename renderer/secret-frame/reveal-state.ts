import type { Problem, RevealedValue } from '../../preload/contract.ts';

/** One key's value on the screen. A clear value exists only inside `revealed`, and leaves with it. */
export type RevealState =
  | { readonly kind: 'masked' }
  | { readonly kind: 'asking' }
  /** The reveal was asked for; it waits for the policy and, where that says so, for a person. */
  | { readonly kind: 'waiting'; readonly since: number }
  | { readonly kind: 'revealed'; readonly value: RevealedValue; readonly at: number }
  | { readonly kind: 'refused'; readonly problem: Problem };

export type RevealEvent =
  | { readonly type: 'ask' }
  | { readonly type: 'sent'; readonly now: number }
  | { readonly type: 'answered'; readonly value: RevealedValue; readonly now: number }
  | { readonly type: 'refused'; readonly problem: Problem }
  /** Hide, Cancel, the window lost the focus, another Secret, another screen. */
  | { readonly type: 'hide' }
  | { readonly type: 'tick'; readonly now: number };

export const MASKED: RevealState = { kind: 'masked' };

/** What the screen shows next. An answer that nobody waits for any more (hidden meanwhile) is dropped, never shown late. */
export function nextReveal(state: RevealState, event: RevealEvent): RevealState {
  switch (event.type) {
    case 'ask':
      return state.kind === 'masked' || state.kind === 'refused' ? { kind: 'asking' } : state;
    case 'sent':
      return state.kind === 'asking' ? { kind: 'waiting', since: event.now } : state;
    case 'answered':
      if (state.kind !== 'waiting' || isOver(event.value, event.now)) return MASKED;
      return { kind: 'revealed', value: event.value, at: event.now };
    case 'refused':
      return state.kind === 'waiting' ? { kind: 'refused', problem: event.problem } : state;
    case 'hide':
      return MASKED;
    case 'tick':
      return state.kind === 'revealed' && isOver(state.value, event.now) ? MASKED : state;
  }
}

function isOver(value: RevealedValue, now: number): boolean {
  return Date.parse(value.expiresAt) <= now;
}
