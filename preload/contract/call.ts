import type { z } from 'zod';

/**
 * The documents of the app, each an origin of its own under our scheme, `app://<name>`. `gatehouse` is the main document;
 * `terminal`, `approvals` and `secret` are frames in it, `player`, `policy` and `sign-in` are windows. What each shows and why it is apart:
 * docs/decisions/isolated-frames.md.
 */
export const DOCUMENTS = ['gatehouse', 'terminal', 'player', 'policy', 'sign-in', 'approvals', 'secret'] as const;
export type DocumentName = (typeof DOCUMENTS)[number];

const MAIN_ALONE: readonly DocumentName[] = ['gatehouse'];

/** A call's argument schema, and its answer's type (a type only: main is trusted by the renderer, not the reverse). */
export interface Call<Argument extends z.ZodType, Answer> {
  readonly argument: Argument;
  /** Main answers it only when a person's hand is behind it ({@link byHand}). */
  readonly hand?: true;
  /** Which documents may make it; main refuses it to every other. */
  readonly documents: readonly DocumentName[];
  /** Phantom: carries the type, never a value. */
  readonly answer?: Answer;
}
export function call<Answer>() {
  return <Argument extends z.ZodType>(argument: Argument, documents = MAIN_ALONE): Call<Argument, Answer> => ({
    argument,
    documents,
  });
}
/**
 * A call that does something: main looks whether a key or a button went down in the window just before, and asks the
 * person in a dialog of the system's where none did. The page's word for it counts for nothing.
 */
export function byHand<Answer>() {
  return <Argument extends z.ZodType>(
    argument: Argument,
    documents = MAIN_ALONE,
  ): Call<Argument, Answer> & { readonly hand: true } => ({ argument, documents, hand: true });
}

/** What main tells the renderer unasked. */
export interface Event<Payload> {
  /** Which documents are told. */
  readonly documents: readonly DocumentName[];
  /** Phantom: carries the type, never a value. */
  readonly payload?: Payload;
}
export const event = <Payload>(documents = MAIN_ALONE): Event<Payload> => ({ documents });

/** Something went wrong: what, why, what to do, and a stable code to quote. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** Lines for "Copy details"; no secrets. */
  readonly details: string;
  /** By which main finds the details again, to copy them; null for what went wrong in the page itself. */
  readonly reference: string | null;
}

/** What crosses the bridge for a call: a tagged result, so that an error keeps its code. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };
