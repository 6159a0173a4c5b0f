import { findShapes, merged, type Range, SHAPES, type Shape } from '../../patterns/credential-shapes.ts';
import { REDACTED } from '../tokens/mask-token.ts';
import type { KnownValues } from '../values/known-values.ts';

const EVERY_SHAPE: ReadonlySet<Shape> = new Set(SHAPES);

export interface ErrorTextOptions {
  /** Values that must not be in the text: those of the request's body, those seen of the cluster's Secrets. */
  readonly known: readonly KnownValues[];
  /** Objects and values of environment variables that the text quotes go too: they may hold what nobody has seen yet. */
  readonly cutsObjects: boolean;
  /** The API server cuts warnings off, in the middle of a value too. */
  readonly mayBeCut?: boolean;
}

/**
 * An error message or a warning of the API server without the values that it quotes. Field, reason and what is said
 * about the value stay.
 */
export function redactErrorText(text: string, { known, cutsObjects, mayBeCut = false }: ErrorTextOptions): string {
  const cut = cutsObjects ? withoutValues(withoutObjects(text)) : text;
  const ranges = known.flatMap((values) => values.find(cut, mayBeCut));
  return withoutRanges(cut, merged([...ranges, ...findShapes(cut, EVERY_SHAPE)]));
}

function withoutRanges(text: string, ranges: readonly Range[]): string {
  let redacted = '';
  let from = 0;
  for (const { start, end } of ranges) {
    redacted += text.slice(from, start) + REDACTED;
    from = end;
  }
  return redacted + text.slice(from);
}

const LEFT_OUT = 'an object, left out by Gatehouse';

/**
 * Where the API server quotes an object: `Invalid value: "{…}"` of a patch that breaks a type, `Invalid value: core.PodSpec{…}`
 * of an immutable field (apimachinery `validation/field/errors.go`), `is missing in '{…}'` of an object without a kind
 * (`runtime/error.go`).
 */
const QUOTES =
  /(?<before>Invalid value: |is missing in )(?<open>"(?:[{[]|map\[)|'[{[]|(?:[A-Za-z][\w.]*|map\[[\w. ]*\][\w. ]*(?: \{\})?|&)?\{|map\[)/g;

function withoutObjects(text: string): string {
  let result = '';
  let from = 0;
  QUOTES.lastIndex = 0;
  for (let match = QUOTES.exec(text); match !== null; match = QUOTES.exec(text)) {
    const { before = '', open = '' } = match.groups ?? {};
    const start = match.index + before.length;
    const end = open.startsWith('"')
      ? endOfQuoted(text, start)
      : open.startsWith("'")
        ? endOfWord(text, start)
        : endOfStruct(text, start);
    result += `${text.slice(from, start)}{${LEFT_OUT}}`;
    from = end;
    QUOTES.lastIndex = end;
  }
  return result + text.slice(from);
}

/** Behind the quote that closes the one at `start`, as Go quotes strings; the end of the text where none does. */
function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charCodeAt(at);
    if (character === 0x5c) at += 1;
    else if (character === 0x22) return at + 1;
  }
  return text.length;
}

/** Single quotes are not escaped inside: only the last of them is sure to be the end. */
function endOfWord(text: string, start: number): number {
  const last = text.lastIndexOf("'");
  return last > start ? last + 1 : text.length;
}

/** Behind the bracket that closes the first one, strings left aside. */
function endOfStruct(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (character === '"') at = endOfQuoted(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      // `map[…]` may go on with its type and `{…}`.
      if (depth === 0 && !/^[\w. ]{0,40}\{/.test(text.slice(at + 1, at + 50))) return at + 1;
    }
  }
  return text.length;
}

/** `"Value": "…"` of a difference between two Pods, `Value:"…"` of a Go struct. */
const VALUES = /((?:\bValue"?|"value"):[ \t]*")((?:[^"\\]|\\.)+)/gs;
/** `\"value\":\"…\"` of JSON that was quoted. */
const QUOTED_VALUES = /(\\"[vV]alue\\":[ \t]*\\")((?:[^"\\]|\\\\(?:\\["\\]|[^"\\]))+)/gs;

function withoutValues(text: string): string {
  return [VALUES, QUOTED_VALUES].reduce(
    (cut, pattern) => cut.replace(pattern, (_whole, before: string) => `${before}${REDACTED}`),
    text,
  );
}
