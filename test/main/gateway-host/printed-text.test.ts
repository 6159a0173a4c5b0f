import { expect, test } from 'vitest';
import { printedText } from '../../../main/gateway-host/printed-text.ts';

test.each([
  ['colours', '\u001b[1;31mCode:\u001b[0m ', 'Code: '],
  ['a title for the window', '\u001b]0;owned\u0007Code: ', 'Code: '],
  ['a cleared screen', 'one\u001b[2J\u001b[Htwo', 'onetwo'],
  ['a bell', 'Code\u0007: ', 'Code: '],
  ['the line ends of a terminal', 'one\r\ntwo\r\r\n', 'one\ntwo\n'],
  ['a line that is begun anew', 'at 10%\rat 90%\r\ndone', 'at 90%\ndone'],
  ['a direction that is turned around', 'edoc\u202e: ', 'edoc\\u202e: '],
  ['a sequence of which the end is not there yet', 'Code\u001b[3', 'Code'],
  ['tabs, and letters of every script', 'é\t語', 'é\t語'],
])('%s', (_what, printed, text) => {
  expect(printedText(printed)).toBe(text);
});
