import type { ApiRequest } from '../request/api-request.ts';

/** A request as it leaves. */
export interface Outgoing {
  readonly request: ApiRequest;
  readonly body: Buffer | null;
  /** The version of the object that the gateway bound a rehydrated body to; absent where it did not. */
  readonly pinnedTo?: string;
  /** The same request bound to the object as it is now; null where that is the version it was bound to already. */
  readonly again?: () => Promise<Outgoing | null>;
}
