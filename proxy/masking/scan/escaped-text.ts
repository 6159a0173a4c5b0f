/** What a JSON string says, with the way back to where each byte of it stands. */
export interface UnescapedText {
  readonly bytes: Buffer;
  /** Where the byte at a position of `bytes`, or the end, stands in the string as it was written. Ask in rising order. */
  readonly written: (position: number) => number;
}

/** By the letter behind the backslash. */
const ESCAPES = new Uint8Array(128);
for (const [letter, character] of ['""', '\\\\', '//', 'b\b', 'f\f', 'n\n', 'r\r', 't\t']) {
  ESCAPES[letter?.charCodeAt(0) ?? 0] = character?.charCodeAt(0) ?? 0;
}

/**
 * Takes the escapes out of the bytes between the quotes of a JSON string that a scanner has checked. As JSON.parse and
 * UTF-8 have it: half a surrogate pair becomes U+FFFD.
 */
export function unescapeText(raw: Buffer): UnescapedText {
  const bytes = Buffer.allocUnsafe(raw.length);
  // Behind each escape: where it leads to, and how much longer what was written is up to there.
  const places: number[] = [];
  const longer: number[] = [];
  let to = 0;
  let from = 0;
  while (from < raw.length) {
    const byte = raw[from] as number;
    if (byte !== 0x5c) {
      bytes[to] = byte;
      to += 1;
      from += 1;
      continue;
    }
    const letter = raw[from + 1] as number;
    if (letter === 0x75) {
      let unit = hexUnit(raw, from + 2);
      from += 6;
      const isPair = unit >= 0xd800 && unit <= 0xdbff && raw[from] === 0x5c && raw[from + 1] === 0x75;
      const second = isPair ? hexUnit(raw, from + 2) : 0;
      if (second >= 0xdc00 && second <= 0xdfff) {
        unit = 0x10000 + ((unit - 0xd800) << 10) + (second - 0xdc00);
        from += 6;
      }
      to += bytes.write(String.fromCodePoint(unit), to);
    } else {
      bytes[to] = ESCAPES[letter] as number;
      to += 1;
      from += 2;
    }
    places.push(to);
    longer.push(from - to);
  }
  let next = 0;
  let shift = 0;
  return {
    bytes: bytes.subarray(0, to),
    written: (position) => {
      while (next < places.length && (places[next] as number) <= position) {
        shift = longer[next] as number;
        next += 1;
      }
      return position + shift;
    },
  };
}

function hexUnit(raw: Buffer, at: number): number {
  return Number.parseInt(raw.toString('latin1', at, at + 4), 16);
}

/** The text of one string literal whose escapes the scanner has checked. */
export function unescapeString(raw: string): string {
  return JSON.parse(`"${raw}"`) as string;
}

/** As the API server writes a string: Go's encoder also escapes the three characters that mean something in HTML. */
export function escapeString(text: string): Buffer {
  const quoted = JSON.stringify(text).slice(1, -1);
  return Buffer.from(quoted.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`));
}
