/**
 * Longer values are searched for in pieces, so that no more than a piece is ever held back. A multiple of 3, because
 * base64 then falls on whole characters at each piece.
 */
const PIECE = 96;
/** A last piece that is shorter goes to the one before it. */
const SHORTEST_PIECE = 24;
/** Nothing shorter is searched for: it would be found everywhere. */
export const SHORTEST_FORM = 6;
/** Bytes of the longest form: URL-escaping triples. */
export const LONGEST_FORM = (PIECE + SHORTEST_PIECE) * 3;

/**
 * Every way in which a value is looked for: as it is, in base64 at each of the three places where it can stand inside a
 * longer text (both alphabets), escaped for a URL and for JSON; with the line ends of a terminal; without the line break
 * at its end, which programs cut off. What PEM armours is looked for line by line, as logs and `head` print it.
 */
export function formsOf(value: Buffer): readonly Buffer[] {
  const forms = new Map<string, Buffer>();
  for (const form of formsInTurn(value)) forms.set(form.toString('latin1'), form);
  return [...forms.values()];
}

/** The same one after another, some of them twice: a long value has many, and who takes them may pause. */
export function* formsInTurn(value: Buffer): Generator<Buffer, undefined> {
  for (const form of everyForm(value)) if (form.length >= SHORTEST_FORM) yield form;
}

function* everyForm(value: Buffer): Generator<Buffer> {
  const text = value.toString('latin1');
  const cut = text.replace(/[\r\n]+$/, '');
  const spellings = cut.length < text.length ? [value, value.subarray(0, cut.length)] : [value];
  for (const spelling of spellings) {
    for (const piece of pieces(spelling)) yield* encodedForms(piece);
    for (const part of printedParts(spelling)) for (const piece of pieces(part)) yield* printedForms(piece);
  }
}

/** RFC 7468: base64 in lines between two that say what it is, which is nobody's secret. */
const ARMOURED = /-----BEGIN [A-Z0-9 ]+-----([^-]*)-----END [A-Z0-9 ]+-----/g;
/** Of what is armoured; a line that is shorter is the end of one. */
const LINE = /^[A-Za-z0-9+/]{8,}={0,2}$/;

/** A value cut where programs cut it, and else whole. A leftmost match must not take half of a line with it. */
function printedParts(value: Buffer): Buffer[] {
  const text = value.toString('latin1');
  if (value.length <= PIECE + SHORTEST_PIECE || !text.includes('-----BEGIN ')) return [value];
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(ARMOURED)) {
    const lines = (match[1] ?? '').split(/\r?\n/).filter((line) => LINE.test(line));
    parts.push(text.slice(from, match.index).trim(), ...lines);
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from).trim());
  return parts.filter((part) => part.length >= SHORTEST_FORM).map((part) => Buffer.from(part, 'latin1'));
}

function* pieces(value: Buffer): Generator<Buffer> {
  for (let at = 0; at < value.length; ) {
    const end = value.length - at <= PIECE + SHORTEST_PIECE ? value.length : at + PIECE;
    yield value.subarray(at, end);
    at = end;
  }
}

function* encodedForms(piece: Buffer): Generator<Buffer> {
  for (const base64 of base64Forms(piece)) {
    yield Buffer.from(base64);
    if (/[+/]/.test(base64)) yield Buffer.from(base64.replaceAll('+', '-').replaceAll('/', '_'));
  }
}

function* printedForms(piece: Buffer): Generator<Buffer> {
  yield piece;
  const onTerminal = terminalLines(piece);
  if (onTerminal.length > piece.length) yield onTerminal;
  const text = piece.toString('utf8');
  if (text.includes('\ufffd')) return;
  yield Buffer.from(encodeURIComponent(text));
  yield Buffer.from(JSON.stringify(text).slice(1, -1));
}

/** What a terminal makes of line ends (`onlcr`). */
function terminalLines(piece: Buffer): Buffer {
  if (!piece.includes(0x0a)) return piece;
  return Buffer.from(piece.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}

/** The characters that depend on the value alone, for 0, 1 and 2 bytes before it. */
function base64Forms(piece: Buffer): string[] {
  const inside = [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), piece]).toString('base64');
    const from = before === 0 ? 0 : before + 1;
    return encoded.slice(from, Math.floor(((before + piece.length) * 8) / 6));
  });
  // Encoded alone, its last character belongs to the value too.
  return [piece.toString('base64').replace(/=+$/, ''), ...inside];
}
