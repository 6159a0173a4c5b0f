import type { Random } from '../proxy/masking/random.ts';

/** Something that reads bytes of strangers, and what must hold for whatever bytes it is given. */
export interface FuzzTarget {
  readonly name: string;
  /** Inputs to begin with; mutations are made of them and of each other. */
  readonly seeds: readonly Buffer[];
  /** Words that its inputs are made of; put in where a mutation likes. */
  readonly words: readonly string[];
  /** How many cases of a run it takes, in relation to the others: the slow ones take fewer. */
  readonly share: number;
  /** Throws for a finding. A refusal that the reader is meant to give is none. */
  check(input: Buffer, random: Random): void | Promise<void>;
  close?(): Promise<void>;
}

/** What must hold did not. */
export class Finding extends Error {
  override readonly name = 'Finding';
}

/** Runs a reader and swallows the errors that it is meant to give. */
export function allow<T>(expected: ReadonlyArray<abstract new (...args: never[]) => Error>, read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (expected.some((kind) => error instanceof kind)) return null;
    throw error;
  }
}

/** @throws {Finding} */
export function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Finding(what);
}
