import type { SeenValues } from '../../redaction/seen-values.ts';
import type { Range } from './credential-shapes.ts';

const PREFIX = 6;

/**
 * Finds known values in a text, in the forms in which a text can hold them: in clear, in base64 (also inside a longer
 * base64 text, at any of its three alignments), URL-escaped, JSON-escaped, and JSON-escaped twice, as an error that
 * quotes an object as a Go string has them.
 */
export class KnownValues {
  /** Forms by their first characters, then by their length: a lookup for each position and length, not for each form. */
  readonly #forms = new Map<string, Map<number, Set<string>>>();
  readonly #known = new Set<string>();

  get size(): number {
    return this.#known.size;
  }

  add(value: Uint8Array): void {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const id = bytes.toString('latin1');
    if (this.#known.has(id)) return;
    this.#known.add(id);
    for (const form of formsOf(bytes)) {
      if (form.length < PREFIX) continue;
      const prefix = form.slice(0, PREFIX);
      const lengths = this.#forms.get(prefix) ?? new Map<number, Set<string>>();
      this.#forms.set(prefix, lengths);
      lengths.set(form.length, (lengths.get(form.length) ?? new Set()).add(form));
    }
  }

  has(value: Uint8Array): boolean {
    return this.#known.has(Buffer.from(value).toString('latin1'));
  }

  /** In order, not overlapping; of several that begin together the longest. */
  find(text: string): Range[] {
    const ranges: Range[] = [];
    if (this.#forms.size === 0) return ranges;
    for (let start = 0; start + PREFIX <= text.length; start += 1) {
      const lengths = this.#forms.get(text.slice(start, start + PREFIX));
      if (lengths === undefined) continue;
      let end = 0;
      for (const [length, forms] of lengths) {
        if (start + length > end && forms.has(text.slice(start, start + length))) end = start + length;
      }
      if (end === 0) continue;
      ranges.push({ start, end });
      start = end - 1;
    }
    return ranges;
  }
}

function formsOf(bytes: Buffer): Set<string> {
  const text = bytes.toString('utf8');
  const json = JSON.stringify(text).slice(1, -1);
  const escaped = goEscaped(json);
  return new Set([
    text,
    text.trimEnd(),
    encodeURIComponent(text),
    json,
    escaped,
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(escaped).slice(1, -1),
    bytes.toString('base64'),
    ...[0, 1, 2].map((shift) => base64Core(bytes, shift)),
  ]);
}

/** Go's JSON encoder also escapes the characters that mean something in HTML. */
function goEscaped(json: string): string {
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

/** The characters of a longer base64 text that depend on the value alone when `shift` bytes of a group precede it. */
function base64Core(bytes: Buffer, shift: number): string {
  const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64');
  return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
}

interface Index {
  version: number;
  all: KnownValues;
  distinctive: KnownValues;
}

const INDEXES = new WeakMap<SeenValues, Index>();

/** Values seen of one cluster, as they can be looked for; brought up to date when something was seen since. */
function indexOf(seen: SeenValues): Index {
  let index = INDEXES.get(seen);
  if (index?.version === seen.version) return index;
  const values = seen.values();
  // Values that the store let go of are let go of here too, when there are many of them.
  if (index === undefined || index.all.size > 2 * values.length + 1000) {
    index = { version: -1, all: new KnownValues(), distinctive: new KnownValues() };
    INDEXES.set(seen, index);
  }
  for (const value of values) {
    index.all.add(value);
    if (isDistinctive(value)) index.distinctive.add(value);
  }
  index.version = seen.version;
  return index;
}

/** Everything seen: for errors and warnings, which nobody reads for their single words. */
export function everyKnownValue(seen: SeenValues): KnownValues {
  return indexOf(seen).all;
}

/**
 * What was seen, but for values that are ordinary words: a Secret that says `postgres` as its user would otherwise take
 * that word out of every event, argument and annotation of the cluster.
 */
export function distinctiveValues(seen: SeenValues): KnownValues {
  return indexOf(seen).distinctive;
}

export function isDistinctive(value: Buffer): boolean {
  const text = value.toString('latin1');
  if (text.length >= 24) return true;
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^\w.\-/:]/].filter((pattern) => pattern.test(text)).length;
  return text.length >= 8 && classes >= 2 && !/^[a-z][a-z-]*[0-9]{0,2}$/.test(text);
}
