/** A small seeded generator (mulberry32), so that a failing case can be run again by its seed. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** An integer in [0, below). */
  below(below: number): number {
    return Math.floor(this.next() * below);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  /** Cuts bytes at random places, empty pieces included. */
  pieces(bytes: Buffer): Buffer[] {
    const pieces: Buffer[] = [];
    const longest = this.pick([1, 3, 40, 4000]);
    for (let at = 0; at < bytes.length; ) {
      const length = this.below(longest + 1);
      pieces.push(bytes.subarray(at, at + length));
      at += length;
    }
    return pieces;
  }

  text(): string {
    const alphabet = [
      'a',
      'Z',
      '0',
      '"',
      '\\',
      '\n',
      '\u0000',
      '/',
      '<',
      '&',
      'é',
      '漢',
      '😀',
      '\u2028',
      '{',
      '}',
      '[',
      ',',
      ':',
    ];
    return Array.from({ length: this.below(12) }, () => this.pick(alphabet)).join('');
  }

  /** Any JSON value. */
  json(depth = 4): unknown {
    const kind = this.below(depth === 0 ? 5 : 7);
    if (kind === 0) return null;
    if (kind === 1) return this.next() < 0.5;
    if (kind === 2) return this.pick([0, -0.5, 1e21, 2 ** 53, -12, 3.25e-7, this.below(1e9)]);
    if (kind <= 4) return this.text();
    const length = this.below(5);
    if (kind === 5) return Array.from({ length }, () => this.json(depth - 1));
    return Object.fromEntries(Array.from({ length }, () => [this.text(), this.json(depth - 1)]));
  }
}

/** The seeds to run: a few fixed ones and one of today's making, or the one in `SEED`. */
export function seeds(count: number): number[] {
  const wanted = process.env['SEED'];
  if (wanted !== undefined) return [Number(wanted)];
  const fresh = Date.now() % 2 ** 31;
  return Array.from({ length: count }, (_, index) => (index < count / 2 ? index + 1 : fresh + index));
}
