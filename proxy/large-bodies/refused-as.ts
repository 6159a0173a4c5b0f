import type { Refusal } from '../refusal.ts';
import type { Refused } from './protocol.ts';

/** A refusal as data; what went wrong underneath stays where it was. */
export function refusedAs({ code, message, details }: Refusal): Refused {
  const { cause: _, ...said } = details;
  return { refused: { code, message, details: said } };
}
