import { createHmac } from 'node:crypto';

/** What every mask token starts with. Letters, digits, `.`, `_` and `-` only: it survives JSON, YAML and shells as it is. */
export const MASK_PREFIX = 'gatehouse-masked.v1.';

/** The HMAC key of mask tokens; `kid` says which key made a token. */
export interface MaskKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

/** The place of a masked value. Two equal values in different places get different tokens. */
export interface MaskedPlace {
  /** The resource with its group, e.g. `secrets`. */
  readonly kindClass: string;
  readonly namespace: string;
  readonly name: string;
  /** E.g. `data.password`. */
  readonly fieldPath: string;
}

/**
 * The token that stands for a value: `gatehouse-masked.v1.<kid>.<22 characters of base64url>`.
 *
 * It is the same each time for the same value in the same field of the same object, so that watches and `kubectl diff`
 * stay quiet and a rotation shows as a change; it is not the same across objects, so that it is no oracle for equal
 * values; and its length says nothing about the value's.
 */
export function maskToken({ kid, key }: MaskKey, place: MaskedPlace, value: Uint8Array): string {
  const mac = createHmac('sha256', key);
  // Each text with its length in front: no two lists of texts give the same bytes.
  let head = '';
  for (const text of [place.kindClass, place.namespace, place.name, place.fieldPath]) head += `${text.length}:${text},`;
  // 16 of 32 bytes: 128 bits.
  return `${MASK_PREFIX}${kid}.${mac.update(head).update(value).digest().toString('base64url', 0, 16)}`;
}

/** True for a key id that keeps a token inside its alphabet. */
export function isKeyId(kid: string): boolean {
  return /^[A-Za-z0-9_-]{1,32}$/.test(kid);
}

/** The prefix as bytes, and as it looks inside base64 wherever it starts: at each of the three alignments. */
const NEEDLES: readonly Buffer[] = [Buffer.from(MASK_PREFIX), ...[0, 1, 2].map(base64Core)];

/** The characters of base64 that depend on nothing but the prefix, when `before` other bytes of a group of three precede it. */
function base64Core(before: number): Buffer {
  const encoded = Buffer.concat([Buffer.alloc(before), Buffer.from(MASK_PREFIX)])
    .toString('base64')
    .replace(/=+$/, '');
  const first = Math.ceil((before * 8) / 6);
  const last = Math.floor(((before + MASK_PREFIX.length) * 8) / 6);
  return Buffer.from(encoded.slice(first, last));
}

/** Whether bytes hold a mask token, plain or inside base64. Works on JSON, YAML and protobuf alike. */
export function containsMaskToken(bytes: Buffer): boolean {
  return NEEDLES.some((needle) => bytes.includes(needle));
}

/** The same for a text; Go's base64 decoder skips line breaks, so they hide nothing. */
export function textContainsMaskToken(text: string): boolean {
  const joined = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
  return NEEDLES.some((needle) => joined.includes(needle.toString('latin1')));
}
