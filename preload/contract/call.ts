import type { z } from 'zod';

/** A call's argument schema, and its answer's type (a type only: main is trusted by the renderer, not the reverse). */
export interface Call<Argument extends z.ZodType, Answer> {
  readonly argument: Argument;
  /** Main answers it only when a person's hand is behind it ({@link byHand}). */
  readonly hand?: true;
  /** Phantom: carries the type, never a value. */
  readonly answer?: Answer;
}
export function call<Answer>() {
  return <Argument extends z.ZodType>(argument: Argument): Call<Argument, Answer> => ({ argument });
}
/**
 * A call that does something: main looks whether a key or a button went down in the window just before, and asks the
 * person in a dialog of the system's where none did. The page's word for it counts for nothing.
 */
export function byHand<Answer>() {
  return <Argument extends z.ZodType>(argument: Argument): Call<Argument, Answer> & { readonly hand: true } => ({
    argument,
    hand: true,
  });
}

/** What main tells the renderer unasked. */
export interface Event<Payload> {
  /** Phantom: carries the type, never a value. */
  readonly payload?: Payload;
}
export const event = <Payload>(): Event<Payload> => ({});

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
