import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../request/json-value.ts';
import { holdsToken, replaceTokens, tokensIn } from '../tokens/mask-text.ts';
import { documentsOf } from './manifest-documents.ts';
import { type ReleaseValue, UNREAD } from './mask-release.ts';
import { readOrdinaryYaml } from './ordinary-yaml.ts';
import { rewriteTexts } from './rewrite-texts.ts';

/** What a token of a release stands for; undefined where no live revision of the release has it. */
export type ReleaseValueFor = (token: string) => ReleaseValue | undefined;

/** A release with its values put back. */
export interface RestoredRelease {
  readonly release: JsonObject;
  /** Fields with tokens that nothing is known of. */
  readonly unknown: ReadonlyArray<{ readonly field: string; readonly tokens: readonly string[] }>;
}

/**
 * Puts the values back for which the tokens in a release stand: those that were masked in it, and those that helm
 * rendered into a manifest from masked values.
 */
export function restoreRelease(release: JsonObject, valueFor: ReleaseValueFor): RestoredRelease {
  const unknown: Array<{ field: string; tokens: readonly string[] }> = [];
  const restore = (value: JsonValue, key: string, field: string): JsonValue => {
    if (typeof value === 'string') {
      if (!holdsToken(value)) return value;
      const whole = valueFor(value);
      if (whole !== undefined) return whole.isNumber ? new JsonNumber(whole.bytes.toString()) : whole.bytes.toString();
      const restored = key === 'manifest' ? restoreManifest(value, valueFor) : restoreText(value, valueFor);
      if (holdsToken(restored)) unknown.push({ field, tokens: tokensIn(restored) });
      return restored;
    }
    if (isJsonObject(value)) {
      for (const name of value.keys()) {
        if (holdsToken(name)) unknown.push({ field, tokens: tokensIn(name) });
      }
      return new Map([...value].map(([name, inner]) => [name, restore(inner, name, `${field}.${name}`)]));
    }
    if (!Array.isArray(value)) return value;
    return (value as readonly JsonValue[]).map((inner, index) => restore(inner, key, `${field}[${index}]`));
  };
  return { release: restore(release, '', 'data.release') as JsonObject, unknown };
}

/** A text with the values in the place of tokens, those inside base64 too. */
export function restoreText(text: string, valueFor: ReleaseValueFor): string {
  return replaceTokens(text, (token) => valueFor(token)?.bytes).text;
}

/** A word that means the same in YAML whatever stands around it. */
const WORD = /^[\w.+/=@:-]*$/;

/**
 * The same for YAML. Where a value would not be read as itself (a key of several lines, a quote), the text that holds
 * it is written in double quotes, which take anything.
 */
function restoreManifest(manifest: string, valueFor: ReleaseValueFor): string {
  let restored = '';
  let from = 0;
  for (const { text, start } of documentsOf(manifest)) {
    restored += manifest.slice(from, start) + restoreDocument(text, valueFor);
    from = start + text.length;
  }
  return restored + manifest.slice(from);
}

function restoreDocument(text: string, valueFor: ReleaseValueFor): string {
  if (!holdsToken(text)) return text;
  const isPlain = (token: string): boolean => {
    const value = valueFor(token);
    return (
      value === undefined ||
      value.field.endsWith('#source') ||
      value.field === UNREAD ||
      WORD.test(value.bytes.toString('latin1'))
    );
  };
  // Tokens inside base64 stay inside it.
  if ((text.match(TOKEN) ?? []).every(isPlain)) return restoreText(text, valueFor);
  const rewritten = rewriteTexts(text, (value, source) => {
    if (!holdsToken(value)) return null;
    const restored = restoreText(value, valueFor);
    const inPlace = restoreText(source, valueFor);
    const readsItself = (source.match(TOKEN) ?? []).every((token) => isPlain(token) || fitsIn(source, token, valueFor));
    return readsItself ? inPlace : JSON.stringify(restored);
  });
  return restoreText(rewritten ?? text, valueFor);
}

/** Whether a value may stand in the place of its token as it is: a block takes any line, quotes all but themselves. */
function fitsIn(source: string, token: string, valueFor: ReleaseValueFor): boolean {
  const value = valueFor(token)?.bytes.toString('utf8') ?? '';
  if (/[\r\n\ufffd]/.test(value)) return false;
  if (source.startsWith('|')) return true;
  if (source.startsWith('"')) return !/["\\]/.test(value);
  if (source.startsWith("'")) return !value.includes("'");
  // In braces, where least may stand bare; and as the whole text, because what is around it is not looked at.
  const list = source === token ? readOrdinaryYaml(`- [${value}]`) : undefined;
  const [item] = list?.kind === 'list' && list.items[0]?.kind === 'list' ? list.items[0].items : [];
  return item?.kind === 'scalar' && item.literal && item.value === value && item.start === 3;
}

const TOKEN = /gatehouse-masked\.v1\.[\w-]{1,32}\.[\w-]{22}/g;
