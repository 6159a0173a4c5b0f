import { FollowedValues } from './followed-values.ts';
import type { SeenValues } from './seen-values.ts';
import { formsInTurn, LONGEST_FORM, SHORTEST_FORM } from './value-forms.ts';

/** Where a value was found. */
export interface Match {
  readonly start: number;
  readonly end: number;
}

/** What a search came to: matches in order, and the first byte that a later byte could still make part of one. */
export interface Matches {
  readonly found: readonly Match[];
  readonly openFrom: number;
}

/** Beyond it slots are shared: to place more forms anew than half of it takes so long that others would notice. */
const MOST_SLOTS = 128 * 1024;

/** So many forms of one slot are compared one by one. */
const CROWD = 16;

/**
 * Finds many values in bytes at once. Every form is at least six bytes long, so each position is asked one question: is
 * the hash of the six bytes here that of the beginning of a form? Only where it is are forms compared. Forms are
 * bounded, so the work is linear in the bytes; they are added without building anew, because values keep coming while
 * streams run.
 */
export class ValueMatcher {
  /** All forms, one behind the other. */
  #text = Buffer.alloc(4096);
  #textBytes = 0;
  /** Per form: where it begins in the text, how long it is, and the next form of the same slot. */
  readonly #starts: number[] = [];
  readonly #lengths: number[] = [];
  #next: number[] = [];
  readonly #known = new Set<string>();
  /** Per slot the first form, -1 for none. */
  #slots = new Int32Array(1024).fill(-1);
  /** Of slots with many forms, the lengths that those have, longest first. */
  readonly #crowds = new Map<number, number[]>();
  /** One byte per hash: 1 where a form begins so. Small enough for the processor's cache. */
  #filter = new Uint8Array(1 << 16);
  /** Hashes of the first 1 to 5 bytes of each form: what may become one at the end of the bytes. */
  readonly #beginnings = new Set<number>();

  get isEmpty(): boolean {
    return this.#starts.length === 0;
  }

  add(value: Buffer): void {
    for (const form of formsInTurn(value)) this.addForm(form);
  }

  /** @param form one of those of a value. */
  addForm(form: Buffer): void {
    const name = form.toString('latin1');
    if (this.#known.has(name) || form.length > LONGEST_FORM) return;
    this.#known.add(name);
    if (this.#textBytes + form.length > this.#text.length) {
      const larger = Buffer.alloc(Math.max(this.#text.length * 2, this.#textBytes + form.length));
      this.#text.copy(larger, 0, 0, this.#textBytes);
      this.#text = larger;
    }
    form.copy(this.#text, this.#textBytes);
    this.#starts.push(this.#textBytes);
    this.#lengths.push(form.length);
    this.#textBytes += form.length;
    for (let length = 1; length < SHORTEST_FORM; length += 1) this.#beginnings.add(beginning(form, 0, length));
    if (this.#starts.length * 2 > this.#slots.length && this.#slots.length < MOST_SLOTS) this.#grow();
    else this.#link(this.#starts.length - 1);
  }

  #grow(): void {
    this.#slots = new Int32Array(this.#slots.length * 2).fill(-1);
    if (this.#filter.length < this.#slots.length * 8) this.#filter = new Uint8Array(this.#slots.length * 16);
    this.#next = [];
    this.#crowds.clear();
    for (let form = 0; form < this.#starts.length; form += 1) this.#link(form);
  }

  #link(form: number): void {
    const hash = hashAt(this.#text, this.#starts[form] ?? 0);
    const slot = hash & (this.#slots.length - 1);
    this.#filter[hash & (this.#filter.length - 1)] = 1;
    this.#next[form] = this.#slots[slot] ?? -1;
    this.#slots[slot] = form;
    this.#countIn(slot, this.#lengths[form] ?? 0);
  }

  #countIn(slot: number, length: number): void {
    const crowd = this.#crowds.get(slot);
    if (crowd !== undefined) {
      if (!crowd.includes(length)) crowd.splice(crowd.findLastIndex((known) => known > length) + 1, 0, length);
      return;
    }
    const lengths = new Set<number>();
    let forms = 0;
    for (let form = this.#slots[slot] ?? -1; form >= 0; form = this.#next[form] ?? -1) {
      lengths.add(this.#lengths[form] ?? 0);
      forms += 1;
    }
    if (forms > CROWD)
      this.#crowds.set(
        slot,
        [...lengths].sort((one, other) => other - one),
      );
  }

  /** Leftmost first, of two at one place the longer. */
  search(bytes: Buffer): Matches {
    const found: Match[] = [];
    const filter = this.#filter;
    const mask = filter.length - 1;
    const last = bytes.length - SHORTEST_FORM;
    let at = 0;
    while (at <= last) {
      const hash = hashAt(bytes, at);
      if (filter[hash & mask] === 0) {
        at += 1;
        continue;
      }
      const length = this.#longestAt(bytes, at, hash);
      // A longer form may still come of what is at the end.
      if (length < 0) return { found, openFrom: at };
      if (length > 0) found.push({ start: at, end: at + length });
      at += length > 0 ? length : 1;
    }
    for (at = Math.max(at, 0); at < bytes.length; at += 1) {
      if (this.#beginnings.has(beginning(bytes, at, bytes.length - at))) return { found, openFrom: at };
    }
    return { found, openFrom: bytes.length };
  }

  /** The same when nothing more will come: what is open is decided by what is there. */
  searchToEnd(bytes: Buffer): readonly Match[] {
    const found: Match[] = [];
    for (let from = 0; from < bytes.length; ) {
      const searched = this.search(bytes.subarray(from));
      for (const { start, end } of searched.found) found.push({ start: start + from, end: end + from });
      const open = from + searched.openFrom;
      if (open >= bytes.length) break;
      const length = this.#longestWhole(bytes, open);
      if (length > 0) found.push({ start: open, end: open + length });
      from = open + Math.max(length, 1);
    }
    return found;
  }

  /** @returns the length of the longest form here; 0: none; -1: the bytes end inside a form that may be here. */
  #longestAt(bytes: Buffer, at: number, hash: number): number {
    let longest = 0;
    const slot = hash & (this.#slots.length - 1);
    const crowd = this.#crowds.get(slot);
    if (crowd !== undefined && (crowd[0] ?? 0) <= bytes.length - at) return this.#longestOf(crowd, bytes, at);
    let form = this.#slots[slot] ?? -1;
    for (; form >= 0; form = this.#next[form] ?? -1) {
      const start = this.#starts[form] ?? 0;
      const length = this.#lengths[form] ?? 0;
      const here = Math.min(length, bytes.length - at);
      if (here < longest || (here === longest && here === length)) continue;
      if (!sameBytes(this.#text, start, bytes, at, here)) continue;
      if (here < length) return -1;
      longest = length;
    }
    return longest;
  }

  /** Forms that begin alike are not compared one by one: ten thousand tokens of one issuer have the same first hundred bytes. */
  #longestOf(crowd: readonly number[], bytes: Buffer, at: number): number {
    const left = bytes.length - at;
    return crowd.find((length) => length <= left && this.#known.has(bytes.toString('latin1', at, at + length))) ?? 0;
  }

  #longestWhole(bytes: Buffer, at: number): number {
    if (at > bytes.length - SHORTEST_FORM) return 0;
    let longest = 0;
    const slot = hashAt(bytes, at) & (this.#slots.length - 1);
    const crowd = this.#crowds.get(slot);
    if (crowd !== undefined) return this.#longestOf(crowd, bytes, at);
    let form = this.#slots[slot] ?? -1;
    for (; form >= 0; form = this.#next[form] ?? -1) {
      const length = this.#lengths[form] ?? 0;
      if (length <= longest || length > bytes.length - at) continue;
      if (sameBytes(this.#text, this.#starts[form] ?? 0, bytes, at, length)) longest = length;
    }
    return longest;
  }
}

/** Of the six bytes here. */
function hashAt(bytes: Buffer, at: number): number {
  const first = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  const second = ((bytes[at + 3] ?? 0) << 16) | ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0);
  const mixed = Math.imul(first ^ Math.imul(second, 0x9e37_79b1), 0x85eb_ca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

/** A number for up to five bytes, exact: it stays below 2^53. */
function beginning(bytes: Buffer, at: number, length: number): number {
  let number = length;
  for (let index = 0; index < length; index += 1) number = number * 256 + (bytes[at + index] ?? 0);
  return number;
}

function sameBytes(one: Buffer, oneAt: number, other: Buffer, otherAt: number, length: number): boolean {
  for (let index = 0; index < length; index += 1) {
    if (one[oneAt + index] !== other[otherAt + index]) return false;
  }
  return true;
}

interface KeptMatcher {
  readonly matcher: ValueMatcher;
  readonly following: FollowedValues;
}

const MATCHERS = new WeakMap<SeenValues, KeptMatcher>();

/** The matcher for everything seen up to now; it is kept with the values and brought up to date where it is behind. */
export function matcherOf(seen: SeenValues): ValueMatcher {
  const kept = keptMatcher(seen);
  kept.following.follow();
  return kept.matcher;
}

/** Whether anybody has searched by {@link matcherOf} yet. */
export function hasMatcher(seen: SeenValues): boolean {
  return MATCHERS.has(seen);
}

/**
 * Makes some of what is behind ready to be searched for by {@link matcherOf}.
 * @param forms at most so many forms of values.
 * @returns whether all is.
 */
export function bringMatcherUpToDate(seen: SeenValues, forms: number): boolean {
  return keptMatcher(seen).following.follow(forms);
}

function keptMatcher(seen: SeenValues): KeptMatcher {
  const kept = MATCHERS.get(seen);
  if (kept !== undefined && !kept.following.isOutdated) return kept;
  const matcher = new ValueMatcher();
  const following = new FollowedValues(seen, formsInTurn, (form) => matcher.addForm(form));
  const anew = { matcher, following };
  MATCHERS.set(seen, anew);
  return anew;
}
