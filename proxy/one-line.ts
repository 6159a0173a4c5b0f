/**
 * Words of a client, a cluster or a plugin as they may stand in a sentence of ours: runs of control characters (C1 too:
 * U+009B starts an escape sequence as ESC [ does), line separators and characters that turn the direction of text
 * around become one space. Nothing that is left can move a cursor, colour a terminal or forge a second line.
 */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out here
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]+/g, ' ');
}
