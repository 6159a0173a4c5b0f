import type { z } from 'zod';

/** A call's argument schema, and its answer's type (a type only: main is trusted by the renderer, not the reverse). */
export interface Call<Argument extends z.ZodType, Answer> {
  readonly argument: Argument;
  /** Phantom: carries the type, never a value. */
  readonly answer?: Answer;
}
export function call<Answer>() {
  return <Argument extends z.ZodType>(argument: Argument): Call<Argument, Answer> => ({ argument });
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
}

/** What crosses the bridge for a call: a tagged result, so that an error keeps its code. */
export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: Problem };
