/* Longer than 300 lines: the values of one Secret, and each of the ways in which a text is asked for them. */

import { isCredentialName, isNoCredential } from '../../patterns/credential-name.ts';
import { formsOf, SHORTEST_FORM } from '../../redaction/value-forms.ts';
import { ValueMatcher } from '../../redaction/value-matcher.ts';
import { type ByteRange, SearchedBytes } from './searched-bytes.ts';
import { LookBudget, viewsOf } from './text-views.ts';

/**
 * Where a text of a Secret stands. In a `text` (the value of an annotation) anything may stand; a `name` (a label, a key,
 * a finalizer) is what selectors and tools work by, and so is the value of some annotations.
 */
export type TextPlace = 'text' | 'name';

interface OwnValue {
  readonly bytes: Buffer;
  /** Where in `bytes`. */
  readonly start: number;
  readonly end: number;
  /** There stands its base64; it is decoded when it is looked for in earnest. */
  readonly base64: boolean;
  /** The key that holds it. */
  readonly key: string;
}

/** Shorter values are said by everything; from here on they are looked for behind their own key. Bytes. */
const SHORTEST_PAIRED = 3;

/** What is written in more bytes is not shorter than that, in base64 with its line breaks either. */
const LONGEST_SHORT = 16;

/** So many values are compared one by one with a new one. */
const FEW = 16;

/** Of more values not one is looked for in earnest. */
const MOST_VALUES = 512;

/** Of all values together so much is looked for; of a long one its beginning and its end. Bytes. */
const LOOKED_AT = 64 * 1024;
const MOST_OF_ONE = 8 * 1024;
const LEAST_OF_ONE = 192;
/** A multiple of 3, where base64 falls on whole characters. */
const MOST_OF_END = 1023;

/** So many pairs cost as much as all other values. */
const PAIRS_AT_ONCE = 8;

/** Lines of a value that are looked for by themselves: a block is indented, and a diff writes its signs before each. */
const SHORTEST_LINE = 16;
const MOST_LINES = 200;

/** How a value begins, as far as that is looked at. Decoded here, for it is done for each value of a list. */
const DECODED = new Uint8Array(36);

/** What each character of base64 stands for, of both alphabets; 64 for others. */
const SEXTETS = new Uint8Array(256).fill(64);
for (const [sextet, character] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries()) {
  SEXTETS[character.charCodeAt(0)] = sextet;
}

/** @returns how many bytes there are, up to 36. Line breaks are skipped, as Go skips them. */
function decodeBeginning(base64: Uint8Array, start: number, end: number): number {
  let at = start;
  let length = 0;
  for (; at + 4 <= end && length < DECODED.length; at += 4) {
    const a = SEXTETS[base64[at] as number] as number;
    const b = SEXTETS[base64[at + 1] as number] as number;
    const c = SEXTETS[base64[at + 2] as number] as number;
    const d = SEXTETS[base64[at + 3] as number] as number;
    if ((a | b | c | d) >= 64) break;
    DECODED[length] = (a << 2) | (b >> 4);
    DECODED[length + 1] = (b << 4) | (c >> 2);
    DECODED[length + 2] = (c << 6) | d;
    length += 3;
  }
  let bits = 0;
  let held = 0;
  for (; at < end && length < DECODED.length; at += 1) {
    const sextet = SEXTETS[base64[at] as number] as number;
    if (sextet === 64) continue;
    held = ((held << 6) | sextet) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    DECODED[length] = (held >> bits) & 0xff;
    length += 1;
  }
  return length;
}

/**
 * The values of one Secret: its data, and those in the copies of it that it carries. Lives for one object, while its bytes
 * are held.
 */
export class OwnValues {
  readonly #values: OwnValue[] = [];
  /** The same by their keys, once there are many. */
  #byKey: Map<string, OwnValue[]> | null = null;
  readonly #public: readonly string[];
  #hasShort = false;
  #search: Search | null = null;

  /** @param names what of the Secret is seen anyway: its name and namespace. */
  constructor(names: readonly string[]) {
    this.#public = names;
  }

  /** How many there are; it rises with each that was not known yet. */
  get size(): number {
    return this.#values.length;
  }

  /** Some values are so short that only their key says that they stand somewhere. */
  get hasShort(): boolean {
    return this.#hasShort;
  }

  /** More than are looked for in earnest: what `mayStandIn` says of all texts together must do. */
  get tooMany(): boolean {
    return this.#values.length > MOST_VALUES;
  }

  /**
   * @param bytes what holds a value, or its base64; not changed while this lives.
   * @param key the key of `data` that holds it.
   */
  add(bytes: Buffer, base64: boolean, key: string, start = 0, end = bytes.length): void {
    const value: OwnValue = { bytes, start, end, base64, key };
    if (this.#isKnown(value)) return;
    this.#values.push(value);
    this.#search = null;
    if (end - start > LONGEST_SHORT) return;
    const length = base64 ? decodeBeginning(bytes, start, end) : end - start;
    this.#hasShort ||= length >= SHORTEST_PAIRED && length < SHORTEST_FORM;
  }

  #isKnown(value: OwnValue): boolean {
    if (this.#byKey === null) {
      if (this.#values.length < FEW) return this.#values.some((known) => isSame(known, value));
      this.#byKey = new Map();
      for (const known of this.#values) this.#keepByKey(known);
    }
    if (this.#byKey.get(value.key)?.some((known) => isSame(known, value)) === true) return true;
    this.#keepByKey(value);
    return false;
  }

  #keepByKey(value: OwnValue): void {
    const known = this.#byKey?.get(value.key);
    if (known === undefined) this.#byKey?.set(value.key, [value]);
    else known.push(value);
  }

  /** A quick look at bytes as JSON writes them: false where no value of six bytes stands in them by itself. */
  mayStandIn(bytes: Buffer, ranges: readonly ByteRange[]): boolean {
    const searched = new SearchedBytes(bytes, ranges);
    for (const { bytes: around, start, end, base64 } of this.#values) {
      const length = base64 ? decodeBeginning(around, start, end) : end - start;
      if (length < SHORTEST_FORM) continue;
      if (searched.mayHold(base64 ? DECODED : around.subarray(start, end), length)) return true;
    }
    return false;
  }

  /**
   * Whether a text holds a value, in any form, or is so wrapped that nobody can tell.
   *
   * A value that is an ordinary word, such as `postgres`, is no secret where a label or a name says it, and tools would
   * break: there it counts only when encoded, or behind its own key. In other texts it counts when its key is that of a
   * credential.
   */
  standIn(text: string, place: TextPlace): boolean {
    this.#search ??= new Search(decoded(this.#values), this.#public);
    return this.#search.find(text, place);
  }
}

function isSame(one: OwnValue, other: OwnValue): boolean {
  if (one.key !== other.key || one.base64 !== other.base64) return false;
  if (one.end - one.start !== other.end - other.start) return false;
  return one.bytes.compare(other.bytes, other.start, other.end, one.start, one.end) === 0;
}

/** A value, and the keys that hold it. */
interface NamedValue {
  readonly bytes: Buffer;
  readonly keys: string[];
}

function decoded(values: readonly OwnValue[]): NamedValue[] {
  const named = new Map<string, NamedValue>();
  for (const { bytes: around, start, end, base64, key } of values) {
    const bytes = base64 ? Buffer.from(around.toString('latin1', start, end), 'base64') : around.subarray(start, end);
    const id = bytes.toString('latin1');
    const known = named.get(id);
    if (known === undefined) named.set(id, { bytes, keys: [key] });
    else known.keys.push(key);
  }
  return [...named.values()];
}

/** What is looked for, made ready. */
class Search {
  /** Values that are no words, and the encoded forms of all. */
  readonly #everywhere = new ValueMatcher();
  /** Words that are credentials, too. */
  readonly #inTexts = new ValueMatcher();
  readonly #pairs: readonly RegExp[];
  readonly #budget = new LookBudget();

  constructor(values: readonly NamedValue[], names: readonly string[]) {
    const pairs: RegExp[] = [];
    const shown = [...names, ...values.flatMap(({ keys }) => keys)].join('\0');
    const lookedAt = Math.min(MOST_OF_ONE, Math.max(LEAST_OF_ONE, Math.floor(LOOKED_AT / values.length)));
    for (const { bytes, keys } of values) {
      if (bytes.length < SHORTEST_PAIRED || isMask(bytes)) continue;
      const text = bytes.toString('utf8');
      const paired = bytes.length < SHORTEST_FORM || isWord(text) ? keys : [];
      for (const key of paired) if (text.trim() !== '' && !isNoCredential(key, text)) pairs.push(pairOf(key, bytes));
      if (bytes.length < SHORTEST_FORM) continue;
      // What the name of the object, or a key, says is no secret.
      const isPublic = shown.includes(text);
      if (!isPublic && !isWord(text)) {
        for (const part of partsOf(bytes, lookedAt)) this.#everywhere.add(part);
        continue;
      }
      for (const form of encodedForms(bytes)) this.#everywhere.add(form);
      if (!isPublic && keys.some(isCredentialName)) this.#inTexts.add(bytes);
    }
    this.#pairs = pairs;
  }

  find(text: string, place: TextPlace): boolean {
    for (const view of viewsOf(Buffer.from(text).toString('latin1'), this.#budget)) {
      if (view === null) return true;
      if (!this.#budget.spend(view, (view.length * this.#pairs.length) / PAIRS_AT_ONCE)) return true;
      const bytes = Buffer.from(view, 'latin1');
      if (holds(this.#everywhere, bytes)) return true;
      if (this.#pairs.some((pair) => pair.test(view))) return true;
      if (place === 'text' && (holds(this.#inTexts, bytes) || SHOWS_DATA.test(view))) return true;
    }
    return false;
  }
}

function holds(matcher: ValueMatcher, bytes: Buffer): boolean {
  return !matcher.isEmpty && matcher.searchToEnd(bytes).length > 0;
}

/**
 * The text of a manifest, a patch or a difference between two that shows `data` of a Secret: what it says may be a value
 * of before, which nobody knows any more.
 */
const SHOWS_DATA =
  /(?:^|[\s"'{,])(?:data|stringData)["']?[ \t]*:[ \t]*(?:$|[\r\n{"'|>&!])|["']?path["']?[ \t]*:[ \t]*["']?\/(?:data|stringData)\//m;

/** `password: postgres` in any of the ways to write it; the value in base64, too. */
function pairOf(key: string, bytes: Buffer): RegExp {
  const forms = [bytes.toString('latin1').trim(), bytes.toString('base64')].map(escaped);
  return new RegExp(
    `(?<![\\w.-])${escaped(Buffer.from(key).toString('latin1'))}["'\`]?[ \\t]*[:=]+>?\\s{0,8}["'\`]?(?:${forms.join('|')})(?![\\w])`,
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/** All forms but those in which a word stands in a text as the word that it is. */
function encodedForms(bytes: Buffer): readonly Buffer[] {
  return formsOf(bytes).filter((form) => !form.equals(bytes) && /[A-Z0-9]/.test(form.toString('latin1')));
}

/** A value; of one that is longer than `lookedAt` its beginning and end; without its spaces, as a text without its own has it; and its lines. */
function partsOf(bytes: Buffer, lookedAt: number): Buffer[] {
  if (bytes.length > lookedAt) {
    const end = bytes.length - Math.min(MOST_OF_END, lookedAt);
    // Base64 falls on whole characters every three bytes.
    return [...partsOf(bytes.subarray(0, lookedAt), lookedAt), bytes.subarray(end - (end % 3))];
  }
  const text = bytes.toString('latin1');
  const compact = text.replace(/\s+/g, '');
  const lines = text.split(/\r?\n/);
  const parts = [
    ...(compact !== text && compact.length >= SHORTEST_FORM ? [compact] : []),
    ...(lines.length > 1
      ? lines
          .map((line) => line.trim())
          .filter(isTelling)
          .slice(0, MOST_LINES)
      : []),
  ];
  return [bytes, ...parts.map((part) => Buffer.from(part, 'latin1'))];
}

function isTelling(line: string): boolean {
  return line.length >= SHORTEST_LINE && !line.startsWith('-----') && !isWord(line);
}

/**
 * Ordinary words, host names and identifiers made of them: `postgres`, `shop-db`, `db.shop.svc`, `user01`. What is as long
 * as a passphrase is none.
 */
function isWord(text: string): boolean {
  return text.length < 24 && /^(?:[A-Za-z]?[a-z]*(?:[-_. ][a-z]+)*|[A-Z]+(?:[-_.][A-Z]+)*)[0-9]{0,2}$/.test(text);
}

/** What stands for a value of which a gateway has taken care: ours, read again, or one behind this one. */
function isMask(bytes: Buffer): boolean {
  return bytes.length < 120 && bytes.toString('latin1', 0, 17) === 'gatehouse-masked.';
}
