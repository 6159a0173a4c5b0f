import type { SeenValues } from './seen-values.ts';

const FEW_VALUES = 100;
const FEW_BYTES = 8 * 1024;

/** Values seen, taken over form by form into something that searches for them; it may pause in the middle of a value. */
export class FollowedValues {
  readonly #seen: SeenValues;
  readonly #formsOf: (value: Buffer) => Generator<Buffer, undefined>;
  readonly #take: (form: Buffer) => void;
  readonly #trims: number;
  #taken = 0;
  /** Of the value that is under way. */
  #current: Generator<Buffer, undefined> | null = null;

  constructor(
    seen: SeenValues,
    formsOf: (value: Buffer) => Generator<Buffer, undefined>,
    take: (form: Buffer) => void,
  ) {
    this.#seen = seen;
    this.#formsOf = formsOf;
    this.#take = take;
    this.#trims = seen.trims;
  }

  /** Old values were dropped since: what follows begins anew. */
  get isOutdated(): boolean {
    return this.#trims !== this.#seen.trims;
  }

  /** What is left can be taken over without that anybody notices. */
  get isNearlyThere(): boolean {
    if (this.#seen.countAfter(this.#taken) > FEW_VALUES) return false;
    return this.#seen.addedAfter(this.#taken).reduce((sum, { length }) => sum + length, 0) <= FEW_BYTES;
  }

  /**
   * @param most forms to take over; all where it is left out.
   * @returns whether nothing is left.
   */
  follow(most = Number.POSITIVE_INFINITY): boolean {
    for (let left = most; left > 0; left -= 1) {
      if (this.#current === null) {
        const value = this.#seen.addedAt(this.#taken);
        if (value === undefined) return true;
        this.#current = this.#formsOf(value);
      }
      const form = this.#current.next();
      if (form.done === true) {
        this.#current = null;
        this.#taken += 1;
      } else this.#take(form.value);
    }
    return false;
  }
}
