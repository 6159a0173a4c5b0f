import { LAST_APPLIED } from '../masking/tokens/mask-form.ts';
import {
  compressedTokensIn,
  fromBase64,
  holdsText,
  holdsToken,
  isSameMask,
  tokensIn,
} from '../masking/tokens/mask-text.ts';
import { REDACTED } from '../masking/tokens/mask-token.ts';
import { goJsonText } from '../request/json-text.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../request/json-value.ts';
import { readStrictJson } from '../request/strict-json.ts';
import { fieldOf, isRelease, type Path } from './field-path.ts';
import { flaggedMasks, wordBefore } from './masked-fields.ts';
import { membersShownAs } from './members.ts';
import type { Source } from './source.ts';

/** A mask that could not be put back, and where it stands. */
export interface Unrestored {
  readonly field: string;
  readonly tokens: readonly string[];
}

/** A value that was put back, and where: for bodies that are spliced instead of written anew. */
export interface Restored {
  readonly path: Path;
  readonly text: string;
}

/**
 * What else may be done with a text that holds masks and equals none of its own field.
 * @returns the text to write, or null where nothing is known.
 */
export type RestoreElsewhere = (text: string, path: Path) => string | null;

/** Values from elsewhere than the same field, and what became of them there. */
export interface FromElsewhere {
  readonly restore: RestoreElsewhere;
  /** The fields that would show a value in clear, given what the client would be shown of what is written. */
  readonly shownIn: (shown: JsonValue) => Unrestored[];
}

export interface RestoreOptions {
  /** The object that is written is a Secret: its `stringData` is another way to write its `data`. */
  readonly isSecret: boolean;
  readonly onRestored?: (restored: Restored) => void;
  readonly elsewhere?: RestoreElsewhere | undefined;
}

/** Copies inside copies: last-applied of an object whose last-applied was applied. */
const MAX_COPIES = 3;

/**
 * Puts the values back for which the masks of a body stand. One rule: a text that equals what the mask showed for this
 * very field becomes what this field holds. Nothing is composed: a mask inside other text, or in another field, is not
 * put back, so that no value can be moved to where it would be read. The text that stands for any redacted value says not
 * which one it stood for, and is never put back.
 *
 * Elements of a list are the same field when they have the same `name`, the key by which Kubernetes merges containers and
 * environment variables; bare texts when they stand in the same list; others by their place. Texts that are JSON, such as
 * last-applied or a dockerconfigjson in base64, are gone into.
 */
export class Restorer {
  readonly unrestored: Unrestored[] = [];
  /** Fields whose text holds masks, and is what the cluster itself holds there: of a gateway behind this one. */
  readonly ofTheCluster = new Set<string>();
  readonly #options: RestoreOptions;

  constructor(options: RestoreOptions) {
    this.#options = options;
  }

  /**
   * @param sources what may give values back at this path of the written object.
   * @param document the sources of the object that `path` begins at.
   */
  restore(value: JsonValue, sources: readonly Source[], document: readonly Source[], path: Path): JsonValue {
    return this.#restore(value, sources, { document, path, from: [], copies: 0 });
  }

  /** What the `data` of a Secret gives back at a path that begins with `stringData`. */
  stringData(document: readonly Source[], path: Path): readonly Source[] {
    const key = path[1];
    const maps = this.#options.isSecret ? document.flatMap(decodedData) : [];
    return key === undefined ? maps : maps.flatMap((map) => memberOf(map, String(key)));
  }

  #restore(value: JsonValue, sources: readonly Source[], place: Place): JsonValue {
    if (typeof value === 'string') return this.#text(value, sources, place);
    if (isJsonObject(value)) return this.#object(value, sources, place);
    if (!Array.isArray(value)) return value;
    const list = value as readonly JsonValue[];
    const elements = new Elements(sources);
    return list.map((item, index) => this.#restore(item, elements.like(item, index, list), below(place, index)));
  }

  #object(value: JsonObject, sources: readonly Source[], place: Place): JsonValue {
    const restored = new Map<string, JsonValue>();
    for (const [key, inner] of value) {
      if (holdsToken(key)) {
        const [member] = holdsText(key, REDACTED) ? [] : membersShownAs(sources, key);
        if (member !== undefined && !value.has(member.plainKey)) {
          restored.set(member.plainKey, this.#restore(inner, membersShownAs(sources, key), below(place, key)));
          continue;
        }
        this.#fail(key, place);
      }
      const found = sources.flatMap((source) => memberOf(source, key));
      const writesData = this.#options.isSecret && key === 'stringData' && place.path.length === 0;
      const more = writesData ? sources.flatMap(decodedData) : [];
      restored.set(key, this.#restore(inner, [...found, ...more], below(place, key)));
    }
    return restored;
  }

  #text(text: string, sources: readonly Source[], place: Place): string {
    const packed = compressedTokensIn(text);
    if (packed.length === 0 && !holdsToken(text)) return text;
    if (sources.some(({ masked, plain }) => masked === plain && plain === text)) {
      this.ofTheCluster.add(fieldOf([...place.from, ...place.path]));
      return text;
    }
    if (packed.length > 0 && !isRelease(place.path)) {
      this.unrestored.push({ field: fieldOf([...place.from, ...place.path]), tokens: packed });
      return text;
    }
    if (!holdsToken(text)) return text;
    if (holdsText(text, REDACTED)) {
      this.#fail(text, place);
      return text;
    }
    for (const { masked, plain } of sources) {
      if (typeof masked === 'string' && typeof plain === 'string' && masked !== plain && isSameMask(text, masked)) {
        return this.#report(plain, place);
      }
    }
    const failures = this.unrestored.length;
    const inner = this.#json(text, sources, place) ?? this.#base64(text, sources, place);
    if (inner !== null) return this.unrestored.length > failures ? text : this.#report(inner, place);
    const elsewhere = this.#options.elsewhere?.(text, [...place.from, ...place.path]) ?? null;
    if (elsewhere !== null) return this.#report(elsewhere, place);
    this.#fail(text, place);
    return text;
  }

  /** A text that is a JSON object with masks inside. */
  #json(text: string, sources: readonly Source[], place: Place): string | null {
    const value = parseObject(text);
    if (value === null || place.copies >= MAX_COPIES) return null;
    const inner = sources.flatMap(({ masked, plain }): Source[] => {
      const both = { masked: parseObject(masked), plain: parseObject(plain) };
      return both.masked === null || both.plain === null ? [] : [{ masked: both.masked, plain: both.plain }];
    });
    const copies = place.copies + 1;
    const from = [...place.from, ...place.path];
    // last-applied is a copy of the object that carries it: `kubectl apply --server-side` builds it from the answer.
    const isCopy = place.path.join('\0') === ['metadata', 'annotations', LAST_APPLIED].join('\0');
    const document = isCopy ? [...inner, ...place.document] : inner;
    const quiet: Place = isCopy
      ? { document, path: [], from, copies, quiet: true }
      : { document, path: place.path, from: place.from, copies, quiet: true };
    const restored = goJsonText(this.#restore(value, document, quiet));
    return /\n$/.test(text) ? `${restored}\n` : restored;
  }

  /** Base64 of a JSON object with masks inside, as `data` of a Secret holds a dockerconfigjson. */
  #base64(text: string, sources: readonly Source[], place: Place): string | null {
    const decoded = fromBase64(text)?.toString('utf8');
    if (decoded === undefined || parseObject(decoded) === null) return null;
    const inner = sources.flatMap(({ masked, plain }) => decodedText(masked, plain));
    const restored = this.#json(decoded, inner, place);
    return restored === null ? null : Buffer.from(restored).toString('base64');
  }

  #report(text: string, place: Place): string {
    if (!place.quiet) this.#options.onRestored?.({ path: place.path, text });
    return text;
  }

  #fail(text: string, place: Place): void {
    this.unrestored.push({ field: fieldOf([...place.from, ...place.path]), tokens: tokensIn(text) });
  }
}

interface Place {
  /** The object that `path` begins at. */
  readonly document: readonly Source[];
  readonly path: Path;
  /** The field that holds the copy in which `path` begins. */
  readonly from: Path;
  readonly copies: number;
  /** Inside a text that is reported as a whole. */
  readonly quiet?: boolean;
}

function below(place: Place, step: string | number): Place {
  return { ...place, path: [...place.path, step] };
}

function memberOf({ masked, plain }: Source, key: string): Source[] {
  if (!isJsonObject(masked) || !isJsonObject(plain)) return [];
  const inner = { masked: masked.get(key), plain: plain.get(key) };
  return inner.masked === undefined || inner.plain === undefined ? [] : [{ masked: inner.masked, plain: inner.plain }];
}

/** The elements of a list, found without going through all of them for each: both lists may be long. */
class Elements {
  readonly #byPlace: Source[][] = [];
  readonly #byName = new Map<string, Source[]>();
  readonly #byText = new Map<string, Source[]>();

  constructor(sources: readonly Source[]) {
    for (const list of sources) {
      const { masked, plain } = list;
      if (!Array.isArray(masked) || !Array.isArray(plain)) continue;
      const real = plain as readonly JsonValue[];
      const words = masked as readonly JsonValue[];
      const flagged = flaggedMasks(list);
      for (const [index, element] of words.entries()) {
        const source = { masked: element, plain: real[index] ?? null };
        const name = nameOf(element);
        if (name !== null) add(this.#byName, name, source);
        if (typeof element === 'string')
          add(this.#byText, word(element, flagged.has(index) ? wordBefore(words, index) : null), source);
        // What has a name is masked by it, and would be seen without.
        else if (name === null) this.#byPlace[index] = [...(this.#byPlace[index] ?? []), source];
      }
    }
  }

  /** A word that may be masked because of the flag before it is the same only behind that flag. */
  like(item: JsonValue, index: number, list: readonly JsonValue[]): readonly Source[] {
    if (typeof item === 'string') {
      const text = item.replace(/[\r\n]+$/, '');
      return [
        ...(this.#byText.get(word(text, null)) ?? []),
        ...(this.#byText.get(word(text, wordBefore(list, index))) ?? []),
      ];
    }
    const name = nameOf(item);
    return (name === null ? this.#byPlace[index] : this.#byName.get(name)) ?? [];
  }
}

function word(text: string, before: string | null): string {
  return before !== null ? `${before}\0${text}` : text;
}

function add(map: Map<string, Source[]>, key: string, source: Source): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [source]);
  else list.push(source);
}

function nameOf(value: JsonValue): string | null {
  const name = isJsonObject(value) ? value.get('name') : undefined;
  return typeof name === 'string' ? name : null;
}

/** The `data` of a Secret as its `stringData` would say it. Values that are no text have no such form. */
function decodedData(secret: Source): Source[] {
  return memberOf(secret, 'data').map(({ masked, plain }) => {
    const both = { masked: new Map<string, JsonValue>(), plain: new Map<string, JsonValue>() };
    for (const [key, value] of isJsonObject(masked) ? masked : []) {
      const real = isJsonObject(plain) ? plain.get(key) : undefined;
      for (const decoded of decodedText(value, real ?? null)) {
        both.masked.set(key, decoded.masked);
        both.plain.set(key, decoded.plain);
      }
    }
    return both;
  });
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodedText(masked: JsonValue, plain: JsonValue): Source[] {
  if (typeof masked !== 'string' || typeof plain !== 'string') return [];
  const shown = fromBase64(masked);
  const real = plain === '' ? Buffer.alloc(0) : fromBase64(plain);
  if (shown === null || real === null) return [];
  try {
    return [{ masked: shown.toString('utf8'), plain: UTF8.decode(real) }];
  } catch {
    return [];
  }
}

function parseObject(text: JsonValue): JsonValue | null {
  if (typeof text !== 'string' || !/^\s*[{[]/.test(text)) return null;
  try {
    return readStrictJson(Buffer.from(text));
  } catch {
    return null;
  }
}
