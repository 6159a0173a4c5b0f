import { randomUUID } from 'node:crypto';
import type { Problem } from '../../preload/contract.ts';
import { toProblem } from '../hosts/problem.ts';

/** A screen shows one or two at a time; older ones are gone from it. */
const KEPT = 100;

/** The problems that pages were told of, so that a page which wants one copied only has to name it. */
export class ToldProblems {
  readonly #details = new Map<string, string>();

  tell(error: unknown): Problem {
    const reference = randomUUID();
    const problem = { ...toProblem(error), reference };
    this.#details.set(reference, problem.details);
    const [oldest] = this.#details.keys();
    if (this.#details.size > KEPT && oldest !== undefined) this.#details.delete(oldest);
    return problem;
  }

  /** The lines to copy; null for a problem that nobody was told of, or too long ago. */
  details(reference: string): string | null {
    return this.#details.get(reference) ?? null;
  }
}
