import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { characterWidth, unicodeWidths } from '../../../renderer/terminal-frame/character-widths.ts';

/** As xterm adds it up. */
function widthOf(text: string): number {
  const { charProperties } = unicodeWidths();
  let width = 0;
  let preceding = 0;
  for (const character of text) {
    const properties = charProperties(character.codePointAt(0) ?? 0, preceding);
    width += ((properties >> 1) & 3) - (properties & 1 ? (preceding >> 1) & 3 : 0);
    preceding = properties;
  }
  return width;
}

/** What the C library makes of it: GNU wc counts the columns of a line with wcwidth. */
function widthOfLibrary(text: string): number | null {
  const { stdout } = spawnSync('wc', ['-L'], {
    input: text,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  });
  return stdout ? Number(stdout.trim()) : null;
}

const TEXTS = [
  ['letters', 'kubectl', 7],
  ['ideographs', '你好', 4],
  ['full-width digits', '１２', 4],
  ['half-width kana', 'ｱｲ', 2],
  ['Hangul in syllables', '한글', 4],
  ['Hangul in letters', '\u1112\u1161\u11ab', 2],
  ['an accent of its own', 'e\u0301', 1],
  ['a Thai vowel sign', 'ก็', 1],
  ['emoji', '👩🚀✅🥲🫠', 10],
  ['a flag', '🇩🇪', 2],
  ['a heart that asks to be drawn as emoji', '❤\ufe0f', 1],
  ['emoji that are joined', '👩\u200d💻', 4],
  ['a family', '👨\u200d👩\u200d👧', 6],
  ['a tone of skin', '👍🏽', 4],
  ['a space of no width', 'a\u200bb', 2],
  ['marks of direction', '\u200eab\u200f', 2],
  ['lines and arrows', '─│→…', 4],
] as const;

describe('how wide a text is in the terminal', () => {
  test.each(TEXTS)('%s: %s is %i', (_name, text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test.runIf(process.platform === 'linux' && widthOfLibrary('ab') === 2)('is what wcwidth says', () => {
    expect(TEXTS.map(([, text]) => [text, widthOf(text)])).toEqual(
      TEXTS.map(([, text]) => [text, widthOfLibrary(text)]),
    );
  });

  test('a mark that follows nothing takes no cell, and joins none', () => {
    expect(unicodeWidths().charProperties(0x301, 0)).toBe(0);
  });

  test('is the same when it is asked again', () => {
    const { wcwidth } = unicodeWidths();
    for (const codePoint of [0x61, 0x301, 0x4f60, 0x1f469, 0x20000, 0x10ffff]) {
      expect([wcwidth(codePoint), wcwidth(codePoint)]).toEqual([characterWidth(codePoint), characterWidth(codePoint)]);
    }
  });
});
