import { createHash, createHmac, hash } from 'node:crypto';

/** What every mask token starts with. Letters, digits, `.`, `_` and `-` only: it survives JSON, YAML and shells as it is. */
export const MASK_PREFIX = 'gatehouse-masked.v1.';

/** What stands for a value of which nothing may be said; it begins as a token does, so it is never written back. */
export const REDACTED = `${MASK_PREFIX}redacted`;

/** The HMAC key of mask tokens; `kid` says which key made a token. */
export interface MaskKey {
  readonly kid: string;
  readonly key: Uint8Array;
}

const ofClusters = new WeakMap<MaskKey, Map<string, MaskKey>>();

/** The key for one cluster: equal values under equal names in two clusters get tokens that do not show it. */
export function keyOfCluster(key: MaskKey, cluster: string): MaskKey {
  let keys = ofClusters.get(key);
  if (keys === undefined) {
    keys = new Map();
    ofClusters.set(key, keys);
  }
  let own = keys.get(cluster);
  if (own === undefined) {
    own = { kid: key.kid, key: createHmac('sha256', key.key).update(`cluster:${cluster}`).digest() };
    keys.set(cluster, own);
  }
  return own;
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
  const { kindClass, namespace, name, fieldPath } = place;
  // Each text with its length in front: no two lists of texts give the same bytes.
  const head = `${kindClass.length}:${kindClass},${namespace.length}:${namespace},${name.length}:${name},${fieldPath.length}:${fieldPath},`;
  return `${MASK_PREFIX}${kid}.${authenticate(key, head, value)}`;
}

/** The beginning of tokens with one key id as base64, as far as it does not depend on what follows. */
let encodedPrefix: { readonly prefix: string; readonly base64: string } = { prefix: '', base64: '' };

/** A token as a field that holds base64 has it. */
export function tokenInBase64(token: string): string {
  const dot = token.lastIndexOf('.') + 1;
  const aligned = dot - (dot % 3);
  if (encodedPrefix.prefix.length !== aligned || !token.startsWith(encodedPrefix.prefix)) {
    const prefix = token.slice(0, aligned);
    encodedPrefix = { prefix, base64: Buffer.from(prefix, 'latin1').toString('base64') };
  }
  return encodedPrefix.base64 + Buffer.from(token.slice(aligned), 'latin1').toString('base64');
}

const BLOCK = 64;
/** Longer values are hashed where they lie; copying them would cost more than it saves. */
const COPIED = 16 * 1024;
const KEPT_VIEWS = 1024;

/** The two halves of an HMAC (RFC 2104) with one key: its pads in front, room for what is hashed behind them. */
interface PreparedKey {
  readonly key: Uint8Array;
  readonly inner: Buffer;
  readonly outer: Buffer;
  /** The beginnings of `inner`, by their length. */
  readonly views: Array<Buffer | undefined>;
}

let prepared: PreparedKey | null = null;

/**
 * The first 16 of the 32 bytes of HMAC-SHA256, 128 bits, in base64url. `createHmac` makes three objects for each value and
 * takes three times as long as the two hashes that it comes to; a list has thousands of values.
 */
function authenticate(key: Uint8Array, head: string, value: Uint8Array): string {
  if (value.length > COPIED || head.length > COPIED) {
    return createHmac('sha256', key).update(head).update(value).digest().toString('base64url', 0, 16);
  }
  if (prepared?.key !== key) prepared = prepareKey(key);
  const { inner, outer, views } = prepared;
  const valueStart = BLOCK + inner.write(head, BLOCK);
  inner.set(value, valueStart);
  // Texts, because a result as a Buffer costs more than the hash.
  const length = valueStart + value.length;
  let hashed = views[length];
  if (hashed === undefined) {
    hashed = inner.subarray(0, length);
    // Most values are short, and to make a view costs a quarter of the hash.
    if (length < KEPT_VIEWS) views[length] = hashed;
  }
  outer.write(hash('sha256', hashed, 'binary'), BLOCK, 'latin1');
  const whole = hash('sha256', outer, 'base64url');
  return whole.slice(0, 21) + upperBits(whole.charCodeAt(21));
}

function prepareKey(key: Uint8Array): PreparedKey {
  const short = key.length > BLOCK ? createHash('sha256').update(key).digest() : key;
  // UTF-8 takes at most three bytes for each unit of a text's length.
  const inner = Buffer.alloc(BLOCK + 4 * COPIED);
  const outer = Buffer.alloc(BLOCK + 32);
  for (let at = 0; at < BLOCK; at += 1) {
    inner[at] = (short[at] ?? 0) ^ 0x36;
    outer[at] = (short[at] ?? 0) ^ 0x5c;
  }
  return { key, inner, outer, views: new Array<Buffer | undefined>(KEPT_VIEWS).fill(undefined) };
}

/** The 22nd character when it stands for the last two of 128 bits alone: its lower four bits belong to what is cut off. */
function upperBits(character: number): string {
  if (character >= 0x41 && character <= 0x50) return 'A';
  if ((character >= 0x51 && character <= 0x5a) || (character >= 0x61 && character <= 0x66)) return 'Q';
  return character >= 0x67 && character <= 0x76 ? 'g' : 'w';
}

/** True for a key id that keeps a token inside its alphabet. */
export function isKeyId(kid: string): boolean {
  return /^[A-Za-z0-9_-]{1,32}$/.test(kid);
}

const WHOLE_TOKEN = new RegExp(`^${MASK_PREFIX.replaceAll('.', '\\.')}([A-Za-z0-9_-]{1,32})\\.[A-Za-z0-9_-]{22}$`);
const LONGEST_TOKEN = MASK_PREFIX.length + 32 + 1 + 22;

/**
 * Whether a value is a token that another key made: the cluster is behind a gateway of its own, which masked it. It is
 * passed on as it is, so that who made it can put the value back.
 */
export function isTokenOfAnotherKey(value: Uint8Array, kid: string): boolean {
  if (value.length > LONGEST_TOKEN || value.length <= MASK_PREFIX.length) return false;
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const made = WHOLE_TOKEN.exec(bytes.toString('latin1'))?.[1];
  return made !== undefined && made !== kid;
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
