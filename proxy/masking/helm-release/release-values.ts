import { choosesSecret, isCredentialName, isNoCredential } from '../../patterns/credential-name.ts';
import { findShapes, type Range, SHAPES } from '../../patterns/credential-shapes.ts';
import { asFiles, compilePatterns, findCredentials } from '../../patterns/value-patterns.ts';
import { isJsonObject, JsonNumber, type JsonValue } from '../../request/json-value.ts';
import { joinField } from '../values/field-path.ts';

/** Keys below a credential's name that say something about it, and hold none: `secret.create`, `secrets[].name`. */
const ABOUT = /^(?:name|namespace|type|kind|create|enabled|annotations|labels|mountPath|path|key|keys|optional)$/i;

const ALL_SHAPES = new Set(SHAPES);
const FILES = asFiles(compilePatterns(['builtin:credentials']), 'by-text');

/** A text or number among a chart's values that holds a credential. */
export interface ReleaseCredential {
  readonly field: string;
  /** As text. */
  readonly value: string;
  readonly isNumber: boolean;
}

/**
 * The credentials among values (`config`, `chart.values`): by the name of the key, of one above it, or of an entry of a
 * list (`{name: DB_PASSWORD, value: …}`), and by their own form. Booleans and empty texts stay: templates branch on
 * them.
 */
export function* credentialsIn(
  value: JsonValue | undefined,
  field: string,
  named = false,
): Generator<ReleaseCredential> {
  if (typeof value === 'string') {
    if (named ? !isNoCredential('', value) : isWholeShape(value)) yield { field, value, isNumber: false };
  } else if (value instanceof JsonNumber) {
    if (named) yield { field, value: value.text, isNumber: true };
  } else if (isJsonObject(value)) {
    const name = value.get('name');
    const entryNamed = typeof name === 'string' && isCredentialName(name);
    for (const [key, inner] of value) {
      if (ABOUT.test(key) || choosesSecret(key, typeof inner === 'string' ? inner : '')) continue;
      const own = isCredentialName(key) || (key === 'value' && entryNamed);
      yield* credentialsIn(inner, joinField(field, key), named || own);
    }
  } else if (Array.isArray(value)) {
    for (const [index, inner] of (value as readonly JsonValue[]).entries()) {
      yield* credentialsIn(inner, `${field}[${index}]`, named);
    }
  }
}

function isWholeShape(text: string): boolean {
  const [first, second] = findShapes(text, ALL_SHAPES);
  return first !== undefined && second === undefined && first.start === 0 && first.end >= text.trimEnd().length;
}

/** The credentials inside longer texts among values: passwords in URLs, settings and keys in configuration files. */
export function credentialPartsIn(text: string): readonly Range[] {
  return findCredentials(text, { name: null, flag: null }, FILES, null);
}
