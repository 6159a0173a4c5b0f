import { useEffect, useReducer, useRef } from 'react';
import { toProblem, useBridge, useInvoke } from '../live/bridge.ts';
import { MASKED, nextReveal, type RevealState } from './reveal-state.ts';

export interface SecretKey {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

export interface Reveal {
  readonly state: RevealState;
  ask(): void;
  send(reason: string): void;
  hide(): void;
}

/** Owns one key's reveal. The value lives in this component's state alone: unmounting (another Secret or screen) forgets it. */
export function useReveal(target: SecretKey): Reveal {
  const bridge = useBridge();
  const invoke = useInvoke();
  const [state, dispatch] = useReducer(nextReveal, MASKED);
  const asked = useRef(0);
  const shown = state.kind === 'revealed';

  // Another window hides what is shown, turning to the list beside it does not; what still waits goes on waiting, for the approval may be elsewhere.
  useEffect(() => {
    if (!shown) return;
    const timer = setInterval(() => dispatch({ type: 'tick', now: Date.now() }), 250);
    const blur = () => dispatch({ type: 'hide' });
    const hidden = () => {
      if (document.visibilityState === 'hidden') blur();
    };
    const stop = bridge.on('window.left', blur);
    document.addEventListener('visibilitychange', hidden);
    return () => {
      clearInterval(timer);
      stop();
      document.removeEventListener('visibilitychange', hidden);
    };
  }, [bridge, shown]);

  return {
    state,
    ask: () => dispatch({ type: 'ask' }),
    send: (reason) => {
      asked.current += 1;
      const mine = asked.current;
      dispatch({ type: 'sent', now: Date.now() });
      invoke('secrets.reveal', { ...target, reason })
        .then((value) => {
          // A later question of the same key has its own answer.
          if (mine === asked.current) dispatch({ type: 'answered', value, now: Date.now() });
        })
        .catch((error: unknown) => {
          if (mine === asked.current) dispatch({ type: 'refused', problem: toProblem(error) });
        });
    },
    hide: () => {
      asked.current += 1;
      dispatch({ type: 'hide' });
    },
  };
}
