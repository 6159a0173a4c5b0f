import type { Outcome } from '../passage.ts';
import type { SentRequest, WantedAnswer } from '../send.ts';

/** How what comes back is given to the client. Chosen before anything is sent, because it says what to ask for. */
export interface Answer {
  readonly wanted: WantedAnswer;
  /**
   * The request may run and is about to be sent.
   * @throws {Refusal} where it must not run after all, e.g. unrecorded.
   */
  begin(): void;
  /**
   * Gives the client its answer; settles when it is over.
   * @param warnings texts for `Warning:` headers; null where policy wants none of the gateway's.
   * @throws {Refusal} where nothing was given yet, for the reason that the client is told instead.
   */
  give(sent: SentRequest, warnings: readonly string[] | null): Promise<Outcome>;
  /** The exchange is over, however it went: what was begun and not given is undone. */
  end(): void;
}
