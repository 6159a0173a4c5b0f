import type { Splice } from '../scan/byte-window.ts';

type Range = Pick<Splice, 'start' | 'end'>;

/** Splices that do not overlap, to be asked about a range often: an object may have as many as it has keys. */
export class OrderedSplices {
  readonly #splices: readonly Range[];

  constructor(splices: readonly Range[]) {
    this.#splices = isOrdered(splices) ? splices : splices.toSorted((one, other) => one.start - other.start);
  }

  /** Whether a range lies inside one of them. */
  around({ start, end }: Range): boolean {
    const before = this.#splices[this.#firstFrom(start + 1) - 1];
    return before !== undefined && before.end >= end;
  }

  /** Whether one of them lies inside a range. */
  within({ start, end }: Range): boolean {
    const first = this.#splices[this.#firstFrom(start)];
    return first !== undefined && first.end <= end;
  }

  /** What they leave of `length` bytes that begin at `start`, as places in these bytes. */
  between(start: number, length: number): Range[] {
    const left: Range[] = [];
    let from = 0;
    for (const splice of this.#splices) {
      if (splice.start - start > from) left.push({ start: from, end: splice.start - start });
      from = splice.end - start;
    }
    if (length > from) left.push({ start: from, end: length });
    return left;
  }

  /** The index of the first one that begins at a place or behind it. */
  #firstFrom(place: number): number {
    let low = 0;
    let high = this.#splices.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#splices[middle]?.start ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isOrdered(splices: readonly Range[]): boolean {
  for (let index = 1; index < splices.length; index += 1) {
    if ((splices[index]?.start ?? 0) < (splices[index - 1]?.start ?? 0)) return false;
  }
  return true;
}
