import type { PolicyState } from '../../../../model/policy-state.ts';

/** What tells its state as it changes. */
export interface Stated {
  state(): PolicyState;
  onChange(listener: (state: PolicyState) => void): () => void;
}

/** The first state of which the condition holds, now or after a change. */
export function stateWith(source: Stated, holds: (state: PolicyState) => boolean): Promise<PolicyState> {
  if (holds(source.state())) return Promise.resolve(source.state());
  return new Promise((resolve) => {
    const stop = source.onChange((state) => {
      if (!holds(state)) return;
      stop();
      resolve(state);
    });
  });
}
