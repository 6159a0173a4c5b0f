import type { IUnicodeVersionProvider } from '@xterm/xterm';
import { eastAsianWidth } from 'get-east-asian-width';

/** How many cells a character takes; 0 for what is drawn over the one before it. */
export type CharacterWidth = 0 | 1 | 2;

/** Marks, and what steers the text but is not drawn: joiners, direction. A soft hyphen is drawn by terminals. */
const NO_WIDTH = /^(?!\u00ad)[\p{Mn}\p{Me}\p{Cf}\p{Zl}\p{Zp}]$/u;

/**
 * Each code point by itself, as `wcwidth` of the C library has it. Shells, editors and multiplexers count by that, so
 * their cursor is where the terminal has it; a terminal that draws joined emoji (a person, a laptop) as one would be off
 * by the rest. Ambiguous characters are narrow.
 */
export function characterWidth(codePoint: number): CharacterWidth {
  if (codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0)) return 0;
  if (codePoint < 0x7f) return 1;
  // The vowels and finals of Hangul that are written as letters: they join the consonant before them.
  if ((codePoint >= 0x1160 && codePoint <= 0x11ff) || (codePoint >= 0xd7b0 && codePoint <= 0xd7ff)) return 0;
  if (NO_WIDTH.test(String.fromCodePoint(codePoint))) return 0;
  return eastAsianWidth(codePoint) === 2 ? 2 : 1;
}

/** Not looked up yet. */
const UNKNOWN = 3;
/** Above this there are no characters but ideographs and private ones. */
const REMEMBERED = 0x20000;

/** For xterm, whose own table is of Unicode 6 (2010), in which most emoji are one cell wide. */
export function unicodeWidths(): IUnicodeVersionProvider {
  const known = new Uint8Array(REMEMBERED).fill(UNKNOWN);
  const wcwidth = (codePoint: number): CharacterWidth => {
    if (codePoint >= REMEMBERED) return characterWidth(codePoint);
    const width = known[codePoint];
    if (width !== UNKNOWN) return width as CharacterWidth;
    const found = characterWidth(codePoint);
    known[codePoint] = found;
    return found;
  };
  return {
    version: 'wcwidth',
    wcwidth,
    // A number of three parts (`UnicodeService.createPropertyValue` of xterm): state, width, and in the last bit whether
    // the character is drawn into the cell before it, whose width it then has.
    charProperties(codePoint, preceding) {
      const width = wcwidth(codePoint);
      const widthBefore = (preceding >> 1) & 3;
      return width === 0 && widthBefore > 0 ? (widthBefore << 1) | 1 : width << 1;
    },
  };
}
