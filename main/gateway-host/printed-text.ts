import { stripVTControlCharacters } from 'node:util';
import { visibleLines } from '../../model/visible-text.ts';

/** A line that was begun anew (a spinner, a percentage) is shown as it is now. */
const LAST_VERSION = /^.*\r(?=[^\r\n])/gm;

/**
 * What a program printed, as text: what would have moved a terminal's cursor or coloured it is taken out, and nothing of
 * it is obeyed. What is not seen for another reason is written out.
 */
export function printedText(printed: string): string {
  const lines = stripVTControlCharacters(printed)
    .replaceAll(/\r+\n/g, '\n')
    .replaceAll(LAST_VERSION, '')
    .replaceAll('\r', '\n')
    .replaceAll('\u0007', '');
  return visibleLines(lines);
}
