import { LAST_APPLIED, type MaskRules } from './mask-rules.ts';
import { type MaskKey, maskToken } from './mask-token.ts';
import type { OnMasked } from './masked-value.ts';

/** Which object a value belongs to. */
export interface ObjectIdentity {
  readonly namespace: string;
  readonly name: string;
}

/** A value that waits for its object's end: its token needs the name, which may come last. Positions in the stream. */
export interface WaitingValue {
  readonly start: number;
  readonly end: number;
  readonly escaped: boolean;
  /** The map that holds it, e.g. `data`; null for an annotation. */
  readonly map: string | null;
  readonly key: string;
}

/** What is known so far of an object whose end has not come. */
export interface OpenObject {
  kind: string | null;
  name: string | null;
  namespace: string | null;
  type: string;
  ownedByHelm: boolean;
  readonly waiting: WaitingValue[];
}

export function newOpenObject(): OpenObject {
  return { kind: null, name: null, namespace: null, type: '', ownedByHelm: false, waiting: [] };
}

export interface ReplacementOptions {
  readonly key: MaskKey;
  readonly rules: MaskRules;
  /** The bytes at a position of the stream. */
  readonly read: (start: number, end: number) => Buffer;
  readonly readText: (start: number, end: number) => string;
  /** Masks inside the value of a last-applied annotation; null where nothing had to be masked. */
  readonly maskLastApplied: (value: Buffer, identity: ObjectIdentity) => Buffer | null;
  readonly onMasked: OnMasked | null;
}

/**
 * What is written between the quotes of a value; null where the value may stay.
 *
 * Values of structured types (`kubernetes.io/dockerconfigjson`, TLS pairs) get the same flat token: a client that reads
 * their inner format fails on it, which is loud, and nothing leaks.
 */
export function replacement(
  { start, end, escaped, map, key }: WaitingValue,
  identity: ObjectIdentity,
  { rules, read, readText, maskLastApplied, onMasked, key: maskKey }: ReplacementOptions,
): Buffer | null {
  const value = escaped ? Buffer.from(unescapeString(readText(start, end))) : read(start, end);
  if (map === null && key === LAST_APPLIED) return maskLastApplied(value, identity);
  const fieldPath = map === null ? `metadata.annotations[${key}]` : `${map}.${key}`;
  const token = maskToken(maskKey, { kindClass: rules.kindClass, ...identity, fieldPath }, value);
  // Typed clients refuse a Secret whose data is not base64.
  const base64 = map !== null && rules.maps.get(map)?.base64 === true;
  onMasked?.({ identity, field: fieldPath, token, plain: value, base64 });
  return Buffer.from(base64 ? Buffer.from(token).toString('base64') : token);
}

/** The text of one string literal whose escapes the scanner has checked. */
export function unescapeString(raw: string): string {
  return JSON.parse(`"${raw}"`) as string;
}

/** The answer holds values of a helm release, and the request may be helm's own. */
export class HelmRelease extends Error {
  override readonly name = 'HelmRelease';
  readonly secret: string;

  constructor(secret: string) {
    super('the answer holds a helm release');
    this.secret = secret;
  }
}

export function isHelmRelease({ type, ownedByHelm }: OpenObject, name: string): boolean {
  return type === 'helm.sh/release.v1' || ownedByHelm || name.startsWith('sh.helm.release.v1.');
}
