import type { JsonValue } from '../request/json-value.ts';

/** A part of an object that may give values back: as the client sees it, and as it is. The two differ in texts only. */
export interface Source {
  readonly masked: JsonValue;
  readonly plain: JsonValue;
}
