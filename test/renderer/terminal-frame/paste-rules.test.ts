import { describe, expect, test } from 'vitest';
import { judgePaste } from '../../../renderer/terminal-frame/paste-rules.ts';

describe('pasting into a shell', () => {
  test.each([
    ['one line goes through', 'kubectl get pods', 'kubectl get pods', false],
    ['a line end after one line is cut off, so that it does not run unseen', 'rm -rf x\n', 'rm -rf x', false],
    ['the same with a Windows line end', 'ls\r\n', 'ls', false],
    ['two lines ask', 'a\nb', 'a\nb', true],
    ['a carriage return alone is a line end too', 'a\rb', 'a\nb', true],
    ['an empty line after a command asks: it would run it', 'a\n\n', 'a\n', true],
    ['tabs stay', 'a\tb', 'a\tb', false],
    ['an end of bracketed paste is taken out', 'a\u001b[201~b', 'a[201~b', false],
    ['so are C1 controls', 'a\u009b201~b', 'a201~b', false],
    ['nothing stays nothing', '', '', false],
  ])('%s', (_name, clipboard, text, ask) => {
    expect(judgePaste(clipboard)).toMatchObject({ text, ask });
  });

  test('the question knows how many lines there are', () => {
    expect(judgePaste('a\nb\nc\n').lines).toBe(3);
  });
});
