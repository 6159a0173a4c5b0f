import type { Base } from './pin.ts';

/** What has to be seen beside the object that is there. */
export interface Looks {
  /** The object as the write would leave it. */
  readonly rehearsal: boolean;
  /**
   * Both must be of one version, and the write bound to it. False where it does not matter which of two writes comes
   * first: then an object whose status moves all the time is no reason to refuse.
   */
  readonly exact: boolean;
}

/** A service account, by the names that make it one. */
export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** Whether an account holds rights that lead further; `not-told` where the API server would not say. */
export type Strength = 'yes' | 'no' | 'not-told' | 'no-answer';

/** How much an account may do. */
export interface AccountStrength {
  readonly strength: Strength;
  /** The rights that make it strong, in words: `reads secrets, makes pods in ci`; empty where they are not known. */
  readonly because: string;
}

/**
 * Whose token a Secret holds: a service account's, nobody's (`none`, also where there is no such Secret), or that it
 * could not be told: `forbidden` where neither the sender nor the gateway may read it.
 */
export type SecretToken = { readonly account: string } | 'none' | 'forbidden' | 'no-answer';

/** What the API server showed of the object of a request. Readers get this, and no way to ask for anything else. */
export interface Sight {
  /** `unreadable`: the API server says no more, neither that it is there nor that it is not. */
  readonly live: 'read' | 'absent' | 'unreadable' | 'not-asked';
  /** The object that is there; null where it was not read. */
  readonly before: unknown;
  /** The object as the write would leave it, defaults and admission included; null where nothing was rehearsed. */
  readonly after: unknown;
  /** What a write can be bound to; null where there is no object yet. */
  readonly base: Base | null;
  /** The role that a binding (`after`) names; null where it could not be read. Looked at only when asked for. */
  readonly boundRole: () => Promise<unknown>;
  /** The ClusterRoles that take in rules of others; null where they may not be listed. Looked at only when asked for. */
  readonly aggregators: () => Promise<readonly unknown[] | null>;
  /** Looked at only when asked for. */
  readonly strengthOf: (account: ServiceAccount) => Promise<AccountStrength>;
  /** By the names of Secrets, whose values are not kept. Looked at only when asked for. */
  readonly tokensIn: (namespace: string, secrets: readonly string[]) => Promise<ReadonlyMap<string, SecretToken>>;
}
