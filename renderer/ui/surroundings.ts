import { createContext, useContext } from 'react';

/** Something that went wrong, for a person: what, the code to quote, the lines for "Copy details". */
export interface Fault {
  readonly code: string;
  readonly message: string;
  readonly details: string;
  /** By which its details can be copied; null where they cannot. */
  readonly reference: string | null;
}

/** What these parts need of the app around them, of which they know nothing else. */
export interface Surroundings {
  /** Has the details of a fault put on the clipboard. */
  copyDetails(reference: string): Promise<void>;
  /** What anything that was thrown is to a person. */
  explain(error: unknown): Fault;
}

export const SurroundingsContext = createContext<Surroundings | null>(null);

export function useSurroundings(): Surroundings {
  const surroundings = useContext(SurroundingsContext);
  if (surroundings === null) throw new Error('useSurroundings outside SurroundingsContext');
  return surroundings;
}
