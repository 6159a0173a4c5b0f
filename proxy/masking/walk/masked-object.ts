import type { Range } from '../../patterns/credential-shapes.ts';
import { findCredentials, type ValueContext } from '../../patterns/value-patterns.ts';
import { maskReleaseText } from '../helm-release/mask-release.ts';
import { releaseNameOf } from '../helm-release/release-text.ts';
import type { MaskRule, MaskRules } from '../plan/mask-rules.ts';
import { escapeString, unescapeString } from '../scan/escaped-text.ts';
import { LAST_APPLIED, type MaskForm } from '../tokens/mask-form.ts';
import {
  isTokenOfAnotherKey,
  MASK_PREFIX,
  type MaskKey,
  maskToken,
  REDACTED,
  tokenInBase64,
} from '../tokens/mask-token.ts';
import type { OnMasked } from '../tokens/masked-value.ts';
import type { ObjectIdentity } from '../tokens/object-identity.ts';
import type { ObjectTokens } from '../tokens/object-tokens.ts';
import { isDockerConfig, maskDockerConfig } from '../values/docker-config.ts';
import { fieldPath, type PathFrame } from '../values/field-path.ts';
import { distinctiveValues, isDistinctive } from '../values/known-values.ts';
import { mayWrapText } from '../values/text-views.ts';

/** A range of a text, and what becomes of it. */
export interface MaskedPart extends Range {
  readonly as: MaskForm;
}

/** How a value is masked once its object's name is known. */
export type Masking =
  | { readonly kind: 'whole'; readonly as: MaskForm }
  /** Only the parts that look like credentials. */
  | { readonly kind: 'parts'; readonly text: string; readonly parts: readonly MaskedPart[] }
  /** The value is the JSON text of an object, masked from within. */
  | { readonly kind: 'copy' }
  /** An entry's value came before its name: what becomes of it is not known yet. */
  | { readonly kind: 'undecided' };

/** A value that waits for its object's end: its token needs the name, which may come last. Positions in the stream. */
export interface WaitingValue {
  readonly start: number;
  readonly end: number;
  readonly escaped: boolean;
  /** What holds it, and under which key or index. */
  readonly frame: PathFrame;
  readonly slot: string | number;
  readonly annotation: boolean;
  /** The field holds base64. */
  readonly base64: boolean;
  masking: Masking;
}

/** What is known so far of an object whose end has not come. */
export interface OpenObject {
  kind: string | null;
  name: string | null;
  namespace: string | null;
  /** Where its metadata stands. */
  metadata: { readonly start: number; readonly end: number } | null;
  /** How often its beginning is held until its end. */
  held: number;
  /** An annotation may wrap another text; one may name a key of the object's data. */
  wrapsText: boolean;
  saysPairs: boolean;
  readonly waiting: WaitingValue[];
}

export function newOpenObject(): OpenObject {
  return {
    kind: null,
    name: null,
    namespace: null,
    metadata: null,
    held: 0,
    wrapsText: false,
    saysPairs: false,
    waiting: [],
  };
}

export interface ReplacementOptions {
  readonly key: MaskKey;
  readonly rules: MaskRules;
  /** The bytes at a position of the stream. */
  readonly read: (start: number, end: number) => Buffer;
  readonly readText: (start: number, end: number) => string;
  readonly readKey: (start: number, end: number) => string;
  readonly tokens: ObjectTokens;
  /** What is masked is the copy of an object inside it. */
  readonly isCopy: boolean;
  readonly onMasked: OnMasked | null;
}

/** What is written between the quotes of a value, a text where it is ASCII; null where the value may stay. */
export function replacement(
  value: WaitingValue,
  identity: ObjectIdentity,
  options: ReplacementOptions,
): Buffer | string | null {
  const { read, readText } = options;
  const { start, end, escaped, frame, slot, base64, masking } = value;
  if (masking.kind === 'undecided' || masking.kind === 'copy') return null;
  if (masking.kind === 'parts') return spliced(masking, value, identity, options);
  const plain = escaped ? Buffer.from(unescapeString(readText(start, end))) : read(start, end);
  const field = fieldPath(frame, slot);
  if (options.rules.strict && typeof slot === 'string' && isDockerConfig(slot)) {
    const text = base64 ? Buffer.from(plain.toString('latin1'), 'base64').toString('utf8') : plain.toString('utf8');
    const masked = maskDockerConfig(text, slot, field, (leaf, inner) =>
      written({ field: leaf, plain: inner, base64: false, as: masking.as }, identity, options),
    );
    if (masked !== null) return base64 ? Buffer.from(Buffer.from(masked).toString('base64')) : escapeString(masked);
  }
  if (slot === 'release') {
    const release = releaseText(plain.toString('latin1'), masking.as, identity, options);
    if (release !== null) return Buffer.from(release);
  }
  const token = written({ field, plain, base64, as: masking.as }, identity, options);
  // Typed clients refuse a Secret whose data is not base64.
  return base64 ? tokenInBase64(token) : token;
}

/**
 * A helm release, masked from within: helm drops one that it cannot decode, and takes its chart for not installed. Its
 * tokens are those of the release and not of one revision, because helm copies values from revision to revision.
 */
function releaseText(
  text: string,
  as: MaskForm,
  { namespace, name }: ObjectIdentity,
  options: ReplacementOptions,
): string | null {
  const release = { namespace, name: releaseNameOf(name) };
  return maskReleaseText(text, ({ field, bytes }) =>
    written({ field, plain: bytes, base64: false, as }, release, options),
  );
}

/** The value with its parts masked; the rest of it stays. */
function spliced(
  { text, parts }: { readonly text: string; readonly parts: readonly MaskedPart[] },
  { frame, slot }: WaitingValue,
  identity: ObjectIdentity,
  options: ReplacementOptions,
): Buffer {
  const field = fieldPath(frame, slot);
  let masked = '';
  let from = 0;
  for (const { start, end, as } of parts) {
    const plain = Buffer.from(text.slice(start, end));
    masked += text.slice(from, start) + written({ field, plain, base64: false, as }, identity, options);
    from = end;
  }
  return escapeString(masked + text.slice(from));
}

interface Writing {
  readonly field: string;
  readonly plain: Buffer;
  readonly base64: boolean;
  readonly as: MaskForm;
}

/** Makes the token and tells those who want to know. */
function written(
  { field, plain, base64, as }: Writing,
  identity: ObjectIdentity,
  { key, rules, onMasked, tokens, isCopy }: ReplacementOptions,
): string {
  if (beginsLikeToken(plain, base64)) {
    const decoded = decode(plain, base64);
    if (isTokenOfAnotherKey(decoded, key.kid)) return decoded.toString('latin1');
  }
  let token = isCopy || as === 'redact' ? null : tokens.find(identity, field, plain);
  // Where the copy had the same value it was seen there.
  if (rules.seen !== null && token === null) {
    const decoded = decode(plain, base64);
    // What is no Secret's is a guess: an ordinary word must not be taken out of every log because a variable holds it.
    if (rules.strict || isDistinctive(decoded)) rules.seen.add(decoded);
  }
  if (as === 'redact') return REDACTED;
  if (token === null) {
    const { namespace, name } = identity;
    token = maskToken(key, { kindClass: rules.kindClass, namespace, name, fieldPath: field }, plain);
    if (isCopy) tokens.keep(identity, field, plain, token);
  }
  onMasked?.({ identity, field, token, plain, base64 });
  return token;
}

function decode(plain: Buffer, base64: boolean): Buffer {
  return base64 ? Buffer.from(plain.toString('latin1'), 'base64') : plain;
}

const FIRST_OF_TOKEN = MASK_PREFIX.charCodeAt(0);
const FIRST_OF_ENCODED_TOKEN = btoa(MASK_PREFIX).charCodeAt(0);

/** Nearly no value does, and to decode each to look for a token costs more than the rest of its mask. */
function beginsLikeToken(plain: Buffer, base64: boolean): boolean {
  return plain[0] === (base64 ? FIRST_OF_ENCODED_TOKEN : FIRST_OF_TOKEN);
}

/** The parts of a value that rules with patterns take for credentials. */
export function partsOf(
  text: string,
  context: ValueContext,
  inspections: readonly MaskRule[],
  { seen }: MaskRules,
): readonly MaskedPart[] {
  const known = seen === null || seen.isEmpty ? null : (value: string) => distinctiveValues(seen).find(value);
  const parts: MaskedPart[] = [];
  for (const { patterns, as } of inspections) {
    if (patterns === null) continue;
    for (const { start, end } of findCredentials(text, context, patterns, known)) parts.push({ start, end, as });
  }
  if (inspections.length < 2 || parts.length < 2) return parts;
  const apart: MaskedPart[] = [];
  for (const part of parts.sort((a, b) => a.start - b.start)) {
    const last = apart.at(-1);
    if (last === undefined || part.start >= last.end) apart.push(part);
    else {
      const as = last.as === 'redact' || part.as === 'redact' ? 'redact' : 'token';
      apart[apart.length - 1] = { start: last.start, end: Math.max(last.end, part.end), as };
    }
  }
  return apart;
}

/** A text with everything that rules with patterns find in it redacted; null where they find nothing. */
export function redactText(text: string, inspections: readonly MaskRule[], rules: MaskRules): string | null {
  const parts = partsOf(text, { name: null, flag: null }, inspections, rules);
  if (parts.length === 0) return null;
  let redacted = '';
  let from = 0;
  for (const { start, end } of parts) {
    redacted += text.slice(from, start) + REDACTED;
    from = end;
  }
  return redacted + text.slice(from);
}

/** Remembers of an annotation what says that it has to be looked into when the object's values are known. */
export function noteAnnotation(object: OpenObject, written: Buffer): void {
  object.wrapsText ||= mayWrapText(written, 0, written.length);
  object.saysPairs ||= written.includes(0x3a) || written.includes(0x3d);
}

/** The token for a text that holds one of its object's own values. The text is not looked for elsewhere. */
export function textToken(
  field: string,
  plain: Buffer,
  as: MaskForm,
  identity: ObjectIdentity,
  { key, rules, onMasked }: ReplacementOptions,
): string {
  if (as === 'redact') return REDACTED;
  const { namespace, name } = identity;
  const token = maskToken(key, { kindClass: rules.kindClass, namespace, name, fieldPath: field }, plain);
  onMasked?.({ identity, field, token, plain, base64: false });
  return token;
}

/** The annotations that hold the text of an object: what client-side apply and its likes keep. */
export function holdsCopy(key: string, value: Buffer, rules: MaskRules): boolean {
  if (key === LAST_APPLIED) return true;
  if (value[0] !== 0x7b) return false;
  if (rules.strict) return value.includes('data\\"') || value.includes('stringData\\"');
  return rules.inspections.length > 0 && (value.includes('containers\\"') || value.includes('env\\"'));
}
