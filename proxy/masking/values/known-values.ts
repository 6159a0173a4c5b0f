import type { Range } from '../../patterns/credential-shapes.ts';
import { FollowedValues } from '../../redaction/followed-values.ts';
import type { SeenValues } from '../../redaction/seen-values.ts';
import { formsInTurn, SHORTEST_FORM } from '../../redaction/value-forms.ts';
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
    for (const form of everyForm(value)) this.#matcher.addForm(form);
  }

  /** @param form one of those of a value. */
  addForm(form: Buffer): void {
    this.#matcher.addForm(form);
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

function* everyForm(value: Buffer): Generator<Buffer, undefined> {
  yield* formsInTurn(value);
  for (const escaped of escapedForms(value)) yield* formsInTurn(escaped);
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
  readonly every: KnownValues;
  readonly distinctive: KnownValues;
  readonly following: FollowedValues;
}

const INDEXES = new WeakMap<SeenValues, Index>();

/** Whether a search for what was seen can begin at once: to make many values ready takes a while. */
export function isIndexed(seen: SeenValues): boolean {
  return seen.isEmpty || keptIndex(seen).following.isNearlyThere;
}

/**
 * Makes some of the values seen ready to be looked for.
 * @param forms at most so many forms of values.
 * @returns whether all are.
 */
export function bringIndexUpToDate(seen: SeenValues, forms: number): boolean {
  return keptIndex(seen).following.follow(forms);
}

/** Values seen of one cluster, as they can be looked for; brought up to date when something was seen since. */
function indexOf(seen: SeenValues): Index {
  const index = keptIndex(seen);
  index.following.follow();
  return index;
}

function keptIndex(seen: SeenValues): Index {
  const kept = INDEXES.get(seen);
  if (kept !== undefined && !kept.following.isOutdated) return kept;
  const every = new KnownValues();
  const distinctive = new KnownValues();
  // A long value has thousands of forms, and is looked at once.
  let isNoWord = false;
  const forms = (value: Buffer) => {
    isNoWord = isDistinctive(value);
    return everyForm(value);
  };
  const following = new FollowedValues(seen, forms, (form) => {
    every.addForm(form);
    if (isNoWord) distinctive.addForm(form);
  });
  const index = { every, distinctive, following };
  INDEXES.set(seen, index);
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
  if (value.length >= 24) return true;
  const text = value.toString('latin1');
  const classes = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^\w.\-/:]/].filter((pattern) => pattern.test(text)).length;
  return text.length >= 8 && classes >= 2 && !/^[a-z][a-z-]*[0-9]{0,2}$/.test(text);
}
