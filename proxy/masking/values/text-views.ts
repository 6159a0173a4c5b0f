/* Longer than 300 lines: the ways in which one text hides another, each undone beside the others. */

import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';

/** What compressed text may come to; what is more than the values of a Secret is masked unseen. Bytes. */
const MOST_INFLATED = 1024 * 1024;

/**
 * What the texts of one object may cost to look into, so that nobody waits for them: counted as a byte that is searched
 * costs. What is left when it is spent is masked unseen, but for short texts, which cost nothing.
 */
export class LookBudget {
  #left = 1024 * 1024;

  /** @returns false once it is spent. */
  spend(text: string, cost: number): boolean {
    if (text.length < LONG) return true;
    this.#left -= cost;
    return this.#left >= 0;
  }
}

/** To decode a run, to write an escape anew, to try whether something is compressed; by measurement. Bytes. */
const COST_OF_RUN = 48;
const COST_OF_ESCAPE = 12;
const COST_OF_TRIAL = 1024;

/** Wrappings inside wrappings: JSON in YAML in base64 of gzip in base64 is six. */
const MOST_LAYERS = 8;

/** Longer texts may wrap anything. Bytes. */
const LONG = 256;

/**
 * Whether a string, as JSON writes it, may say more than what can be read in it: text inside text, text over several
 * lines, what is encoded or compressed. Most annotations are names and dates, and say what they say. Asked of each, so
 * it is one pass.
 */
export function mayWrapText(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from >= LONG) return true;
  let run = 0;
  let capitals = 0;
  let hex = 0;
  let numbers = 0;
  let digits = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    const kind = KINDS[byte] as number;
    if ((kind & ESCAPE) !== 0 && escapes(byte, bytes[at + 1] ?? 0)) return true;
    run = (kind & BASE64) !== 0 ? run + 1 : 0;
    capitals = run === 0 ? 0 : capitals + ((kind & CAPITAL) !== 0 ? 1 : 0);
    // Sixteen characters of base64 are twelve bytes, and such as these have a capital.
    if (run >= 16 && capitals > 0) return true;
    hex = (kind & HEX) !== 0 ? hex + 1 : 0;
    if (hex >= 12) return true;
    if ((kind & DIGIT) !== 0) digits += 1;
    else if (byte === 0x20 || byte === 0x2c) {
      numbers += digits > 0 ? 1 : 0;
      digits = 0;
    } else {
      numbers = 0;
      digits = 0;
    }
    if (numbers >= 5) return true;
  }
  return false;
}

const ESCAPE = 1;
const BASE64 = 2;
const CAPITAL = 4;
const HEX = 8;
const DIGIT = 16;
const KINDS = new Uint8Array(256);
for (const character of '\\%&') KINDS[character.charCodeAt(0)] = ESCAPE;
for (let byte = 0; byte < 128; byte += 1) {
  const character = String.fromCharCode(byte);
  if (/[A-Za-z0-9+/_-]/.test(character)) KINDS[byte] = BASE64;
  if (/[A-Z]/.test(character)) KINDS[byte] = BASE64 | CAPITAL;
  if (/[0-9a-fA-F]/.test(character)) KINDS[byte] = (KINDS[byte] ?? 0) | HEX;
  if (/[0-9]/.test(character)) KINDS[byte] = (KINDS[byte] ?? 0) | DIGIT;
}

/** A line break or another escape inside, `%41`, `&amp;`. Quotes and tabs hide nothing. */
function escapes(byte: number, next: number): boolean {
  if (byte === 0x5c) return next !== 0x22 && next !== 0x74;
  if (byte === 0x25) return ((KINDS[next] ?? 0) & HEX) !== 0;
  return next === 0x23 || (next >= 0x61 && next <= 0x7a);
}

/**
 * A text, and everything that it may be read as: without escapes, its lines joined as YAML folds them, decoded,
 * decompressed, and each of these again. Characters are bytes (Latin-1 of UTF-8).
 * @returns null for what is there and cannot be read: a compression that is not known, a bomb, too many layers.
 */
export function* viewsOf(text: string, budget: LookBudget): Generator<string | null> {
  const known = new Set<string>();
  const waiting = [{ text, layer: 0 }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    if (known.has(next.text)) continue;
    known.add(next.text);
    if (!budget.spend(next.text, next.text.length)) {
      yield null;
      return;
    }
    yield next.text;
    const layer = next.layer + 1;
    for (const inner of readingsOf(next.text, budget)) {
      if (inner === null || layer > MOST_LAYERS) {
        yield null;
        return;
      }
      waiting.push({ text: inner, layer });
    }
  }
}

/** What one text may be read as, one layer down. */
function* readingsOf(text: string, budget: LookBudget): Generator<string | null> {
  if (!budget.spend(text, COST_OF_ESCAPE * (text.match(/[\\%&]/g)?.length ?? 0))) {
    yield null;
    return;
  }
  if (text.includes('\\')) yield withoutEscapes(text);
  if (/\n/.test(text)) yield joinedLines(text);
  if (/\s/.test(text)) yield text.replace(/\s+/g, '');
  // As forms are sent, with a plus for each space.
  if (/=[^&=]*[^&=+]\+[^&=+]/.test(text)) yield withoutPercents(text.replaceAll('+', ' '));
  if (/%[0-9a-fA-F]{2}/.test(text)) yield withoutPercents(text);
  if (/&(?:[a-z]{2,4}|#x?[0-9a-fA-F]{1,6});/.test(text)) yield withoutEntities(text);
  // Compressed twice.
  const whole =
    text.startsWith('\x1f\x8b') || text.startsWith('\x78') ? decompressed(Buffer.from(text, 'latin1')) : undefined;
  if (whole !== undefined) yield whole;
  const decoded: string[] = [];
  let deflateTried = 0;
  for (const bytes of encodedIn(text)) {
    const cost = bytes.length + (isCompressed(bytes) ? COST_OF_TRIAL : COST_OF_RUN);
    if (!budget.spend(text, cost)) {
      yield null;
      return;
    }
    const opened = decompressed(bytes);
    if (opened !== undefined) yield typeof opened === 'string' && budget.spend(opened, opened.length) ? opened : null;
    else if (isReadable(bytes)) decoded.push(bytes.toString('latin1'));
    else {
      decoded.push(...withoutZeros(bytes));
      // Nothing says that it is compressed, and to try is dear.
      deflateTried += bytes.length < SHORTEST_DEFLATED ? 0 : 1;
      if (bytes.length >= SHORTEST_DEFLATED && deflateTried <= MOST_BEGINNINGS) decoded.push(...deflated(bytes));
    }
  }
  // One view for all of them; no value goes over the line between two.
  if (decoded.length > 0) yield decoded.join('\0');
}

/** Of deflate that holds a value. Bytes. */
const SHORTEST_DEFLATED = 10;

/** How many beginnings of something compressed are tried inside one run of base64. */
const MOST_BEGINNINGS = 6;

/** Bytes that are written as base64 (both alphabets), hex, or numbers in a row as Go prints them. */
function* encodedIn(text: string): Generator<Buffer> {
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{12,}/g)) {
    yield Buffer.from(run, 'base64');
    // Behind a path or a word that belongs to the alphabet too.
    let tried = 0;
    for (const { index } of run.matchAll(/H4sI|eJ[w-z]|eN[o-r]|eA[E-H]|eF[4-7]|KLUv/g)) {
      if (index > 0) yield Buffer.from(run.slice(index), 'base64');
      // More of them are chance, and each costs the rest of the run.
      tried += 1;
      if (tried === MOST_BEGINNINGS) break;
    }
  }
  for (const [run] of text.matchAll(/(?:[0-9a-fA-F]{2}){6,}/g)) yield Buffer.from(run, 'hex');
  for (const [run] of text.matchAll(/\d{1,3}(?:[ ,]+\d{1,3}){5,}/g)) {
    yield Buffer.from(run.split(/[ ,]+/).map(Number));
  }
}

/** Compressions that have a beginning to be known by and that are not opened: Zstandard, xz, bzip2, LZ4, zip, 7z. */
const UNOPENED: readonly Buffer[] = ['28b52ffd', 'fd377a585a00', '425a6839', '04224d18', '504b0304', '377abcaf'].map(
  (hex) => Buffer.from(hex, 'hex'),
);

/** RFC 1950: the method is 8, and the first two bytes are a multiple of 31. */
function beginsLikeZlib(bytes: Buffer): boolean {
  return bytes[0] === 0x78 && bytes.length > 6 && bytes.readUInt16BE(0) % 31 === 0;
}

function isCompressed(bytes: Buffer): boolean {
  return (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) || beginsLikeZlib(bytes);
}

/** @returns null where it is compressed and cannot be opened; undefined where it is not compressed. */
function decompressed(bytes: Buffer): string | null | undefined {
  const isZlib = beginsLikeZlib(bytes);
  if (!isCompressed(bytes))
    return UNOPENED.some((magic) => bytes.subarray(0, magic.length).equals(magic)) ? null : undefined;
  try {
    return (isZlib ? inflateSync : gunzipSync)(bytes, { maxOutputLength: MOST_INFLATED }).toString('latin1');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    // Two letters are no proof of zlib: text that is none is not compressed.
    if (isZlib && code !== 'ERR_BUFFER_TOO_LARGE' && code !== 'Z_BUF_ERROR') return undefined;
    return null;
  }
}

/** Text of two bytes for each character, as PowerShell encodes it; nothing where it is none. */
function withoutZeros(bytes: Buffer): string[] {
  if (!bytes.includes(0)) return [];
  const rest = bytes.filter((byte) => byte !== 0);
  return rest.length * 2 - bytes.length <= 1 && isReadable(Buffer.from(rest))
    ? [Buffer.from(rest).toString('latin1')]
    : [];
}

/** Deflate has no beginning to be known by: what comes out as text was compressed. */
function deflated(bytes: Buffer): string[] {
  try {
    const opened = inflateRawSync(bytes, { maxOutputLength: MOST_INFLATED });
    return opened.length > 0 && isReadable(opened) ? [opened.toString('latin1')] : [];
  } catch {
    return [];
  }
}

/** Whether decoded bytes say something: what is no base64 decodes to noise. */
function isReadable(bytes: Buffer): boolean {
  const looked = Math.min(bytes.length, 256);
  let readable = 0;
  for (let at = 0; at < looked; at += 1) {
    const code = bytes[at] ?? 0;
    if ((code >= 0x20 && code < 0x7f) || (code >= 0x09 && code <= 0x0d) || code >= 0x80) readable += 1;
  }
  return readable === looked;
}

/**
 * Lines joined to one, without what stands before each in a block, a list or a diff (`+`, `-`, `>`, line numbers), and
 * without the backslash with which YAML breaks a quoted line.
 */
function joinedLines(text: string): string {
  return text.replace(/\\?\r?\n[ \t]*(?:\d+,?[ \t]+){0,2}[-+>|#*]?[ \t]*/g, '');
}

const LETTERS: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  v: '\v',
  a: '\x07',
  e: '\x1b',
  0: '\0',
  _: '\xc2\xa0',
};

/** As JSON, YAML, Go and shells write them in quotes. */
function withoutEscapes(text: string): string {
  return text.replace(
    /\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-3][0-7]{2})|\r?\n[ \t]*|(.))/gs,
    (
      _whole,
      high?: string,
      low?: string,
      four?: string,
      eight?: string,
      two?: string,
      octal?: string,
      letter?: string,
    ) => {
      if (high !== undefined && low !== undefined)
        return utf8(0x10000 + ((Number.parseInt(high, 16) - 0xd800) << 10) + Number.parseInt(low, 16) - 0xdc00);
      const hex = four ?? eight ?? two;
      if (hex !== undefined) return utf8(Number.parseInt(hex, 16));
      if (octal !== undefined) return byte(octal, 8);
      return letter === undefined ? '' : (LETTERS[letter] ?? letter);
    },
  );
}

function withoutPercents(text: string): string {
  return text.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => byte(hex, 16));
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function withoutEntities(text: string): string {
  return text.replace(
    /&(?:([a-z]{2,4})|#(x?)([0-9a-fA-F]{1,6}));/g,
    (whole, name?: string, x?: string, digits?: string) =>
      name !== undefined ? (ENTITIES[name] ?? whole) : utf8(Number.parseInt(digits ?? '0', x === 'x' ? 16 : 10)),
  );
}

function byte(digits: string, base: number): string {
  return String.fromCharCode(Number.parseInt(digits, base));
}

function utf8(code: number): string {
  return code <= 0x10ffff ? Buffer.from(String.fromCodePoint(code)).toString('latin1') : '';
}
