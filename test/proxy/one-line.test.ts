import { describe, expect, it } from 'vitest';
import { oneLine } from '../../proxy/one-line.ts';
import { Refusal, refusalStatus } from '../../proxy/refusal.ts';

describe('case 69: words in a sentence of ours', () => {
  it.each([
    ['line breaks', 'a\r\nb', 'a b'],
    ['an escape sequence', 'a\u001b[31mb', 'a\\u001b[31mb'],
    ['an escape sequence of one character', 'a\u009b31mb', 'a\\u009b31mb'],
    ['a line separator', 'a\u2028b', 'a b'],
    ['text turned around', 'a\u202egnp.exe', 'a\\u202egnp.exe'],
    ['letters beyond ASCII stay', 'größe 日本', 'größe 日本'],
  ])('%s', (_name, text, expected) => {
    expect(oneLine(text)).toBe(expected);
  });

  it('are all that the message of a Status holds', () => {
    const refusal = new Refusal('denied-by-policy', ' denied\u009b2J\nfor "x" ');
    expect(refusalStatus(refusal).message).toBe('denied\\u009b2J for "x"');
  });
});
