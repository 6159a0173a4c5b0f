import { expect, test } from 'vitest';
import { TERMINAL_TEXT, zoomedText } from '../../model/terminal-text.ts';

test.each([
  [13, 'larger', 14],
  [13, 'smaller', 12],
  [TERMINAL_TEXT.most, 'larger', TERMINAL_TEXT.most],
  [TERMINAL_TEXT.least, 'smaller', TERMINAL_TEXT.least],
  [20, 'usual', TERMINAL_TEXT.usual],
] as const)('text of %i px, made %s, is %i px', (size, zoom, zoomed) => {
  expect(zoomedText(size, zoom)).toBe(zoomed);
});
