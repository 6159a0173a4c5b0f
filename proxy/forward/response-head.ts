import { InvalidResponse } from './invalid-response.ts';

export type HeaderField = readonly [name: string, value: string];

/** What the answer was asked by; RFC 9112 section 6.3 reads the same head differently for each. */
export interface AskedWith {
  readonly method: string;
  /** The request asked to switch protocols. */
  readonly upgrade: boolean;
}

/** How the body is told from what follows it: bytes by count, by chunks, by the end of the connection, or not there. */
export type BodyFraming = number | 'chunked' | 'until-close' | 'none';

export interface ResponseHead {
  readonly status: number;
  /** As on the wire: repeated names stay apart, values without the white space around them. */
  readonly fields: readonly HeaderField[];
  readonly framing: BodyFraming;
  /** False where the connection ends behind this answer. */
  readonly persistent: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: .*)?$/;
/** Anything but HTAB, visible ASCII, SP, obs-text, and CR LF together (RFC 9110 section 5.5, RFC 9112 section 2.2). */
const FORBIDDEN_BYTE = /[^\t\r\n\x20-\x7e\x80-\xff]|\r(?!\n)|(?<!\r)\n/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const DIGITS = /^\d{1,15}$/;

/**
 * Reads the head of an answer, strictly: what RFC 9112 lets a recipient mend, such as a lone LF or a folded line, is
 * refused, because the next reader may mend it differently (request smuggling's mirror image).
 * @param text the head as Latin-1, without the empty line at its end.
 * @throws {InvalidResponse}
 */
export function readHead(text: string, asked: AskedWith): ResponseHead {
  if (FORBIDDEN_BYTE.test(text)) throw new InvalidResponse('a character in its head that HTTP forbids');
  const [statusLine = '', ...lines] = text.split('\r\n');
  const [, minor, digits] = STATUS_LINE.exec(statusLine) ?? [];
  if (minor === undefined) throw new InvalidResponse('its first line is no HTTP/1.1 status line');
  const fields = lines.map(readField);
  const status = Number(digits);
  const { framing, closes } = readFraming(fields, { status, http10: minor === '0', asked });
  return { status, fields, framing, persistent: !closes && minor === '1' && framing !== 'until-close' };
}

/** @throws {InvalidResponse} */
export function readField(line: string): HeaderField {
  const first = line.charCodeAt(0);
  if (first === 0x20 || first === 0x09) throw new InvalidResponse('a folded header line');
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0));
  // A space before the colon is no token character, and so is refused here (RFC 9112 section 5.1).
  if (!TOKEN.test(name)) throw new InvalidResponse('a header line without a valid name');
  return [name, trimmed(line, colon + 1)];
}

/** Without the SP and HTAB around it, in one pass each: a regular expression would go back over long runs. */
function trimmed(line: string, from: number): string {
  let start = from;
  let end = line.length;
  while (start < end && isBlank(line.charCodeAt(start))) start += 1;
  while (end > start && isBlank(line.charCodeAt(end - 1))) end -= 1;
  return line.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

interface FramingContext {
  readonly status: number;
  readonly http10: boolean;
  readonly asked: AskedWith;
}

/** RFC 9112 section 6.3. */
function readFraming(fields: readonly HeaderField[], context: FramingContext) {
  let length: number | null = null;
  let coding: string | null = null;
  let closes = false;
  for (const [name, value] of fields) {
    switch (name.length) {
      case 10:
        if (name.toLowerCase() === 'connection' && hasOption(value, 'close')) closes = true;
        break;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        if (length !== null) throw new InvalidResponse('more than one Content-Length');
        if (!DIGITS.test(value)) throw new InvalidResponse('a Content-Length that is no number');
        length = Number(value);
        break;
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break;
        if (coding !== null) throw new InvalidResponse('more than one Transfer-Encoding');
        coding = value.toLowerCase();
        break;
    }
  }
  return { framing: framingOf(length, coding, context), closes };
}

function framingOf(length: number | null, coding: string | null, context: FramingContext): BodyFraming {
  const { status, http10, asked } = context;
  if (coding !== null && length !== null) throw new InvalidResponse('both Content-Length and Transfer-Encoding');
  if (coding !== null && coding !== 'chunked') throw new InvalidResponse('a Transfer-Encoding other than chunked');
  if (coding !== null && http10) throw new InvalidResponse('a Transfer-Encoding in HTTP/1.0');
  if (status === 101 && asked.upgrade) return 'none';
  if (status === 101) throw new InvalidResponse('a switch of protocols that nobody asked for');
  if (status < 200) {
    if (coding !== null || length !== null) throw new InvalidResponse('an interim answer with a body');
    return 'none';
  }
  // A proxy's yes to CONNECT has no body whatever it says (RFC 9110 section 9.3.6).
  if (asked.method === 'CONNECT' && status < 300) return 'none';
  if (asked.method === 'HEAD' || status === 204 || status === 304) return 'none';
  if (coding !== null) return 'chunked';
  return length ?? 'until-close';
}

/** Whether a comma-separated list names an option, whatever its case. */
export function hasOption(list: string, option: string): boolean {
  return list.split(',').some((item) => item.trim().toLowerCase() === option);
}
