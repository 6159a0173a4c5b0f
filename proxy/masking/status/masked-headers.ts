import { Refusal } from '../../refusal.ts';
import { holdsNamesOnly, WITHHELD } from './redact-status.ts';

type HeaderLine = readonly [name: string, value: string];

/** Headers that speak about the exact bytes of the answer, which are not those that the client gets. */
const ABOUT_BYTES: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-md5',
  'content-digest',
  'repr-digest',
  'digest',
  'etag',
  'last-modified',
  'accept-ranges',
  'content-range',
  'trailer',
]);

export interface MaskedHeaderOptions {
  /** Bytes of the masked body; null where it is not known, as for a watch. */
  readonly contentLength: number | null;
  /** `status` for an error, whose body is a Status that we wrote; otherwise what the plan says. */
  readonly body?: 'document' | 'watch' | 'status' | 'text' | 'none';
  /** Makes the text of a warning safe; left out where only what is made of names alone may stay. */
  readonly redact?: ((text: string) => string) | null;
}

/**
 * The response headers for a masked body. A 304 has no body and keeps its own headers: an added Content-Type would
 * overwrite that of the copy which the client holds.
 * @throws {Refusal} `response-not-maskable` when the body is not plain JSON.
 */
export function maskedHeaders(headers: readonly HeaderLine[], options: MaskedHeaderOptions): HeaderLine[] {
  const { contentLength, body = 'document' } = options;
  if (body === 'document' || body === 'watch') assertPlainJson(headers);
  const kept: HeaderLine[] = [];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (ABOUT_BYTES.has(lower)) continue;
    if (lower === 'content-type' && body === 'status') continue;
    if (lower === 'warning')
      kept.push([name, options.redact ? redactedWarning(value, options.redact) : redactWarning(value)]);
    else kept.push([name, value]);
  }
  if (body === 'status') kept.push(['Content-Type', 'application/json']);
  if (contentLength !== null) kept.push(['Content-Length', String(contentLength)]);
  return withoutRepeatedWarnings(kept);
}

function assertPlainJson(headers: readonly HeaderLine[]): void {
  const all = (wanted: string) => headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value);
  const types = all('content-type');
  const type = types[0]?.split(';')[0]?.trim().toLowerCase();
  if (types.length !== 1 || type !== 'application/json') {
    throw new Refusal(
      'response-not-maskable',
      'The answer was withheld, because it has to be masked and the API server sent something other than JSON',
    );
  }
  if (all('content-encoding').some((value) => value.trim().toLowerCase() !== 'identity')) {
    throw new Refusal(
      'response-not-maskable',
      'The answer was withheld, because it has to be masked and the API server sent it compressed',
    );
  }
}

/**
 * Warnings of the API server whose text is made of field names and versions. All others may quote a value: an admission
 * policy's `messageExpression` or a webhook can put the Secret into its warning.
 */
const SAFE_WARNING =
  /^299 \S+ "(?:(?:unknown|duplicate) field \\"[-\w.[\]]{1,200}\\"|[a-z0-9./]{1,80} [A-Za-z]{1,63} is deprecated in v[0-9.]+\+(?:, unavailable in v[0-9.]+\+)?(?:; use [a-z0-9./]{1,80} [A-Za-z]{1,63})?)"$/;

function redactWarning(value: string): string {
  const text = /^299 \S+ "(.*)"$/.exec(value)?.[1];
  const keeps = SAFE_WARNING.test(value) || (text !== undefined && holdsNamesOnly(text));
  return keeps ? value : `299 - "a warning of the cluster: ${WITHHELD}"`;
}

/** The headers of an answer whose body is sent as it came: only its warnings are looked at. */
export function withSafeWarnings(headers: readonly HeaderLine[], redact: (text: string) => string): HeaderLine[] {
  return headers.map(([name, value]) =>
    name.toLowerCase() === 'warning' ? [name, redactedWarning(value, redact)] : [name, value],
  );
}

/** The text of a header is UTF-8 in Latin-1 characters, as Node reads it, and quoted. */
function redactedWarning(value: string, redact: (text: string) => string): string {
  const match = /^(\d{3} \S+ )"((?:[^"\\]|\\.)*)"(.*)$/s.exec(value);
  const [, head = '', quoted = value, tail = ''] = match ?? [];
  const text = Buffer.from(match === null ? quoted : quoted.replace(/\\(.)/gs, '$1'), 'latin1').toString('utf8');
  const redacted = redact(text);
  if (redacted === text) return value;
  const bytes = Buffer.from(redacted.replace(/["\\]/g, '\\$&'), 'utf8').toString('latin1');
  return match === null ? `299 - "${bytes}"` : `${head}"${bytes}"${tail}`;
}

function withoutRepeatedWarnings(headers: readonly HeaderLine[]): HeaderLine[] {
  const seen = new Set<string>();
  return headers.filter(([name, value]) => {
    if (name.toLowerCase() !== 'warning') return true;
    if (seen.has(value)) return false;
    seen.add(value);
    return true;
  });
}
