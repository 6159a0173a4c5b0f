import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { wholeLines } from '../../proxy/whole-lines.ts';

test.each([
  ['one line', ['a\n'], ['a']],
  ['a line in parts, and a character in parts', ['{"a":"\u00e9', '\u2028"}', '\n'], ['{"a":"\u00e9\u2028"}']],
  ['several lines at once, one of them empty', ['a\n\nb\n'], ['a', '', 'b']],
  ['nothing but a line feed ends a line', ['a\u2028b\u2029c\u0085d\rd\n'], ['a\u2028b\u2029c\u0085d\rd']],
  ['a line that is not ended is none', ['a\nb'], ['a']],
  ['nothing', [], []],
])('%s', async (_what, chunks, lines) => {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const read: string[] = [];
  for await (const line of wholeLines(stream)) read.push(line.toString('utf8'));
  expect(read).toEqual(lines);
});
