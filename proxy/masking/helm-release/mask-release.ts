import { isJsonObject, JsonNumber, type JsonObject, type JsonValue } from '../../request/json-value.ts';
import { joinField } from '../values/field-path.ts';
import { isDistinctive, KnownValues } from '../values/known-values.ts';
import { documentsOf, type ManifestDocument } from './manifest-documents.ts';
import { type ManifestValue, valuesOf } from './manifest-values.ts';
import { openRelease } from './release-text.ts';
import { credentialPartsIn, credentialsIn } from './release-values.ts';

/** A value inside a release, and what it is written as. */
export interface ReleaseValue {
  /** E.g. `release.config.database.password`. */
  readonly field: string;
  readonly bytes: Buffer;
  /** It stood there as a number. */
  readonly isNumber: boolean;
}

/** Makes the token for a value. The same field and value must give the same token: revisions are compared by it. */
export type TokenForRelease = (value: ReleaseValue) => string;

/** A document of a manifest that cannot be read with certainty: its token stands for its text. */
export const UNREAD = 'release.manifest.unread';

/** Shorter values are not looked for in other texts. */
const SHORTEST = 6;

/** Fields of a release that name it and say how it is; helm works by them, and they hold nothing else. */
const NAMES: ReadonlySet<string> = new Set(['name', 'namespace', 'version', 'apply_method']);

/**
 * Masks the credentials in a helm release and leaves it one that helm reads. A value gets one token wherever it stands,
 * so that a chart that is rendered with masks gives the manifest that is shown masked:
 *
 * - `config` and `chart.values`: by the name of the key, and by the value's own form;
 * - Secrets in `manifest` and in the hooks: every value, in its place in the YAML;
 * - everything else there: what the built-in policy looks for in such objects themselves;
 * - every other text (notes, templates, files, other manifests): where one of those values occurs in it. A value that is
 *   an ordinary word is looked for in the notes only.
 */
export function maskRelease(release: JsonObject, tokenFor: TokenForRelease): JsonObject {
  return new ReleaseMasker(tokenFor).mask(release);
}

/**
 * The same for the text that helm stores.
 * @returns null where it is no release that can be read: helm cannot read it either.
 */
export function maskReleaseText(text: string, tokenFor: TokenForRelease): string | null {
  const opened = openRelease(text);
  return opened === null ? null : opened.seal(maskRelease(opened.release, tokenFor));
}

class ReleaseMasker {
  readonly #tokenFor: TokenForRelease;
  readonly #tokens = new Map<string, string>();
  readonly #values = new Map<string, readonly ManifestValue[] | null>();
  readonly #everywhere = new KnownValues();
  readonly #inNotes = new KnownValues();

  constructor(tokenFor: TokenForRelease) {
    this.#tokenFor = tokenFor;
  }

  mask(release: JsonObject): JsonObject {
    const chart = release.get('chart');
    const values = isJsonObject(chart) ? chart.get('values') : undefined;
    for (const [value, field] of [
      [release.get('config'), 'release.config'],
      [values, 'release.chart.values'],
    ] as const) {
      for (const found of credentialsIn(value, field))
        this.#note(found.field, Buffer.from(found.value), found.isNumber);
      for (const text of textsIn(value)) {
        for (const { start, end } of credentialPartsIn(text)) {
          this.#note(`${field}.part`, Buffer.from(text.slice(start, end)));
        }
      }
    }
    const manifests = this.#manifestsOf(release).map(documentsOf);
    // First all of them: a value of the last Secret may stand in the first document.
    for (const documents of manifests) for (const document of documents) this.#readDocument(document);
    const masked = new Map<string, JsonValue>();
    for (const [key, value] of release) {
      if (NAMES.has(key)) masked.set(key, value);
      else if (key === 'config') masked.set(key, this.#chartValues(value, 'release.config'));
      else if (key === 'manifest' && typeof value === 'string') masked.set(key, this.#manifest(value));
      else if (key === 'info') masked.set(key, this.#texts(value, this.#inNotes));
      else if (key === 'hooks') masked.set(key, this.#hooks(value));
      else if (key === 'chart' && isJsonObject(value)) {
        const parts = [...value].map(([name, part]): [string, JsonValue] => [
          name,
          name === 'values' ? this.#chartValues(part, 'release.chart.values') : this.#texts(part, this.#everywhere),
        ]);
        masked.set(key, new Map(parts));
      } else masked.set(key, this.#texts(value, this.#everywhere));
    }
    return masked;
  }

  #manifestsOf(release: JsonObject): string[] {
    const hooks = release.get('hooks');
    const list = Array.isArray(hooks) ? (hooks as readonly JsonValue[]) : [];
    const texts = list.map((hook) => (isJsonObject(hook) ? hook.get('manifest') : null));
    return [release.get('manifest'), ...texts].filter((text) => typeof text === 'string');
  }

  /** The token of a value; made where the value is met first. */
  #note(field: string, bytes: Buffer, isNumber = false): string {
    const id = `${isNumber ? '#' : ''}${bytes.toString('latin1')}`;
    const known = this.#tokens.get(id);
    if (known !== undefined) return known;
    const token = this.#tokenFor({ field: isNumber ? `${field}#number` : field, bytes, isNumber });
    this.#tokens.set(id, token);
    if (bytes.length >= SHORTEST) this.#inNotes.add(bytes);
    if (bytes.length >= SHORTEST && isDistinctive(bytes)) this.#everywhere.add(bytes);
    return token;
  }

  /** Read once: YAML is slow. Positions are in the document. */
  #valuesIn(text: string): readonly ManifestValue[] | null {
    const known = this.#values.get(text);
    if (known !== undefined) return known;
    const values = valuesOf({ text, start: 0 });
    this.#values.set(text, values);
    return values;
  }

  #readDocument({ text }: ManifestDocument): void {
    for (const { field, value, base64 } of this.#valuesIn(text) ?? []) {
      if (value !== '') this.#note(`release.${field}`, base64 ? decoded(value) : Buffer.from(value));
    }
  }

  /** Values of a chart: those that are known whole, others where something known stands in them. */
  #chartValues(value: JsonValue, field: string): JsonValue {
    const own = new Set([...credentialsIn(value, field)].map((found) => found.field));
    return this.#valuesAt(value, field, own);
  }

  #valuesAt(value: JsonValue, field: string, own: ReadonlySet<string>): JsonValue {
    if (typeof value === 'string') {
      if (own.has(field)) return this.#note(field, Buffer.from(value));
      return this.#partsReplaced(value, `${field}.part`);
    }
    if (value instanceof JsonNumber) {
      return own.has(field) ? this.#note(field, Buffer.from(value.text), true) : value;
    }
    if (isJsonObject(value)) {
      return new Map([...value].map(([key, inner]) => [key, this.#valuesAt(inner, joinField(field, key), own)]));
    }
    if (!Array.isArray(value)) return value;
    return (value as readonly JsonValue[]).map((inner, index) => this.#valuesAt(inner, `${field}[${index}]`, own));
  }

  /** A text with the credentials in it masked, words too, and what is known to be one elsewhere. */
  #partsReplaced(text: string, field: string): string {
    let masked = '';
    let from = 0;
    for (const { start, end } of credentialPartsIn(text)) {
      masked += this.#replace(text.slice(from, start), this.#everywhere);
      masked += this.#note(field, Buffer.from(text.slice(start, end)));
      from = end;
    }
    return masked + this.#replace(text.slice(from), this.#everywhere);
  }

  #hooks(value: JsonValue): JsonValue {
    if (!Array.isArray(value)) return this.#texts(value, this.#everywhere);
    return (value as readonly JsonValue[]).map((hook) => {
      if (!isJsonObject(hook)) return this.#texts(hook, this.#everywhere);
      const parts = [...hook].map(([key, part]): [string, JsonValue] => {
        if (key === 'manifest' && typeof part === 'string') return [key, this.#manifest(part)];
        return [key, this.#texts(part, this.#everywhere)];
      });
      return new Map(parts);
    });
  }

  #manifest(manifest: string): string {
    let masked = '';
    let from = 0;
    for (const document of documentsOf(manifest)) {
      masked += manifest.slice(from, document.start) + this.#document(document);
      from = document.start + document.text.length;
    }
    return masked + manifest.slice(from);
  }

  #document({ text }: ManifestDocument): string {
    const values = this.#valuesIn(text);
    // A document that has to be read and cannot be is replaced whole.
    if (values === null) return text.replace(text.trim(), () => this.#note(UNREAD, Buffer.from(text.trim())));
    let masked = '';
    let from = 0;
    for (const found of [...values].sort((a, b) => a.start - b.start || b.end - a.end)) {
      if (found.value === '' || found.start < from) continue;
      masked += this.#replace(text.slice(from, found.start), this.#everywhere);
      masked += this.#written(found);
      from = found.end;
    }
    return masked + this.#replace(text.slice(from), this.#everywhere);
  }

  #written({ field, value, source, base64, literal }: ManifestValue): string {
    const bytes = base64 ? decoded(value) : Buffer.from(value);
    const canonical = !base64 || bytes.toString('base64') === value;
    const at = `release.${field}`;
    // What is written with escapes, or over several lines, comes back exactly as it was written.
    if (!literal || !canonical) return this.#note(`${at}#source`, Buffer.from(source));
    const token = this.#note(at, bytes);
    return base64 ? Buffer.from(token).toString('base64') : token;
  }

  /** Any other part of the release: known values in its texts, those in base64 (templates, files) among them. */
  #texts(value: JsonValue, known: KnownValues): JsonValue {
    if (typeof value === 'string') return this.#replaceDeep(value, known);
    if (isJsonObject(value)) return new Map([...value].map(([key, inner]) => [key, this.#texts(inner, known)]));
    if (!Array.isArray(value)) return value;
    return (value as readonly JsonValue[]).map((inner) => this.#texts(inner, known));
  }

  #replaceDeep(text: string, known: KnownValues): string {
    if (text.length < 16 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return this.#replace(text, known);
    const plain = decoded(text);
    const inner = plain.toString('utf8');
    if (Buffer.from(inner).length !== plain.length || plain.toString('base64') !== text)
      return this.#replace(text, known);
    const masked = this.#replace(inner, known);
    return masked === inner ? text : Buffer.from(masked).toString('base64');
  }

  #replace(text: string, known: KnownValues): string {
    if (text.length < SHORTEST) return text;
    let replaced = '';
    let from = 0;
    for (const { start, end } of known.find(text)) {
      const found = text.slice(start, end);
      // As it stands: in base64 or escaped it is another text, and comes back as that.
      replaced += text.slice(from, start) + this.#form(found);
      from = end;
    }
    return from === 0 ? text : replaced + text.slice(from);
  }

  #form(text: string): string {
    return this.#tokens.get(Buffer.from(text).toString('latin1')) ?? this.#note('release.text', Buffer.from(text));
  }
}

function decoded(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

function* textsIn(value: JsonValue | undefined): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (isJsonObject(value)) for (const inner of value.values()) yield* textsIn(inner);
  else if (Array.isArray(value)) for (const inner of value as readonly JsonValue[]) yield* textsIn(inner);
}
