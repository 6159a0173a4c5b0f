import type { OutgoingNotification } from './notification.ts';

/** What came of one try. */
export type Sent =
  /** @param says what the other side answered, for a person who tries it. */
  | { readonly isSent: true; readonly says: string }
  | {
      readonly isSent: false;
      readonly why: string;
      /** Whether it may go through when it is tried again. */
      readonly mayRetry: boolean;
      /** Milliseconds that the other side asks for. */
      readonly retryAfter: number | null;
    };

/** One way in which somebody is told. */
export interface Channel {
  /** For logs: without a path, in which services keep secrets. */
  readonly name: string;
  /** How many notifications are on their way at a time. */
  readonly atOnce: number;
  /** Milliseconds before each further try. */
  readonly pauses: readonly number[];
  /** Tries once, within the channel's own time limit. Never rejects. */
  send(notification: OutgoingNotification, signal: AbortSignal): Promise<Sent>;
}

/** @param why for the log and for a person who tries it. */
export function notSent(why: string, mayRetry: boolean, retryAfter: number | null = null): Sent {
  return { isSent: false, why, mayRetry, retryAfter };
}
