import { describe, expect, test } from 'vitest';
import { visible, visibleJson, visibleLines, visibleValue } from '../../model/visible-text.ts';

describe('case 69: what would not be seen is written out', () => {
  test.each([
    ['an escape sequence', '\u001b[31m', '\\u001b[31m'],
    ['its one-character form', '\u009b31m', '\\u009b31m'],
    ['a line break and a tab', 'a\nb\tc\r', 'a\\u000ab\\u0009c\\u000d'],
    ['NEL, line and paragraph separators', '\u0085\u2028\u2029', '\\u0085\\u2028\\u2029'],
    ['text turned around', 'a\u202egnp.exe', 'a\\u202egnp.exe'],
    ['isolates and marks', '\u2066\u2069\u200f\u061c', '\\u2066\\u2069\\u200f\\u061c'],
    ['no width', 'a\u200bb\u2060c\ufeffd\u00ade', 'a\\u200bb\\u2060c\\ufeffd\\u00ade'],
    ['letters that are blank', '\u3164\u115f\u034f', '\\u3164\\u115f\\u034f'],
    ['tags, which spell out words unseen', '\u{e0041}', '\\udb40\\udc41'],
    ['half a pair', 'a\ud83d', 'a\\ud83d'],
    ['DEL', '\u007f', '\\u007f'],
  ])('%s', (_, text, expected) => {
    expect(visible(text)).toBe(expected);
  });

  test.each(['plain ASCII ~', 'größe', '日本語', 'العربية', 'e\u0301', '❤️ ok', 'a\u00a0b'])('%s stays', (text) => {
    expect(visible(text)).toBe(text);
  });

  test('lines and tabs of a longer text stay, nothing else does', () => {
    expect(visibleLines('a\n\tb\r\n\u001b')).toBe('a\n\tb\\u000d\n\\u001b');
  });

  test.each([0, 2])('JSON indented by %i parses to the same value', (indent) => {
    const unseen = '\u001b\u0085\u009b\u200b\u2028\u202e\ufeff\u{e0041}\ud800\u007f"\\';
    const value = { [unseen]: [unseen, { deep: unseen }, 1, null, true], größe: '日本' };
    const json = visibleJson(JSON.stringify(value, null, indent));
    expect(JSON.parse(json)).toEqual(value);
    expect(json).toMatch(/^[\n\x20-\x7eöß日本]*$/);
  });

  test('every text of a value, names of members too; the rest as it is', () => {
    const value = { a: ['x\u202e', 1, null, { 'k\u202e': 'b\nc' }], u: undefined };
    expect(visibleValue(value)).toEqual({ a: ['x\\u202e', 1, null, { 'k\\u202e': 'b\nc' }], u: undefined });
  });
});
