import { tokensIn } from '../masking/tokens/mask-text.ts';
import { isJsonObject, type JsonValue } from '../request/json-value.ts';
import { fieldOf, type Path } from './field-path.ts';
import { membersOf } from './members.ts';
import type { Source } from './source.ts';

/** Every text that the client does not see as it is. */
export function* maskedTexts(
  { masked, plain }: Source,
  path: Path = [],
): Generator<{ readonly path: Path; readonly masked: string; readonly plain: string }> {
  if (typeof masked === 'string' && typeof plain === 'string') {
    if (masked !== plain) yield { path, masked, plain };
  } else if (isJsonObject(masked) && isJsonObject(plain)) {
    for (const { key, plainKey, ...member } of membersOf({ masked, plain })) {
      if (key !== plainKey) yield { path: [...path, key], masked: key, plain: plainKey };
      yield* maskedTexts(member, [...path, key]);
    }
  } else if (Array.isArray(masked) && Array.isArray(plain)) {
    const list = plain as readonly JsonValue[];
    for (const [index, inner] of (masked as readonly JsonValue[]).entries()) {
      yield* maskedTexts({ masked: inner, plain: list[index] ?? null }, [...path, index]);
    }
  }
}

/** Whether anything in a part of an object is masked. */
export function isMasked(source: Source): boolean {
  return !maskedTexts(source).next().done;
}

/** The places in a list of words whose text is masked although a flag stands before it, so perhaps because of that flag. */
export function flaggedMasks({ masked, plain }: Source): Set<number> {
  const places = new Set<number>();
  if (!Array.isArray(masked) || !Array.isArray(plain)) return places;
  const words = masked as readonly JsonValue[];
  for (const [index, word] of words.entries()) {
    if (typeof word !== 'string' || word === (plain as readonly JsonValue[])[index]) continue;
    if (wordBefore(words, index)?.startsWith('-') === true) places.add(index);
  }
  return places;
}

/** The text before a place in a list, as a masker that passes over numbers sees it. */
export function wordBefore(list: readonly JsonValue[], index: number): string | null {
  for (let at = index - 1; at >= 0; at -= 1) {
    const word = list[at];
    if (typeof word === 'string') return word;
  }
  return null;
}

/** The field that a token stands in; one of the object's own before a copy of it in an annotation. */
export function fieldOfToken(source: Source, token: string): string | null {
  let copy: string | null = null;
  for (const { path, masked } of maskedTexts(source)) {
    if (!tokensIn(masked).includes(token)) continue;
    if (path[0] !== 'metadata') return fieldOf(path);
    copy ??= fieldOf(path);
  }
  return copy;
}
