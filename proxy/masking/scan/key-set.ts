/** Above that a set is faster than a look through a list. */
const FEW = 16;

/** The keys of one object, to notice one that comes again. Most objects have a few, and a set costs more to make. */
export class KeySet {
  readonly #few: string[] = [];
  #many: Set<string> | null = null;

  /** @returns false where the key is there already. */
  add(key: string): boolean {
    if (this.#many !== null) {
      const before = this.#many.size;
      return this.#many.add(key).size > before;
    }
    if (this.#few.includes(key)) return false;
    this.#few.push(key);
    if (this.#few.length > FEW) this.#many = new Set(this.#few);
    return true;
  }
}
