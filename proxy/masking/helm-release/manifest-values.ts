import { holdsNoCredential } from '../../patterns/credential-files.ts';
import type { Range } from '../../patterns/credential-shapes.ts';
import { asFiles, compilePatterns, findCredentials } from '../../patterns/value-patterns.ts';
import { LAST_APPLIED } from '../tokens/mask-form.ts';
import { joinField } from '../values/field-path.ts';
import { contextOf, isQuiet, type Neighbours, roleOfList, roleOfMap, type ValueRole } from '../values/value-role.ts';
import { type ManifestDocument, readDocument } from './manifest-documents.ts';
import {
  entriesOf,
  nameOf,
  TooMuch,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
} from './yaml-tree.ts';

/** A value in a manifest that is masked: where its text stands, and what it says. */
export interface ManifestValue {
  /** E.g. `manifest.Secret[db].data.password`. */
  readonly field: string;
  readonly start: number;
  readonly end: number;
  /** The text between the quotes, or all of it where it is no plain one-line text. */
  readonly source: string;
  readonly value: string;
  /** It is of a Secret's `data`, so base64. */
  readonly base64: boolean;
  /** The source says the value letter by letter, or as JSON does, so that another word can stand in its place. */
  readonly literal: boolean;
}

/** What the built-in policy looks for in workloads and ConfigMaps. */
const CREDENTIALS = compilePatterns(['builtin:credentials']);
const CREDENTIALS_OF_FILES = asFiles(CREDENTIALS, 'by-text');

/**
 * Steps through one document. An alias leads to the same node again, and ten aliases of ten aliases to ten thousand.
 */
const MOST_STEPS = 200_000;
const DEEPEST = 500;

/**
 * The values in a document that are masked: every value of a Secret, and what looks like a credential in any other
 * object, where `kubectl get` looks for it too.
 * @returns null where the document cannot be read with certainty and may hold one.
 */
export function valuesOf(document: ManifestDocument): ManifestValue[] | null {
  const { text } = document;
  const root = readDocument(text);
  // Where we read one text, Go may find an object behind white space that is none to YAML.
  if (root === undefined || root?.kind === 'scalar') return holdsNoCredential(text) ? [] : null;
  try {
    return new ValueFinder(text).find(root);
  } catch (error) {
    if (error instanceof TooMuch) return null;
    throw error;
  }
}

/** Where in a document a value stands. */
interface Place {
  /** Null for the document itself. */
  readonly parent: Place | null;
  readonly slot: string | number;
  /** Of a map that says its kind: what its fields are called by. */
  readonly object: string | null;
  readonly role: ValueRole;
}

const SECRET = /^secrets?(?:list)*$/i;
const CONFIG_MAP = /^configmaps?(?:list)*$/i;

class ValueFinder {
  readonly #text: string;
  readonly #values: ManifestValue[] = [];
  #steps = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  find(root: YamlNode): ManifestValue[] {
    this.#node(root, '', { parent: null, slot: '', object: 'manifest', role: 'tree' });
    return this.#values;
  }

  /** @param itemKind of the items of a list that have none of their own. */
  #node(node: YamlNode, itemKind: string, place: Place): void {
    if (node === null) return;
    this.#step();
    if (node.kind === 'map') this.#map(node, itemKind, place);
    else if (node.kind === 'list') this.#list(node, itemKind, place);
    else this.#inspect(node, place.slot, place, NOTHING_BESIDE);
    this.#depth -= 1;
  }

  #step(): void {
    this.#steps += 1;
    this.#depth += 1;
    if (this.#steps > MOST_STEPS || this.#depth > DEEPEST) throw new TooMuch();
  }

  #map(map: YamlMap, itemKind: string, { parent, slot, object, role }: Place): void {
    const entries = entriesOf(map);
    let kind = itemKind;
    let isSecret = SECRET.test(itemKind);
    let isConfigMap = CONFIG_MAP.test(itemKind);
    let name = '';
    let hasValue = false;
    for (const { key, value } of entries) {
      if (key === 'value') hasValue = true;
      if (value?.kind !== 'scalar' || key.length !== 4) continue;
      if (key === 'name') name = value.value;
      else if (key.toLowerCase() === 'kind') {
        kind = value.value;
        isSecret ||= SECRET.test(kind);
        isConfigMap ||= CONFIG_MAP.test(kind);
      }
    }
    const isObject = kind !== '' && (object === null || parent === null);
    const place: Place = { parent, slot, object: isObject ? `manifest.${kind}[${nameOf(map)}]` : object, role };
    const ownRole = role === 'tree' && hasValue && name !== '' ? 'entry' : role;
    const beside: Neighbours = { entryName: name, previous: null };
    for (const { key, value } of entries) {
      if (value === null) continue;
      const isData = (isSecret || isConfigMap) && /^(?:data|stringdata|binarydata)$/i.test(key);
      if (isData && isSecret)
        this.#secret(value, /^data$/i.test(key), { parent: place, slot: key, object: null, role });
      else if (value.kind === 'scalar') this.#inspect(value, key, { ...place, role: ownRole }, beside);
      else if (isData && /^binarydata$/i.test(key))
        this.#binary(value, { parent: place, slot: key, object: null, role });
      else if (!isQuiet(key)) {
        const below = value.kind === 'list' ? roleOfList(key) : roleOfMap(key, ownRole, isData);
        const kindOfItems = key === 'items' ? kind.replace(/(?:List)+$/, '') : '';
        this.#node(value, kindOfItems, { parent: place, slot: key, object: null, role: below });
      }
    }
  }

  #list({ items }: YamlList, itemKind: string, place: Place): void {
    let previous: string | null = null;
    for (const [index, item] of items.entries()) {
      if (item?.kind === 'scalar') {
        this.#inspect(item, index, place, { entryName: null, previous });
        previous = item.value;
      } else {
        const role = item?.kind === 'map' ? roleOfMap(index, place.role, false) : 'tree';
        this.#node(item, itemKind, { parent: place, slot: index, object: null, role });
      }
    }
  }

  /** Everything below is a value. */
  #secret(node: YamlNode, base64: boolean, place: Place): void {
    if (node === null) return;
    this.#step();
    const { role } = place;
    if (node.kind === 'scalar') this.#whole(node, fieldOf(place), base64);
    else if (node.kind === 'list') {
      for (const [slot, item] of node.items.entries()) {
        this.#secret(item, base64, { parent: place, slot, object: null, role });
      }
    } else {
      for (const { key, value } of entriesOf(node)) {
        this.#secret(value, base64, { parent: place, slot: key, object: null, role });
      }
    }
    this.#depth -= 1;
  }

  #binary(node: YamlNode, place: Place): void {
    if (node?.kind !== 'map') return;
    for (const { key, value } of entriesOf(node)) {
      if (value?.kind !== 'scalar') continue;
      const text = Buffer.from(value.value, 'base64').toString('utf8');
      const found = findCredentials(text, { name: key, flag: null }, CREDENTIALS_OF_FILES, null);
      if (found.length > 0) this.#whole(value, joinField(fieldOf(place), key), true);
    }
  }

  /** A text of a map or list whose place is given. */
  #inspect(node: YamlScalar, slot: string | number, place: Place, beside: Neighbours): void {
    const context = contextOf(place.role, slot, beside);
    if (context === null || node.value === '') return;
    const field = (): string =>
      typeof slot === 'number' ? `${fieldOf(place)}[${slot}]` : joinField(fieldOf(place), slot);
    if (slot === LAST_APPLIED) {
      this.#whole(node, field(), false);
      return;
    }
    const patterns = place.role === 'config' ? CREDENTIALS_OF_FILES : CREDENTIALS;
    for (const part of findCredentials(node.value, context, patterns, null)) this.#part(node, part, field());
  }

  #whole(node: YamlScalar, field: string, base64: boolean): void {
    const { start, end, value } = node;
    const quoted = isJsonText(node, this.#text) ? 1 : 0;
    const source = this.#text.slice(start + quoted, end - quoted);
    const literal = node.literal || quoted === 1;
    this.#values.push({ field, start: start + quoted, end: end - quoted, source, value, base64, literal });
  }

  /** A part of a text, where the source says it letter by letter; else all of the text. */
  #part(node: YamlScalar, part: Range, field: string): void {
    const isAll = part.start === 0 && part.end >= node.value.trimEnd().length && node.block === null;
    const source = isAll ? null : sourceOf(node, part, this.#text);
    if (source === null) {
      this.#whole(node, field, false);
      return;
    }
    const value = node.value.slice(part.start, part.end);
    const text = this.#text.slice(source.start, source.end);
    const literal = text === value || isJsonText(node, this.#text);
    this.#values.push({ field, ...source, source: text, value, base64: false, literal });
  }
}

const NOTHING_BESIDE: Neighbours = { entryName: null, previous: null };

function fieldOf({ parent, slot, object }: Place): string {
  if (object !== null || parent === null) return object ?? '';
  return typeof slot === 'number' ? `${fieldOf(parent)}[${slot}]` : joinField(fieldOf(parent), slot);
}

/**
 * Whether a text is written with JSON's escapes and no others, so that it comes back as it was whatever stands for a
 * part of it.
 */
function isJsonText({ literal, start, end, value }: YamlScalar, text: string): boolean {
  return !literal && text[start] === '"' && text.slice(start, end) === JSON.stringify(value);
}

function jsonLength(text: string): number {
  return JSON.stringify(text).length;
}

/** Where a range of a value stands in its source; null where that cannot be told. */
function sourceOf(node: YamlScalar, { start, end }: Range, text: string): Range | null {
  const { value, block } = node;
  if (node.literal) return { start: node.start + start, end: node.start + end };
  if (isJsonText(node, text)) {
    const from = node.start + jsonLength(value.slice(0, start)) - 1;
    return { start: from, end: from + jsonLength(value.slice(start, end)) - 2 };
  }
  if (block === null) {
    // Between escapes: what is there once in both is the same.
    const part = value.slice(start, end);
    const source = text.slice(node.start, node.end);
    const at = source.indexOf(part);
    const isOnce = at !== -1 && source.lastIndexOf(part) === at && value.lastIndexOf(part) === start;
    return isOnce && value.indexOf(part) === start
      ? { start: node.start + at, end: node.start + at + part.length }
      : null;
  }
  // The line breaks behind the last line may stand for no character of the source.
  const last = start + value.slice(start, end).trimEnd().length;
  return { start: inBlock(value, start, block, text), end: inBlock(value, last, block, text) };
}

/** A place in the value of a literal block, in the source: each line there begins with the block's indentation. */
function inBlock(
  value: string,
  offset: number,
  block: { readonly from: number; readonly indent: number },
  text: string,
) {
  let from = block.from;
  let line = 0;
  for (let next = value.indexOf('\n'); next !== -1 && next < offset; next = value.indexOf('\n', line)) {
    line = next + 1;
    from = text.indexOf('\n', from) + 1;
  }
  return from + block.indent + offset - line;
}
