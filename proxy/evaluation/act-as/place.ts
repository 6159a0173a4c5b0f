import { textAt } from '../fields.ts';

/**
 * Where something stands in an object: a number for each path of fields and entries. A path itself would be as long as the
 * object is deep, for each of its texts.
 */
export type Place = number;

/** The whole object. */
export const ROOT: Place = 0;

/** The places of two objects that are compared: the same path has the same number in both. */
export class Places {
  /** By the place above, and the step from there: `.` and a name, or `#` and the number of an entry without one. */
  readonly #known = new Map<Place, Map<string, Place>>();
  #count = ROOT;

  field(above: Place, name: string): Place {
    return this.#step(above, `.${name}`);
  }

  /** Entries by their names, so that one in front moves no other; by number where that does not tell them apart. */
  entries(above: Place, entries: readonly unknown[]): Array<readonly [Place, unknown]> {
    const taken = new Set<string>();
    return entries.map((entry, index) => {
      const name = textAt(entry, 'name');
      const step = name === '' || taken.has(name) ? `#${index}` : `.${name}`;
      taken.add(name);
      return [this.#step(above, step), entry];
    });
  }

  #step(above: Place, step: string): Place {
    let below = this.#known.get(above);
    if (below === undefined) {
      below = new Map();
      this.#known.set(above, below);
    }
    let place = below.get(step);
    if (place === undefined) {
      this.#count += 1;
      place = this.#count;
      below.set(step, place);
    }
    return place;
  }
}
