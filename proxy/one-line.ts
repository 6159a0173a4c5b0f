import { visible } from '../model/visible-text.ts';

/**
 * Words of a client, a cluster or a plugin as they may stand in a sentence of ours: line breaks become one space, and
 * everything else that would not be seen is written out (`model/visible-text.ts`). Nothing that is left can move a
 * cursor, colour a terminal, turn text around or forge a second line.
 */
export function oneLine(text: string): string {
  return visible(text.replace(/[\t-\r\u0085\u2028\u2029]+/g, ' '));
}
