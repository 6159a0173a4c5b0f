import type { Refusal } from './refusal.ts';

/** Why the gateway itself ends an exchange: the reason of its `AbortSignal`, with what a stream's client is told. */
export class EndedByGateway extends Error {
  override readonly name = 'EndedByGateway';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.message, { cause: refusal });
    this.refusal = refusal;
  }
}

/** Whether an exchange is over because its client went away, and not because the gateway ended it. */
export function isClientGone({ signal }: { readonly signal: AbortSignal }): boolean {
  return signal.aborted && !(signal.reason instanceof EndedByGateway);
}
