import { createHash } from 'node:crypto';
import { canonicalJson, type JsonValue } from '../../request/canonical-json.ts';

/**
 * SHA-256 (hex) of what a part of a policy document says, read from its YAML without any default filled in: a default that
 * this program adds later must not change what earlier texts are known by. The order of keys and of lists says nothing in
 * the format, and a list of one may be written without brackets, so neither counts here.
 */
export function fingerprint(value: JsonValue): string {
  return createHash('sha256')
    .update(canonicalJson(ordered(value)))
    .digest('hex');
}

/** A comment line is known by its words: 12 hex digits, without `#` and the white space around them. */
export function commentFingerprint(line: string): string {
  return createHash('sha256').update(commentText(line)).digest('hex').slice(0, 12);
}

export function commentText(line: string): string {
  return line.trim().replace(/^#/, '').trim();
}

function ordered(value: JsonValue): JsonValue {
  if (Array.isArray(value)) {
    const entries = value.map(ordered);
    const [only] = entries;
    if (entries.length === 1 && only !== undefined) return only;
    return entries.toSorted((left, right) => (canonicalJson(left) < canonicalJson(right) ? -1 : 1));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, ordered(member)]));
}
