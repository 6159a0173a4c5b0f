/**
 * What a screen or a terminal does not show as it is: control characters (C1 too: U+009B starts an escape sequence as
 * ESC [ does), characters that turn the direction of text around or have no width, line and paragraph separators, tags,
 * halves of a pair (Unicode Standard Annex 9, Unicode Technical Report 36). The two that choose how an emoji is drawn
 * hide nothing.
 */
const UNSEEN = /(?![\ufe0e\ufe0f])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
/** Most texts have nothing of it, and are told so by one look at each character. */
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

/** A text on one line, with everything that would not be seen written out: `web\u202e`. */
export function visible(text: string): string {
  return PRINTABLE_ASCII.test(text) ? text : text.replace(UNSEEN, escaped);
}

/** As {@link visible}, for a text of several lines: they stay, and so do tabs. */
export function visibleLines(text: string): string {
  if (PRINTABLE_ASCII.test(text)) return text;
  return text.replace(UNSEEN, (character) =>
    character === '\n' || character === '\t' ? character : escaped(character),
  );
}

/**
 * JSON with everything that would not be seen as `\u` escapes: it parses to the same value. What JSON itself has between
 * its strings is kept, so it may be indented.
 */
export function visibleJson(json: string): string {
  return visibleLines(json);
}

/** Everything of a value that is text, as {@link visibleLines} has it; the rest as it is. For what people are shown of records. */
export function visibleValue<Value>(value: Value): Value {
  return shown(value) as Value;
}

function shown(value: unknown): unknown {
  if (typeof value === 'string') return visibleLines(value);
  if (Array.isArray(value)) return value.map(shown);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [visible(key), shown(part)]));
}

/** UTF-16 units, as JSON and JavaScript have them. */
function escaped(character: string): string {
  return character.replace(/[\s\S]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
