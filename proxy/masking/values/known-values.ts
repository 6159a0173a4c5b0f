import type { Range } from '../../patterns/credential-shapes.ts';
import type { SeenValues } from '../../redaction/seen-values.ts';
import { SHORTEST_FORM } from '../../redaction/value-forms.ts';
import { ValueMatcher } from '../../redaction/value-matcher.ts';

/**
 * Finds known values in a text of the API: in the forms in which any stream is searched for them, and escaped once more,
 * as an error has them that quotes an object's JSON as a Go string.
 */
export class KnownValues {
  readonly #matcher = new ValueMatcher();

  get isEmpty(): boolean {
    return this.#matcher.isEmpty;
  }

  add(value: Buffer): void {
    this.#matcher.add(value);
    for (const escaped of escapedForms(value)) this.#matcher.add(escaped);
  }

  /**
   * In order, not overlapping.
   * @param cut the text may have been cut off at its end, and a value with it.
   */
  find(text: string, cut = false): Range[] {
    if (this.isEmpty) return [];
    const bytes = Buffer.from(text);
    const found = [...this.#matcher.searchToEnd(bytes)];
    if (cut) {
      const from = this.#matcher.search(bytes.subarray(found.at(-1)?.end ?? 0)).openFrom + (found.at(-1)?.end ?? 0);
      if (bytes.length - from >= SHORTEST_FORM) found.push({ start: from, end: bytes.length });
    }
    if (bytes.length === text.length) return found;
    // Not only ASCII: a place in the bytes is another one in the text.
    return found.map(({ start, end }) => {
      const from = bytes.toString('utf8', 0, start).length;
      return { start: from, end: from + bytes.toString('utf8', start, end).length };
    });
  }
}

/** Those that differ from the value: JSON with Go's escapes for HTML, and both of JSON's inside another string. */
function escapedForms(value: Buffer): Buffer[] {
  const text = value.toString('utf8');
  if (!/["\\<>&\p{Cc}]/u.test(text) || text.includes('\ufffd')) return [];
  const json = JSON.stringify(text).slice(1, -1);
  const go = json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
  const forms = [go, ...[json, go].map((form) => JSON.stringify(form).slice(1, -1))];
  return [...new Set(forms)].filter((form) => form !== text).map((form) => Buffer.from(form));
}

interface Index {
  trims: number;
  added: number;
  readonly every: KnownValues;
  readonly distinctive: KnownValues;
}

const INDEXES = new WeakMap<SeenValues, Index>();

/** Values seen of one cluster, as they can be looked for; brought up to date when something was seen since. */
function indexOf(seen: SeenValues): Index {
  let index = INDEXES.get(seen);
  if (index === undefined || index.trims !== seen.trims) {
    index = { trims: seen.trims, added: 0, every: new KnownValues(), distinctive: new KnownValues() };
    INDEXES.set(seen, index);
  }
  const added = seen.addedAfter(index.added);
  index.added += added.length;
  for (const value of added) {
    index.every.add(value);
    if (isDistinctive(value)) index.distinctive.add(value);
  }
  return index;
}

/** Everything seen: for errors and warnings, which nobody reads for their single words. */
export function everyKnownValue(seen: SeenValues): KnownValues {
  return indexOf(seen).every;
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
