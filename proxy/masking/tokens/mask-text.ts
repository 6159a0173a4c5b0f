import { gunzipSync, inflateSync } from 'node:zlib';
import { MASK_PREFIX, textContainsMaskToken } from './mask-token.ts';

/** A token inside other text. */
const TOKEN = new RegExp(`${MASK_PREFIX.replaceAll('.', '\\.')}[A-Za-z0-9_-]{1,32}\\.[A-Za-z0-9_-]{22}`, 'g');

const BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}[\r\n]*$/;

/** Texts in base64 inside base64 are looked into this deep: a docker `auth` in a dockerconfigjson in `data`. */
const MAX_LAYERS = 3;

/** Base64 inside other text, long enough for a token. */
const RUN = /[A-Za-z0-9+/]{40,}={0,2}/g;

/** The bytes of a base64 text as Go decodes it (line breaks skipped); null where it is none. */
export function fromBase64(text: string): Buffer | null {
  if (text.length < 4 || !BASE64.test(text)) return null;
  return Buffer.from(text, 'base64');
}

/** Whether a text holds a token: plain, or inside base64 at any of a few layers. */
export function holdsToken(text: string, layers = MAX_LAYERS): boolean {
  if (textContainsMaskToken(text)) return true;
  if (layers <= 1 || text.length < MASK_PREFIX.length) return false;
  const decodes = (base64: string) => holdsToken(Buffer.from(base64, 'base64').toString('latin1'), layers - 1);
  // Go's decoder skips line breaks, so a text that is base64 as a whole may have some.
  return fromBase64(text) === null ? [...text.matchAll(RUN)].some(([run]) => decodes(run)) : decodes(text);
}

/** Whether a text holds another, plain or inside base64. */
export function holdsText(text: string, wanted: string, layers = MAX_LAYERS): boolean {
  if (text.includes(wanted)) return true;
  const runs = layers <= 1 ? [] : base64Runs(text);
  return runs.some(({ decoded }) => holdsText(decoded.toString('latin1'), wanted, layers - 1));
}

/** The tokens in a text, those inside base64 among them. */
export function tokensIn(text: string, layers = MAX_LAYERS): string[] {
  const found: string[] = text.match(TOKEN) ?? [];
  if (layers > 1) {
    for (const { decoded } of base64Runs(text)) {
      for (const token of tokensIn(decoded.toString('latin1'), layers - 1)) found.push(token);
    }
  }
  return [...new Set(found)];
}

/**
 * How gzip and zlib (at its four levels) begin in base64, and in base64 of that. The third character of zlib holds bits
 * of what is compressed.
 */
const COMPRESSED_BEGINNING = 'H4sI|eJ[w-z]|eN[o-r]|eA[E-H]|eF[4-7]|SDRzS|ZUp|ZU5|ZUF|ZUY';
const BEGINNING = new RegExp(COMPRESSED_BEGINNING);
const COMPRESSED = new RegExp(`(?<![A-Za-z0-9+/])(?:${COMPRESSED_BEGINNING})[A-Za-z0-9+/_-]{8,}`, 'g');

/** Whether bytes may hold compressed text in base64. */
export function mayHoldCompressed(bytes: Buffer): boolean {
  return BEGINNING.test(bytes.toString('latin1'));
}

/** What is more than that is not opened: the API server takes objects of 1.5 MiB. Bytes. */
const MOST_INFLATED = 4 * 1024 * 1024;

/** The tokens in a text that are compressed there: a client packed a copy of what it was shown. */
export function compressedTokensIn(text: string, layers = MAX_LAYERS): string[] {
  if (layers === 0) return [];
  return [...text.matchAll(COMPRESSED)].flatMap(([run]) => {
    const decoded = Buffer.from(run, 'base64');
    const opened = inflated(decoded);
    const inner = (opened ?? decoded).toString('latin1');
    const found = opened === null || !textContainsMaskToken(inner) ? [] : tokensIn(inner);
    return [...found, ...compressedTokensIn(inner, layers - 1)];
  });
}

function inflated(bytes: Buffer): Buffer | null {
  try {
    const open = bytes[0] === 0x1f ? gunzipSync : bytes[0] === 0x78 ? inflateSync : null;
    return open === null ? null : open(bytes, { maxOutputLength: MOST_INFLATED });
  } catch {
    return null;
  }
}

/** What a text says in clear: without its tokens and the base64 that holds some, and with what other base64 says. */
export function clearText(text: string, layers = MAX_LAYERS): string {
  const clear = withoutTokens(text);
  if (layers <= 1) return clear;
  const inner = [...clear.matchAll(/[A-Za-z0-9+/]{6,}={0,2}/g)].map(([run]) =>
    clearText(Buffer.from(run, 'base64').toString('utf8'), layers - 1),
  );
  return [clear, ...inner].join('\n');
}

function withoutTokens(text: string): string {
  const runs = base64Runs(text).filter(({ run }) => holdsToken(run));
  let rest = '';
  let from = 0;
  for (const { at, run } of runs) {
    rest += `${text.slice(from, at)}\0`;
    from = at + run.length;
  }
  // A character that no text has: what stood around a token does not become one word.
  return (rest + text.slice(from)).replace(TOKEN, '\0');
}

/** The parts of a text that look like base64 and hold a token. */
function base64Runs(text: string): Array<{ readonly at: number; readonly run: string; readonly decoded: Buffer }> {
  const whole = fromBase64(text);
  if (whole !== null) return [{ at: 0, run: text, decoded: whole }];
  return [...text.matchAll(RUN)]
    .map((match) => ({ at: match.index, run: match[0], decoded: Buffer.from(match[0], 'base64') }))
    .filter(({ run }) => holdsToken(run));
}

/**
 * Whether a text is the very mask that stands in the masked object. Line breaks behind it are not counted: a shell's
 * `echo` or an editor puts them there, and nobody means to add one to a value that he cannot see.
 */
export function isSameMask(text: string, masked: string): boolean {
  if (text === masked || text.replace(/[\r\n]+$/, '') === masked) return true;
  const wanted = fromBase64(masked)?.toString('latin1');
  const given = fromBase64(text)?.toString('latin1');
  return wanted !== undefined && given !== undefined && given.replace(/[\r\n]+$/, '') === wanted;
}

/**
 * Puts values in the place of tokens anywhere in a text, also inside runs of base64.
 * @param valueFor the bytes that a token stands for; undefined where that is not known.
 * @returns the text, and the tokens that nothing was known of.
 */
export function replaceTokens(
  text: string,
  valueFor: (token: string) => Buffer | undefined,
  layers = MAX_LAYERS,
): { readonly text: string; readonly unknown: readonly string[] } {
  const bytes = replaceInBytes(Buffer.from(text), valueFor, layers);
  return { text: bytes.bytes.toString('utf8'), unknown: bytes.unknown };
}

/** The same for bytes, which need be no text. */
export function replaceInBytes(
  bytes: Buffer,
  valueFor: (token: string) => Buffer | undefined,
  layers = MAX_LAYERS,
): { readonly bytes: Buffer; readonly unknown: readonly string[] } {
  const unknown: string[] = [];
  const text = bytes.toString('latin1');
  const parts: Buffer[] = [];
  let from = 0;
  const put = (at: number, length: number, value: Buffer): void => {
    parts.push(bytes.subarray(from, at), value);
    from = at + length;
  };
  for (const match of text.matchAll(TOKEN)) {
    const value = valueFor(match[0]);
    if (value === undefined) unknown.push(match[0]);
    else put(match.index, match[0].length, value);
  }
  parts.push(bytes.subarray(from));
  const plain = Buffer.concat(parts);
  if (layers <= 1) return { bytes: plain, unknown };
  const runs = base64Runs(plain.toString('latin1')).filter(({ run }) => holdsToken(run, layers));
  if (runs.length === 0) return { bytes: plain, unknown };
  const pieces: Buffer[] = [];
  let next = 0;
  for (const { at, run, decoded } of runs) {
    const inner = replaceInBytes(decoded, valueFor, layers - 1);
    for (const token of inner.unknown) unknown.push(token);
    pieces.push(plain.subarray(next, at), Buffer.from(inner.bytes.toString('base64')));
    next = at + run.length;
  }
  pieces.push(plain.subarray(next));
  return { bytes: Buffer.concat(pieces), unknown };
}
